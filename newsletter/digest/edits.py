"""What staff decide about single items of a draft: which are left out, their order, the leads, notes and quotes.

They are stored with the issue by the key of each item, and applied whenever its digest is built. So an item that
leaves the digest keeps its edits, and one that appears has none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from newsletter.digest.digest import NEWS, Digest, NewsItem
from newsletter.digest.items import ChangedVerdict, NewVerdict
from newsletter.digest.plain_text import shortened
from newsletter.digest.quotes import Quote, quotes_from
from reviews.models import Review, Verdict
from web.row_ids import parse_row_id

MOST_LEADS = 2
MAX_NOTE = 280
MAX_PLACE = 99
# Instead of the code of a sentence (see `sentence_code`).
STRONGEST, NO_SENTENCE = "", "none"

type Sentences = Mapping[str, Quote]


@dataclass(frozen=True)
class ItemEdit:
    """`place`: 1 for the first item of its part; items without one follow in their usual order.

    `ship` and `skip`: STRONGEST, NO_SENTENCE or the code of a sentence.
    """

    is_included: bool = True
    is_lead: bool = False
    place: int | None = None
    note: str = ""
    ship: str = STRONGEST
    skip: str = STRONGEST

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**stored)

    def to_json(self) -> dict[str, Any]:
        """Return what differs from an item that nobody edited."""
        defaults = {field.name: field.default for field in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != defaults[name]}


NOT_EDITED = ItemEdit()

type Edits = Mapping[str, ItemEdit]


def edits_of(stored: Mapping[str, Any]) -> Edits:
    return {key: ItemEdit.from_json(edit) for key, edit in stored.items()}


def edited(digest: Digest, edits: Edits) -> Digest:
    """Return the digest as staff edited it; one query if they chose a sentence."""
    if not edits:
        return digest
    sentences = _chosen_sentences(edits.values())
    parts: dict[str, Any] = {
        part: tuple(_edited_items(getattr(digest, part), edits, sentences)) for part in NEWS
    }
    shown = replace(digest, **parts)
    leads = [item.key for item in shown.news if _edit_of(item, edits).is_lead]
    return replace(shown, leads=tuple(leads[:MOST_LEADS]))


def sentence_code(review: Review, number: int) -> str:
    """`number`: which of the first sentences of the review, from 0."""
    return f"{review.pk}.{number}"


def sentences_of(review: Review) -> dict[str, Quote]:
    """Return {code: quote} of the sentences of a review that staff can choose."""
    return {
        sentence_code(review, number): quote for number, quote in enumerate(quotes_from(review))
    }


def _edit_of(item: NewsItem, edits: Edits) -> ItemEdit:
    return edits.get(item.key, NOT_EDITED)


def _edited_items(items: Iterable[NewsItem], edits: Edits, sentences: Sentences) -> list[NewsItem]:
    included = [item for item in items if _edit_of(item, edits).is_included]
    ordered = sorted(included, key=lambda item: _edit_of(item, edits).place or MAX_PLACE + 1)
    return [_edited_item(item, _edit_of(item, edits), sentences) for item in ordered]


def _edited_item(item: NewsItem, edit: ItemEdit, sentences: Sentences) -> NewsItem:
    with_note = replace(item, note=shortened(edit.note, MAX_NOTE))
    if not isinstance(with_note, NewVerdict | ChangedVerdict):
        return with_note
    strongest = {quote.verdict: quote for quote in with_note.quotes}
    chosen = [
        _chosen(code, strongest.get(verdict), sentences)
        for verdict, code in [(Verdict.SHIP, edit.ship), (Verdict.SKIP, edit.skip)]
    ]
    return replace(with_note, quotes=tuple(quote for quote in chosen if quote))


def _chosen(code: str, strongest: Quote | None, sentences: Sentences) -> Quote | None:
    """Return the chosen quote; the strongest one if the chosen one is gone."""
    return None if code == NO_SENTENCE else sentences.get(code, strongest)


def _chosen_sentences(edits: Iterable[ItemEdit]) -> Sentences:
    codes = [code for edit in edits for code in (edit.ship, edit.skip)]
    ids = {pk for code in codes if (pk := parse_row_id(code.partition(".")[0])) is not None}
    if not ids:
        return {}
    reviews = Review.objects.published().filter(pk__in=ids).select_related("reviewer")
    return {code: quote for review in reviews for code, quote in sentences_of(review).items()}
