"""The change log of a tool whose file has none, derived from its reviews."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import uuid4

from reviews.actions import review_change
from reviews.models import Review
from reviews.panel import panel_of_reviews
from tools import ledger
from tools.ledger_state import Kind, State
from tools.models import LedgerEntry, Tool

SHORTEST = timedelta(microseconds=1)


def first_publication(
    tool: Tool, state: State, reviews: list[Review], *, at: datetime
) -> LedgerEntry:
    """Return the entry of the publication of `tool`, with the panel's figures of that time."""
    known = {}
    for review in _in_order(reviews):
        if review.was_published_by(at):
            known[review.reviewer_id] = review
    return ledger.publication(
        Kind.ADDED,
        tool=tool,
        state=state.with_panel(panel_of_reviews(known.values())),
        at=at,
        event=uuid4(),
    )


def review_events(
    tool: Tool, current: dict[int, Review], new: list[Review], *, after: datetime
) -> Iterator[LedgerEntry]:
    """Yield the entries of publishing the `new` reviews in order, those of the same time as one event.

    `current` is {reviewer id: Review} before; it holds the new ones afterwards. All entries are later
    than `after`, the time of the last entry that the tool has.
    """
    for published_at, published in groupby(_in_order(new), key=lambda review: review.published_at):
        reviews = list(published)
        before = panel_of_reviews(current.values())
        changes = []
        for review in reviews:
            changes.append(review_change(review, current.get(review.reviewer_id)))
            current[review.reviewer_id] = review
        after = max(published_at, after + SHORTEST)
        yield from ledger.panel_event(
            tool=tool,
            reviews=changes,
            before=before,
            after=panel_of_reviews(current.values()),
            at=after,
        )


def _in_order(reviews: Iterable[Review]) -> list[Review]:
    return sorted(reviews, key=lambda review: (review.published_at, review.reviewer.position))
