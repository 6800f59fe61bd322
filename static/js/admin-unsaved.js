// Asks before a page with typed but unsaved text is left, and opens the line an address points at.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("tool_form") || document.getElementById("issue_form");
  if (!form) return;
  let typed = false;
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
});
