// What the site does beyond htmx: it announces what a swap changed, reports failures, follows searches to the pages that
// they name, and shortens addresses.
(() => {
  // A screen reader cannot reach what is behind an open dialog, so the dialog has regions of its own.
  const region = (selector) =>
    document.querySelector(`dialog[open] ${selector}`) ?? document.querySelector(`body > ${selector}`);

  const announce = (words) => {
    const announcements = region("[data-announcements]");
    if (announcements) announcements.textContent = words;
  };

  // An answer names what to announce in the header HX-Trigger: {"announce": {"value": "…"}}.
  document.addEventListener("announce", (event) => announce(event.detail.value));

  // Or the swapped part names it: <p data-announce>.
  document.addEventListener("htmx:after:swap", (event) => {
    const id = event.detail.ctx?.target?.id;
    const message = id && document.getElementById(id)?.querySelector("[data-announce]");
    if (message) announce(message.textContent.trim());
  });

  // Say so when a request failed or was refused: {"refused": {"value": "…"}} comes with 403 and 429.
  const showTrouble = (message) => {
    const trouble = region("[data-trouble]");
    if (!trouble) return;
    trouble.textContent = message;
    trouble.hidden = !message;
  };
  const NO_ANSWER = "Something went wrong on our side. Nothing was lost. Try again in a few minutes.";
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) showTrouble(NO_ANSWER);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { response, sourceElement } = event.detail.ctx;
    if (response?.status >= 500) showTrouble(NO_ANSWER);
    // A fragment that reloads after a vote must not hide the message about the next vote.
    else if (!sourceElement.matches("[hx-trigger^='votes-changed']")) showTrouble("");
  });
  document.addEventListener("refused", (event) => showTrouble(event.detail.value));

  // Esc closes the explanation of a term, until it is pointed at or focused again.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll(".term:is(:hover, :focus)").forEach((term) => { term.dataset.dismissed = ""; });
  });
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, ({ target }) => {
      if (target.matches?.(".term")) delete target.dataset.dismissed;
    });
  }

  // A search that names another page ("A vs B") opens it when it is sent, and changes nothing while it is typed.
  document.addEventListener("htmx:before:response", (event) => {
    const { response, sourceElement, sourceEvent } = event.detail.ctx;
    if (!response.raw.redirected || !sourceElement.matches("form.filters")) return;
    event.preventDefault();
    if (sourceEvent?.type === "submit") location.assign(response.raw.url);
  });

  // Leave empty fields out of an address that people pass on.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-short-address]")) return;
    const filled = [...event.formData].filter(([, value]) => value !== "");
    for (const name of [...event.formData.keys()]) event.formData.delete(name);
    for (const [name, value] of filled) event.formData.append(name, value);
  });
})();
