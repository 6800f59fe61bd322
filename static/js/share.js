// Share a link with the browser's own dialog, or copy it; copy the code that embeds a badge, or a citation.
(() => {
  const { clipboard } = navigator;

  const confirm = (button, words) => {
    button.dataset.label ??= button.textContent;
    button.textContent = words;
    document.dispatchEvent(new CustomEvent("announce", { detail: { value: words } }));
    setTimeout(() => { button.textContent = button.dataset.label; }, 4000);
  };

  const copy = async (button, text, words) => {
    try {
      await clipboard.writeText(text);
      confirm(button, words);
    } catch {
      confirm(button, "Not copied: your browser does not allow it");
    }
  };

  const textOf = (source) => source.value ?? source.textContent;

  const share = async (button) => {
    const { shareLink: url, shareTitle: title, shareText: text } = button.dataset;
    if (!navigator.share) return copy(button, url, "Link copied");
    try {
      await navigator.share({ title, text, url });
    } catch (error) {
      // Closing the dialog is no failure.
      if (error.name !== "AbortError" && clipboard) copy(button, url, "Link copied");
    }
  };

  document.querySelectorAll("[data-share-link]").forEach((button) => { button.hidden = !(navigator.share || clipboard); });
  document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = !clipboard; });
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-share-link], [data-copy]");
    if (!button) return;
    if (button.dataset.shareLink) share(button);
    else copy(button, textOf(document.getElementById(button.dataset.copy)), "Copied");
  });
})();
