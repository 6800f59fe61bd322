"""Values of facts as staff type and read them: "Apache-2.0", "128000", "yes"."""

import re
from decimal import Decimal
from typing import Any, Literal, cast

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.forms import Field as FormField

from tools.models import Fact, FactKind, FactValue
from tools.package_urls import read_package_urls

# Shorter numbers are not grouped, so that a year stays a year.
GROUP_DIGITS_FROM = 10_000

# Digits with a point before the decimals; commas between groups of three digits are allowed.
NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
# As in 128.000, where the point may separate thousands.
AMBIGUOUS = re.compile(r"[-+]?\d{1,3}\.\d\d0")

YES = {"yes", "true", "1"}
NO = {"no", "false", "0"}


def read_value(kind: FactKind, text: str) -> FactValue:
    """Return the value that `text` means for a fact of `kind`, or raise ValidationError."""
    text = text.strip()
    if kind.value_type == FactKind.ValueType.BOOLEAN:
        if text.lower() not in YES | NO:
            raise ValidationError(f"“{text}” is neither yes nor no. Enter yes or no for “{kind}”.")
        return text.lower() in YES
    if kind.value_type == FactKind.ValueType.NUMBER:
        return _read_number(kind, text.replace(" ", ""))
    if kind.value_type == FactKind.ValueType.PACKAGES:
        text = _read_package_urls(text)
    return _form_field("text").clean(text)


def _read_number(kind: FactKind, text: str) -> FactValue:
    if AMBIGUOUS.fullmatch(text):
        whole, decimals = text.split(".")
        raise ValidationError(
            f"“{text}” has two readings. Enter {text.rstrip('0').rstrip('.')} or {whole}{decimals} "
            f"for “{kind}”."
        )
    if not NUMBER.fullmatch(text):
        raise ValidationError(
            f"“{text}” is not a number. Enter digits, with a point before decimals, for “{kind}”: "
            "12.5 or 128000."
        )
    try:
        return _form_field("number").clean(text.replace(",", ""))
    except ValidationError as error:
        raise ValidationError([f"Enter another number for “{kind}”.", *error.messages]) from error


def _read_package_urls(text: str) -> str:
    try:
        return read_package_urls(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def write_value(fact: Fact) -> str:
    """Return the text that `read_value` reads back."""
    value = fact.value
    if fact.value_type == FactKind.ValueType.BOOLEAN:
        return "yes" if value else "no"
    if fact.value_type == FactKind.ValueType.NUMBER:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)


def display_value(value: str | bool | float | Decimal, kind: FactKind) -> str:
    """Return a value as pages print it: "Apache-2.0", "Yes", "200,000 tokens", "2024"."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return value
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    digits = f"{number:,f}" if abs(number) >= GROUP_DIGITS_FROM else f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits if kind.unit in ("", "year") else f"{digits} {kind.unit}"


def comparable_value(fact: Fact) -> FactValue:
    """Return the value of a fact for comparisons: "MIT" and "mit " are one licence."""
    value = fact.value
    return " ".join(value.casefold().split()) if isinstance(value, str) else value


def _form_field(name: Literal["text", "number"]) -> FormField:
    field = cast("Field[Any, Any]", Fact._meta.get_field(name))
    return cast(FormField, field.formfield(required=True))
