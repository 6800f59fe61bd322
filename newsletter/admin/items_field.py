"""The table of an issue's items: what staff decide about each, as one form field.

Its value is {key of an item: its edit as JSON}, as in `Issue.edits`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from newsletter.digest.default_copy import describe_item
from newsletter.digest.digest import Digest, NewsItem
from newsletter.digest.edits import (
    MAX_NOTE,
    MAX_PLACE,
    MOST_LEADS,
    NO_SENTENCE,
    NOT_EDITED,
    STRONGEST,
    ItemEdit,
    sentences_of,
)
from newsletter.digest.sections import PARTS
from reviews.models import Review, Verdict
from reviews.panel_at import scorecards_at

MOST_ROWS = 40
OPTION_LENGTH = 90

type Stored = Mapping[str, Any]
type Options = list[tuple[str, str]]


@dataclass(frozen=True)
class ItemRow:
    """One item with the sentences that staff can choose: [(code, text)], none for an item without reviews."""

    key: str
    label: str
    part: str
    sentences: Mapping[str, Options]

    def clean(self, typed: Stored) -> ItemEdit:
        """Return what was typed. Raises ValidationError."""
        return ItemEdit(
            is_included=bool(typed["is_included"]),
            is_lead=bool(typed["is_lead"]) and bool(typed["is_included"]),
            place=forms.IntegerField(required=False, min_value=1, max_value=MAX_PLACE).clean(
                typed["place"]
            ),
            note=forms.CharField(required=False, max_length=MAX_NOTE).clean(typed["note"]),
            ship=self._clean_sentence(typed, Verdict.SHIP),
            skip=self._clean_sentence(typed, Verdict.SKIP),
        )

    def _clean_sentence(self, typed: Stored, verdict: str) -> str:
        code = typed[verdict]
        if code != STRONGEST and code not in dict(self.sentences.get(verdict, [])):
            raise ValidationError("Choose a sentence from the list.")
        return str(code)


def item_rows(changes: Digest | None) -> list[ItemRow]:
    """Return a row for each of the first MOST_ROWS items of a draft; one query."""
    if changes is None:
        return []
    items = changes.news[:MOST_ROWS]
    cards = scorecards_at({item.tool.id for item in items}, changes.until)
    return [_row(item, cards[item.tool.id]) for item in items]


def _row(item: NewsItem, reviews: list[Review]) -> ItemRow:
    has_quotes = item.part in {"changed", "new"}
    sentences = {
        verdict: _options([review for review in reviews if review.verdict == verdict])
        for verdict in Verdict.values
        if has_quotes
    }
    return ItemRow(item.key, describe_item(item), PARTS[item.part], sentences)


def _options(reviews: list[Review]) -> Options:
    if not reviews:
        return []
    sentences = [
        (code, Truncator(f"{quote.reviewer}: {quote.text}").chars(OPTION_LENGTH))
        for review in reviews
        for code, quote in sentences_of(review).items()
    ]
    return [(STRONGEST, "The strongest"), *sentences, (NO_SENTENCE, "No sentence")]


class ItemsWidget(forms.Widget):
    """A table with a row per item: works by keyboard and without JavaScript."""

    use_fieldset = True
    rows: list[ItemRow] = []  # set for the page

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        edits = value if isinstance(value, dict) else {}
        rows = [_shown(row, asdict(NOT_EDITED) | edits.get(row.key, {})) for row in self.rows]
        context = {"name": name, "rows": rows, "max_note": MAX_NOTE, "max_place": MAX_PLACE}
        return render_to_string("admin/newsletter/issue/items.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, dict[str, Any]]:
        """Return what was typed for each row of the page that was sent."""
        return {
            row.key: _typed(data, f"{name}-{row.key}")
            for row in self.rows
            if f"{name}-{row.key}-place" in data
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return ""


def _shown(row: ItemRow, edit: dict[str, Any]) -> dict[str, Any]:
    """Return what the template prints of a row; `quotes`: [(verdict, options, the chosen code)]."""
    quotes = [(verdict, options, edit[verdict]) for verdict, options in row.sentences.items()]
    return {"row": row, "edit": edit, "quotes": [each for each in quotes if each[1]]}


def _typed(data: Any, prefix: str) -> dict[str, Any]:
    edit: dict[str, Any] = {name: data.get(f"{prefix}-{name}", "") for name in asdict(NOT_EDITED)}
    return edit | {name: bool(edit[name]) for name in ["is_included", "is_lead"]}


class ItemsField(forms.Field):
    """What is stored for items that the page does not show stays as it is."""

    widget = ItemsWidget
    rows: list[ItemRow] = []
    stored: Stored = {}

    def set_rows(self, rows: list[ItemRow], stored: Stored) -> None:
        self.rows, self.stored = rows, stored
        self.widget.rows = rows

    def clean(self, value: dict[str, Any]) -> dict[str, Any]:
        edits, errors = dict(self.stored), []
        for row in self.rows:
            try:
                if row.key in value:
                    edits[row.key] = row.clean(value[row.key]).to_json()
            except ValidationError as error:
                errors += [f"{row.label}: {message}" for message in error.messages]
        if sum(edit.get("is_lead", False) for edit in edits.values()) > MOST_LEADS:
            errors.append(f"Choose at most {MOST_LEADS} items as the lead.")
        if errors:
            raise ValidationError(errors)
        return in_order(edits)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.clean(data) != in_order(initial or {})
        except ValidationError:
            return True


def in_order(edits: Stored) -> dict[str, Any]:
    """Return the edits that say something, in one order, so that equal edits are equal as text."""
    return {key: dict(sorted(edits[key].items())) for key in sorted(edits) if edits[key]}
