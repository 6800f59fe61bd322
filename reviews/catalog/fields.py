"""Rows of a catalogue file as field values of the models."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reviews.models import Review
from tools.models import Category, FactKind, FactValue, value_columns
from tools.package_urls import read_package_urls

type Row = dict[str, Any]

TOOL_FIELDS = [
    "slug",
    "name",
    "tagline",
    "description",
    "website",
    "entry",
    "pricing",
    "best_for",
    "skip_if",
    "status",
]
REVIEW_FIELDS = [
    "score",
    "verdict",
    "basis",
    "body",
    "tested_version",
    "reason",
    "reviewed_on",
    "published_at",
    "handed_back_at",
]


def moment(words: str | None) -> Any:
    """Return RFC 3339 text as an aware datetime; None stays None."""
    return words and datetime.fromisoformat(words).astimezone(UTC)


def category_fields(row: Row) -> Row:
    return _given(row, "slug", "name", "description", "position")


def kind_fields(row: Row) -> Row:
    return _given(
        row, "slug", "name", "group", "value_type", "unit", "better", "position", is_filter="filter"
    )


def reviewer_fields(row: Row) -> Row:
    texts = ["motto", "bio", "excited_about", "tired_of"]
    return _given(row, "slug", "name", *texts, "position", "kind", is_active="active")


def synonym_fields(row: Row) -> Row:
    return _given(row, "term", "stands_for", is_two_way="two_way")


def tool_fields(row: Row, categories: dict[str, Category]) -> Row:
    fields = _given(row, *TOOL_FIELDS, is_sample="sample")
    fields["category_id"] = categories[row["category"]].pk
    if "status_date" in row:
        fields["status_date"] = _date(row["status_date"])
    if "published_at" in row:
        fields["published_at"] = moment(row["published_at"])
    if "withdrawn_at" in row:
        fields["withdrawn_at"] = moment(row["withdrawn_at"])
    return fields


def _given(row: Row, *names: str, **renamed: str) -> Row:
    """Return the fields that `row` has; the others keep their value, or get the model's default."""
    keys = {name: name for name in names} | renamed
    return {field: row[key] for field, key in keys.items() if key in row}


def fact_fields(row: Row, tool_id: int, kind: FactKind) -> Row:
    return value_columns(kind.value_type, _fact_value(row["value"], kind)) | {
        "tool_id": tool_id,
        "kind_id": kind.pk,
        "source_url": row["source_url"],
        "observed_on": _date(row["observed_on"]),
    }


def _fact_value(value: Any, kind: FactKind) -> FactValue:
    match kind.value_type:
        case FactKind.ValueType.NUMBER:
            return Decimal(repr(value))
        case FactKind.ValueType.PACKAGES:
            return read_package_urls(value)
    return value


def review_fields(row: Row) -> Row:
    """Return the fields of a review, apart from tool and reviewer."""
    names = ["score", "verdict", "basis"]
    return {name: row[name] for name in names} | {
        "revision": row.get("revision", 1),
        "tested_version": row.get("tested_version", ""),
        "reason": row.get("reason", ""),
        "reviewed_on": _date(row["reviewed_on"]),
        "published_at": moment(row["published_at"]),
        "handed_back_at": moment(row.get("handed_back_at")),
        "body": original_body(row),
    }


def original_body(row: Row) -> str:
    """Return the text of a review as it was published, before its corrections."""
    corrections = row.get("corrections") or []
    return corrections[0]["old"] if corrections else row["body"]


def correction_fields(row: Row) -> list[Row]:
    """Return the fields of the corrections of a review, oldest first: each begins where the last one ended."""
    corrections = row.get("corrections") or []
    texts = [correction["old"] for correction in corrections] + [row["body"]]
    return [
        {"at": moment(correction["at"]), "old_body": old, "new_body": new}
        for correction, (old, new) in zip(corrections, pairwise(texts), strict=True)
    ]


def differs(published: Review, wanted: Review) -> bool:
    return any(getattr(published, name) != getattr(wanted, name) for name in REVIEW_FIELDS)


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
