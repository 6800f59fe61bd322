"""Checks of the reviews in a catalogue file that a schema cannot express: their authors, order and dates."""

from collections.abc import Container, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone

from tools.dates import EARLIEST

type Row = dict[str, Any]


def review_problems(
    tool: Row, reviewers: Container[str], stored: dict[tuple[str, str], int]
) -> Iterator[str]:
    """Yield what is wrong with the reviews of a tool.

    `reviewers` holds the existing slugs, `stored` the highest revision in the database by tool and reviewer.
    """
    reviews = tool.get("reviews") or []
    revisions: dict[str, list[Row]] = {}
    for number, review in enumerate(reviews):
        yield from _review(review, f"reviews[{number}]", reviewers)
        revisions.setdefault(review.get("reviewer") or "", []).append(review)
    if all(_is_placed(review) for review in reviews):
        for reviewer, rows in revisions.items():
            yield from _revisions(reviewer, rows, stored.get((tool.get("slug", ""), reviewer), 0))


def day_problems(day: str | None, where: str) -> Iterator[str]:
    if day and day > timezone.localdate().isoformat():
        yield f"{where}: the date is in the future"
    elif day and day < EARLIEST.isoformat():
        yield f"{where}: the date is before 2000"


def _review(review: Row, where: str, reviewers: Container[str]) -> Iterator[str]:
    reviewer, now = review.get("reviewer"), timezone.now()
    if reviewer and reviewer not in reviewers:
        yield f'{where}.reviewer: there is no "{reviewer}"'
    if (review.get("revision") or 1) > 1 and not (review.get("reason") or "").strip():
        yield f"{where}.reason: a revision needs one"
    if (at := review.get("published_at")) and datetime.fromisoformat(at) > now:
        yield f"{where}.published_at: the date is in the future"
    reaffirmed_on = review.get("reaffirmed_on") or []
    for day in set(review.get("reaffirmed_on_behalf") or []) - set(reaffirmed_on):
        yield f"{where}.reaffirmed_on_behalf: {day} is not in reaffirmed_on"
    yield from day_problems(review.get("reviewed_on"), f"{where}.reviewed_on")
    for day in reaffirmed_on:
        yield from day_problems(day, f"{where}.reaffirmed_on")
    yield from _corrections(review, where, now)


def _corrections(review: Row, where: str, now: datetime) -> Iterator[str]:
    corrections = review.get("corrections") or []
    if not corrections:
        return
    times = [correction["at"] for correction in corrections if correction.get("at")]
    moments = [datetime.fromisoformat(at) for at in [review.get("published_at"), *times] if at]
    if (
        any(later <= earlier for earlier, later in pairwise(moments))
        or max(moments, default=now) > now
    ):
        yield f"{where}.corrections: they follow the publication in order, and none is in the future"
    texts = [correction.get("old") for correction in corrections] + [review.get("body")]
    if any(old == new for old, new in pairwise(texts)):
        yield f"{where}.corrections: a correction changes the text"


def _is_placed(review: Row) -> bool:
    """Whether the schema allowed what the order of the revisions depends on."""
    return bool(review.get("reviewer") and review.get("published_at") and review.get("revision", 1))


def _revisions(reviewer: str, rows: list[Row], stored: int) -> Iterator[str]:
    """`stored` is the highest revision in the database, after which the file may continue."""
    numbers = sorted(row.get("revision", 1) for row in rows)
    first = numbers[0]
    if numbers != list(range(first, first + len(rows))) or first > stored + 1:
        yield (
            f'reviews: the revisions of "{reviewer}" are {numbers}; they must be consecutive and '
            f"start at {stored + 1} or below"
        )
        return
    moments = [
        datetime.fromisoformat(row["published_at"])
        for row in sorted(rows, key=lambda row: row.get("revision", 1))
    ]
    if moments != sorted(moments):
        yield f'reviews: a revision of "{reviewer}" is published before the one that it replaces'
