// Says that a form with a file is being worked on, and keeps it from being sent twice.
document.addEventListener("submit", ({ target }) => {
  const progress = target.querySelector("[data-progress]");
  if (!progress) return;
  progress.hidden = false;
  for (const button of target.querySelectorAll("[type=submit]")) button.disabled = true;
});
// Back to the form: it can be sent again.
window.addEventListener("pageshow", () => {
  for (const progress of document.querySelectorAll("[data-progress]")) {
    progress.hidden = true;
    for (const button of progress.closest("form").querySelectorAll("[type=submit]")) button.disabled = false;
  }
});
