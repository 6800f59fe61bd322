// What the site does beyond htmx: short addresses, and it says aloud what a swap changed.
(() => {
  // What stands behind an open dialog is silent, so the dialog has a region of its own.
  const announce = (words) => {
    const here = document.querySelector("dialog[open]") ?? document.body;
    const regions = here.querySelectorAll("[data-announcements]");
    if (regions.length) regions[regions.length - 1].textContent = words;
  };

  // An answer names what to say in the header HX-Trigger: {"announce": {"value": "…"}}.
  document.addEventListener("announce", (event) => announce(event.detail.value));

  // Or the swapped part says it itself: <p data-announce>.
  document.addEventListener("htmx:after:swap", (event) => {
    const words = document.querySelector("[data-announce]");
    if (words && event.detail.ctx?.swap !== "none") announce(words.textContent.trim());
  });

  // Whatever was pressed, and no answer came, or none that a page could show: say so.
  const trouble = document.querySelector("[data-trouble]");
  const tell = (words) => {
    if (!trouble) return;
    trouble.textContent = words;
    trouble.hidden = !words;
  };
  const TROUBLE = "That did not work: the site does not answer just now. Nothing was lost; please try again.";
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) tell(TROUBLE);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const status = event.detail.ctx.response?.status;
    tell(status >= 500 ? TROUBLE : "");
  });

  // An empty field has no place in an address that people pass on.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-short-address]")) return;
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
})();
