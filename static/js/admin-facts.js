// Shows in the value's field what the chosen kind of fact accepts. Without it the server does.
const WORDS = { boolean: "yes or no", number: "a number", packages: "pkg:pypi/name pkg:npm/name", text: "text" };

function describe(select) {
  const row = select.closest("tr, form");
  const value = row && row.querySelector("input.fact-value");
  const option = select.selectedOptions[0];
  if (!value || !option) return;
  const { type, unit } = option.dataset;
  value.placeholder = [WORDS[type] || "", unit || ""].filter(Boolean).join(", ");
  value.inputMode = type === "number" ? "decimal" : "text";
}

function isKind(element) {
  return element.matches("select[name='kind'], select[name$='-kind']");
}

document.addEventListener("change", (event) => {
  if (isKind(event.target)) describe(event.target);
});
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("select").forEach((select) => isKind(select) && describe(select));
});
