// The arrow keys lead from a search field into the list under it, through the list, and back.
(() => {
  const STEPS = { ArrowDown: 1, ArrowUp: -1 };

  document.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    for (const field of document.querySelectorAll("[data-arrow-keys]")) {
      const list = document.getElementById(field.getAttribute("aria-controls"));
      const stops = [field, ...list.querySelectorAll("a[href], input")];
      const index = stops.indexOf(event.target);
      const next = index >= 0 && stops[index + step];
      if (!next) continue;
      event.preventDefault();
      next.focus();
    }
  });
})();
