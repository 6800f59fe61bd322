// When htmx swaps a comparison: show errors as pages, keep the focus, and announce the change.
(() => {
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const isComparison = ctx.select === "#comparison";
    if (!(ctx.response?.status >= 400) || !(isComparison || ctx.target?.id === "suggestions")) return;
    // An error page has no #comparison, so swapping it in would leave the page empty.
    event.preventDefault();
    if (isComparison) location.assign(ctx.request.action);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const comparison = document.getElementById("comparison");
    if (!comparison || event.detail.ctx.target?.id !== "comparison") return;
    // The link that had the focus is gone: continue from the new heading.
    if (document.activeElement === document.body) {
      document.getElementById("comparison-title").focus();
    }
    const announcement = { value: comparison.dataset.announcement };
    document.dispatchEvent(new CustomEvent("announce", { detail: announcement }));
  });

  // Esc clears the suggestions and returns to their input.
  document.addEventListener("keydown", (event) => {
    const slot = event.key === "Escape" && event.target.closest(".add-slot");
    if (!slot) return;
    const field = slot.querySelector("input[type=search]");
    field.value = "";
    slot.querySelector(".suggestions").replaceChildren();
    field.focus();
  });
})();
