// Tools selected for a comparison: ticks on any page, kept in this browser, shown in the tray.
// Without this script the tray is a plain form over the ticks of one page.
(() => {
  const KEY = "compare";
  // The server checks both limits too.
  const FEWEST = 2;
  const MOST = 4;
  const tray = document.getElementById("compare-tray");
  const list = tray.querySelector("[data-compare-selected]");
  const chip = tray.querySelector("template").content.firstElementChild;
  let selected = [];

  const isTool = (tool) => typeof tool?.slug === "string" && typeof tool?.name === "string";

  function load() {
    try {
      selected = JSON.parse(localStorage.getItem(KEY) ?? "[]").filter(isTool).slice(0, MOST);
    } catch {
      // Storage is disabled or unreadable: the selection lasts for this page only.
    }
    show();
  }

  function select(tools) {
    selected = tools;
    try {
      if (tools.length) localStorage.setItem(KEY, JSON.stringify(tools));
      else localStorage.removeItem(KEY);
    } catch {
      // As above.
    }
    show();
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: status() } }));
  }

  const without = (slug) => selected.filter((tool) => tool.slug !== slug);

  function status() {
    const { statusNone, statusOne, statusSome, statusFull } = tray.dataset;
    const words = [statusNone, statusOne][selected.length] ?? (selected.length < MOST ? statusSome : statusFull);
    return words.replace("{count}", selected.length);
  }

  function show() {
    for (const field of tray.elements) {
      if (field.name === "tools") showTick(field);
      else if (field.type === "submit") field.disabled = selected.length < FEWEST;
    }
    document.querySelectorAll("[data-compare-status]").forEach((words) => { words.textContent = status(); });
    list.replaceChildren(...selected.map(chipOf));
    tray.hidden = !selected.length;
  }

  function showTick(tick) {
    tick.checked = selected.some((tool) => tool.slug === tick.value);
    tick.disabled = !tick.checked && selected.length >= MOST;
  }

  function chipOf(tool) {
    const item = chip.cloneNode(true);
    item.querySelector("bdi").textContent = tool.name;
    item.querySelector("button").dataset.compareRemove = tool.slug;
    return item;
  }

  // The button that was pressed is gone: continue with the next one, or with the page.
  function keepFocus(slug) {
    const tick = [...tray.elements].find((field) => field.name === "tools" && field.value === slug);
    const next = list.querySelector("button") ?? tick ?? document.getElementById("main");
    next.focus({ preventScroll: true });
  }

  document.addEventListener("change", ({ target }) => {
    if (target.form !== tray || target.name !== "tools") return;
    const others = without(target.value);
    select(target.checked ? [...others, { slug: target.value, name: target.dataset.name }] : others);
  });

  tray.addEventListener("click", ({ target }) => {
    const slug = target.closest("[data-compare-remove]")?.dataset.compareRemove;
    if (slug === undefined && !target.closest("[data-compare-clear]")) return;
    select(slug === undefined ? [] : without(slug));
    keepFocus(slug);
  });

  // Also what was selected on other pages.
  tray.addEventListener("formdata", ({ formData }) => {
    formData.set("tools", selected.map((tool) => tool.slug).join(","));
  });

  document.addEventListener("htmx:after:swap", show);
  window.addEventListener("storage", ({ key }) => { if (key === KEY || key === null) load(); });
  // The browser restores its own idea of the ticks, and pages that it kept whole.
  window.addEventListener("pageshow", load);

  list.hidden = false;
  tray.querySelector("[data-compare-clear]").hidden = false;
  tray.dataset.ready = "";
  load();
})();
