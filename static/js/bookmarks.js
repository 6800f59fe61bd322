// The drawer: opened by the link in the header, read anew each time, and again when a bookmark came back.
(() => {
  const drawer = document.getElementById("bookmarks");
  const content = document.getElementById("bookmarks-content");
  const failed = drawer.querySelector("[data-failed]");
  const loading = content.innerHTML;

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens-drawer]");
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0;
    // On the page of the bookmarks there is nothing to open.
    if (!opener || elsewhere || document.getElementById("bookmark-list")) return;
    event.preventDefault();
    content.innerHTML = loading;
    failed.hidden = true;
    drawer.showModal();
    htmx.trigger(content, "read-bookmarks");
  });

  // An error page is no list of bookmarks.
  content.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (ctx.sourceElement !== content || !(ctx.response?.status >= 400)) return;
    event.preventDefault();
    fail();
  });
  content.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement === content) fail();
  });

  function fail() {
    content.replaceChildren();
    failed.hidden = false;
  }

  document.addEventListener("bookmarks-changed", () => {
    const page = document.getElementById("bookmark-list");
    if (page) htmx.trigger(page, "read-bookmarks");
    else if (drawer.open) htmx.trigger(content, "read-bookmarks");
  });

  // Two to four can be compared. The server says so too, to whoever has no JavaScript.
  const MOST = 4;

  function count(form) {
    const ticks = [...form.elements].filter((field) => field.name === "tools");
    const chosen = ticks.filter((tick) => tick.checked).length;
    form.querySelector("button").disabled = chosen < 2;
    ticks.forEach((tick) => { tick.disabled = !tick.checked && chosen >= MOST; });
  }

  function countAll() {
    document.querySelectorAll("[data-compare-chosen]").forEach(count);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-compare-chosen]")) count(form);
  });
  document.addEventListener("htmx:after:swap", countAll);
  countAll();
})();
