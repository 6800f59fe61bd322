// When htmx swaps a comparison, or its table alone: show errors as pages, keep the focus, and announce the change.
(() => {
  const PARTS = ["comparison", "decision"];

  document.addEventListener("htmx:before:swap", (event) => {
    const { ctx } = event.detail;
    if (!(ctx.response?.status >= 400) || !PARTS.some((part) => ctx.select === `#${part}`)) return;
    // An error page has no such part, so swapping it in would leave the page empty.
    event.preventDefault();
    location.assign(ctx.request.action);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const part = document.getElementById(event.detail.ctx.target?.id);
    if (!part || !PARTS.includes(part.id)) return;
    // The link that had the focus is gone: continue from the new heading, or from the link in its place.
    if (document.activeElement === document.body) {
      const next = part.id === "decision" ? "differences" : "comparison-title";
      document.getElementById(next).focus({ preventScroll: part.id === "decision" });
    }
    const announcement = { value: part.dataset.announcement };
    document.dispatchEvent(new CustomEvent("announce", { detail: announcement }));
  });
})();
