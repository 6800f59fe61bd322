"""Values of facts as staff type and read them: "Apache-2.0", "128000", "yes"."""

from django.core.exceptions import ValidationError

from tools.models import Fact, FactKind

YES = {"yes", "true", "1"}
NO = {"no", "false", "0"}


def read_value(kind, text):
    """Return the str, Decimal or bool that `text` says for a fact of `kind`, or raise ValidationError."""
    text = text.strip()
    if kind.value_type == FactKind.ValueType.BOOLEAN:
        if text.lower() not in YES | NO:
            raise ValidationError(f"Enter yes or no for “{kind}”.")
        return text.lower() in YES
    if kind.value_type == FactKind.ValueType.NUMBER:
        try:
            return _field("number").clean(text.replace(" ", "").replace(",", ""))
        except ValidationError as error:
            raise ValidationError([f"Enter a number for “{kind}”.", *error.messages]) from error
    return _field("text").clean(text)


def write_value(fact):
    """The words that `read_value` reads back."""
    value = fact.value
    if fact.value_type == FactKind.ValueType.BOOLEAN:
        return "yes" if value else "no"
    if fact.value_type == FactKind.ValueType.NUMBER:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return value


def _field(name):
    return Fact._meta.get_field(name).formfield(required=True)
