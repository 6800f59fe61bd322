// Around a swap of the comparison: an error is shown as the page that it is, focus stays somewhere
// sensible, and what changed is said aloud.
(() => {
  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    const isComparison = ctx.select === "#comparison";
    if (!(ctx.response?.status >= 400) || !(isComparison || ctx.target?.id === "suggestions")) return;
    // An error page holds no comparison: swapping it in would leave a hole.
    event.preventDefault();
    if (isComparison) location.assign(ctx.request.action);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const comparison = document.getElementById("comparison");
    if (!comparison || event.detail.ctx.target?.id !== "comparison") return;
    // The pressed link is gone: go on reading from the new heading.
    if (document.activeElement === document.body) {
      document.getElementById("comparison-title").focus();
    }
    const announcement = { value: comparison.dataset.announcement };
    document.dispatchEvent(new CustomEvent("announce", { detail: announcement }));
  });

  // Escape clears the suggestions and leads back to the field they belong to.
  document.addEventListener("keydown", (event) => {
    const slot = event.key === "Escape" && event.target.closest(".add-slot");
    if (!slot) return;
    const field = slot.querySelector("input[type=search]");
    field.value = "";
    slot.querySelector(".suggestions").replaceChildren();
    field.focus();
  });
})();
