// What the site does beyond htmx: short addresses, and it says aloud what a swap changed.
(() => {
  // What stands behind an open dialog is silent and covered, so the dialog has regions of its own.
  const region = (selector) =>
    document.querySelector(`dialog[open] ${selector}`) ?? document.querySelector(`body > ${selector}`);

  const announce = (words) => {
    const announcements = region("[data-announcements]");
    if (announcements) announcements.textContent = words;
  };

  // An answer names what to say in the header HX-Trigger: {"announce": {"value": "…"}}.
  document.addEventListener("announce", (event) => announce(event.detail.value));

  // Or the swapped part says it itself: <p data-announce>.
  document.addEventListener("htmx:after:swap", (event) => {
    const id = event.detail.ctx?.target?.id;
    const words = id && document.getElementById(id)?.querySelector("[data-announce]");
    if (words) announce(words.textContent.trim());
  });

  // Whatever was pressed, and no answer came, or none that a page could show: say so.
  const tell = (words) => {
    const trouble = region("[data-trouble]");
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
