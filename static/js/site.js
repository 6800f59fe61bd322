// What the site does beyond htmx: it says aloud what a swap changed.
(() => {
  const announce = (words) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = words;
  };

  // An answer names what to say in the header HX-Trigger: {"announce": {"value": "…"}}.
  document.addEventListener("announce", (event) => announce(event.detail.value));
})();
