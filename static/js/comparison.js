// After a swap of the comparison: focus stays somewhere sensible, and what changed is said aloud.
(() => {
  const afterSwap = () => {
    const comparison = document.getElementById("comparison");
    if (!comparison) return;
    // The pressed link is gone: go on reading from the new heading.
    if (document.activeElement === document.body) {
      document.getElementById("comparison-title").focus();
    }
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: comparison.dataset.announcement } }));
  };

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target?.id !== "suggestions") afterSwap();
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
