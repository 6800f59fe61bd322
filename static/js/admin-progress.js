// Says how far a file is that is being checked or imported, and keeps its form from being sent twice.
const EVERY = 1000;

// Ask how far it is, again and again; `ended` is called once nothing is running any more.
function follow(box, ended) {
  const bar = box.querySelector("progress");
  const rows = box.querySelector("[data-rows]");
  const timer = setInterval(async () => {
    const answer = await fetch(box.dataset.progress).catch(() => null);
    if (!answer?.ok) return;
    const state = await answer.json();
    if (!state.rows) return ended?.();
    Object.assign(bar, { max: state.rows, value: state.done });
    rows.textContent = state.words;
  }, EVERY);
  return timer;
}

let timer;
document.addEventListener("submit", ({ target }) => {
  const progress = target.querySelector("[data-progress]");
  if (!progress) return;
  progress.hidden = false;
  timer = follow(progress);
  for (const button of target.querySelectorAll("[type=submit]")) button.disabled = true;
});
// Back to the form: it can be sent again.
window.addEventListener("pageshow", () => {
  clearInterval(timer);
  for (const progress of document.querySelectorAll("form [data-progress]")) {
    progress.hidden = true;
    for (const button of progress.closest("form").querySelectorAll("[type=submit]")) button.disabled = false;
  }
});
for (const progress of document.querySelectorAll("[data-progress]:not([hidden])")) {
  follow(progress, () => location.reload());
}
