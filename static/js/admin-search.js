// The key "/" moves to the search field in the header, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const field = document.getElementById("desk-search");
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (!field || isTyping || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  field.focus();
});
