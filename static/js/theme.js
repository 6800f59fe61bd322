// Runs before the page is drawn, so that the wrong theme never flashes. "system" means no choice.
(() => {
  const KEY = "theme";
  const THEMES = ["system", "light", "dark"];
  const root = document.documentElement;

  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system"; // storage is disabled
    }
  };

  const apply = (theme) => {
    if (theme === "system") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
  };

  apply(read());

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    const label = document.querySelector("[data-theme-label]");
    const show = () => {
      label.textContent = `Theme: ${read()}`;
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      const next = THEMES[(THEMES.indexOf(read()) + 1) % THEMES.length];
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // The choice lasts for this page only.
      }
      apply(next);
      show();
    });
  });
})();
