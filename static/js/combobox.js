// Suggestions under a search field, which htmx fetches: an editable combobox with a list (WAI-ARIA Authoring Practices).
(() => {
  const STEPS = { ArrowDown: 1, ArrowUp: -1 };
  const boxOf = (field) => document.getElementById(field.dataset.suggestions);
  const optionsOf = (field) => [...boxOf(field).querySelectorAll("[role=option]")];
  const isOpen = (field) => !boxOf(field).hidden;
  // The text for which suggestions were closed: an answer that comes later is neither shown nor announced.
  const closedFor = new WeakMap();
  const isWanted = (field) => document.activeElement === field && closedFor.get(field) !== field.value;

  const mark = (field, option) => {
    for (const each of optionsOf(field)) each.setAttribute("aria-selected", each === option);
    field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const open = (field) => {
    boxOf(field).hidden = false;
    field.setAttribute("aria-expanded", optionsOf(field).length > 0);
  };
  const close = (field) => {
    closedFor.set(field, field.value);
    mark(field);
    boxOf(field).hidden = true;
    field.setAttribute("aria-expanded", false);
  };

  // Without this script they are plain search fields.
  const prepare = () => {
    for (const field of document.querySelectorAll("[data-suggestions]:not([role])")) {
      field.setAttribute("role", "combobox");
      field.setAttribute("aria-autocomplete", "list");
      field.setAttribute("aria-controls", `${field.dataset.suggestions}-list`);
      close(field);
      closedFor.delete(field);
    }
  };
  prepare();

  document.addEventListener("htmx:before:swap", (event) => {
    const { response, sourceElement: field, target } = event.detail.ctx;
    if (!target?.matches(".suggestions")) return;
    if (response?.status >= 400) event.preventDefault();
    else if (field?.dataset.suggestions && !isWanted(field)) {
      boxOf(field).replaceChildren();
      event.preventDefault();
    }
  });
  document.addEventListener("htmx:after:swap", (event) => {
    prepare();
    const field = event.detail.ctx.sourceElement;
    if (!field?.dataset.suggestions) return;
    if (isWanted(field) && boxOf(field).childElementCount) open(field);
    else close(field);
  });

  document.addEventListener("input", ({ target: field }) => {
    if (!field.dataset.suggestions) return;
    closedFor.delete(field);
    if (field.value.trim()) mark(field);
    else close(field);
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.dataset.suggestions || event.isComposing) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const options = optionsOf(field);
    const marked = options.findIndex((option) => option.id === field.getAttribute("aria-activedescendant"));
    if (event.key in STEPS && options.length && field.value.trim()) {
      if (!isOpen(field)) open(field);
      // The field itself is a stop between the last and the first one.
      const stops = [undefined, ...options];
      mark(field, stops.at((marked + 1 + STEPS[event.key]) % stops.length));
    } else if (event.key === "Enter" && marked >= 0) options[marked].click();
    else if (event.key === "Escape" && isOpen(field)) close(field);
    else return;
    event.preventDefault();
  });

  // The focus stays in the field, so that a press on a suggestion does not close it.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".suggestions")) event.preventDefault();
  });
  // The one who chose a suggestion is done with the field, also where htmx puts a part of the page in place.
  document.addEventListener("click", ({ target }) => {
    if (target.closest(".suggestions a")) document.activeElement.blur();
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target.dataset?.suggestions) close(target);
  });
  document.addEventListener("submit", (event) => {
    for (const field of event.target.elements) if (field.dataset.suggestions) close(field);
  });
  // A page that Back shows again has them closed.
  addEventListener("pagehide", () => document.querySelectorAll("[data-suggestions]").forEach(close));
})();
