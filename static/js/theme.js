// Runs before the page is drawn, so that the wrong theme never flashes. Nothing is stored while the reader's choice
// is what their system asks for.
(() => {
  const KEY = "theme";
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");

  const fromSystem = () => (prefersDark.matches ? "dark" : "light");
  const shown = () => root.dataset.theme ?? fromSystem();

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  try {
    apply(localStorage.getItem(KEY));
  } catch {
    // Storage is disabled: the system's theme.
  }

  const choose = (theme) => {
    const choice = theme === fromSystem() ? null : theme;
    apply(choice);
    try {
      if (choice) localStorage.setItem(KEY, choice);
      else localStorage.removeItem(KEY);
    } catch {
      // The choice lasts for this page only.
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    const label = document.querySelector("[data-theme-label]");
    const opposite = () => (shown() === "dark" ? "light" : "dark");
    const show = () => {
      label.textContent = `Use the ${opposite()} theme`;
    };
    button.hidden = false;
    show();
    prefersDark.addEventListener("change", show);
    button.addEventListener("click", () => {
      choose(opposite());
      show();
    });
  });
})();
