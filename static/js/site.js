// What the site does beyond htmx: short addresses, and it says aloud what a swap changed.
(() => {
  const announce = (words) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = words;
  };

  // An answer names what to say in the header HX-Trigger: {"announce": {"value": "…"}}.
  document.addEventListener("announce", (event) => announce(event.detail.value));

  // Or the swapped part says it itself: <p data-announce>.
  document.addEventListener("htmx:after:swap", (event) => {
    const words = document.querySelector("[data-announce]");
    if (words && event.detail.ctx?.swap !== "none") announce(words.textContent.trim());
  });

  // An empty field has no place in an address that people pass on.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("[data-short-address]")) return;
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
})();
