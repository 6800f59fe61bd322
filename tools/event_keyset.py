"""Pages of events by keyset: the same cost at any depth, and no event split over two pages."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from tools.models import LedgerEntry, LedgerEntryQuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# From 1970 to beyond the year 9000.
MICROSECONDS = range(250_000_000_000_000_000)


@dataclass(frozen=True)
class Cursor:
    """The position of an event in the change log."""

    at: datetime
    event: UUID

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """Return the cursor in a query parameter, or None if it is not valid."""
        time, _, event = (text or "").partition("-")
        if len(time) > 18 or not (time.isascii() and time.isdecimal()) or len(event) != 32:
            return None
        if int(time) not in MICROSECONDS:
            return None
        with suppress(ValueError):
            return cls(EPOCH + int(time) * MICROSECOND, UUID(hex=event))
        return None

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.event.hex}"


@dataclass(frozen=True)
class EventPage:
    """The entries of a page, newest first, and the cursors of the next pages; None at an end."""

    entries: LedgerEntryQuerySet
    newer: Cursor | None
    older: Cursor | None


def event_page(
    entries: "QuerySet[LedgerEntry]",
    *,
    before: Cursor | None,
    after: Cursor | None,
    per_page: int,
) -> EventPage:
    """Return the events that have one of `entries`: the newest, those `before` a cursor, or those `after` it.

    A page after a cursor that would not be full is the first page.
    """
    positions = entries.order_by("-at", "-event").distinct("at", "event")
    if after:
        nearest = positions.filter(_beyond(after, "gt")).order_by("at", "event")
        found = _cursors(nearest, per_page + 1)
        if len(found) > per_page:
            shown = found[:per_page][::-1]
            return EventPage(_entries_of(shown), newer=shown[0], older=shown[-1])
        before = None
    earlier = positions.filter(_beyond(before, "lt")) if before else positions
    found = _cursors(earlier, per_page + 1)
    shown = found[:per_page]
    return EventPage(
        _entries_of(shown),
        newer=shown[0] if before and shown else None,
        older=shown[-1] if len(found) > per_page else None,
    )


def events_after(
    entries: "QuerySet[LedgerEntry]", cursor: Cursor | None, limit: int
) -> list[Cursor]:
    """Return the positions of the first `limit` events after `cursor` that have one of `entries`, oldest first."""
    positions = entries.order_by("at", "event").distinct("at", "event")
    return _cursors(positions.filter(_beyond(cursor, "gt")) if cursor else positions, limit)


def _beyond(cursor: Cursor, lookup: str) -> Q:
    """Rows past the cursor in one direction: one comparison of pairs, from which an index scan starts."""
    compare = TupleLessThan if lookup == "lt" else TupleGreaterThan
    return Q(compare(Tuple(F("at"), F("event")), (cursor.at, cursor.event)))


def _cursors(positions: "QuerySet[LedgerEntry]", limit: int) -> list[Cursor]:
    return [Cursor(*row) for row in positions.values_list("at", "event")[:limit]]


def _entries_of(cursors: list[Cursor]) -> LedgerEntryQuerySet:
    return LedgerEntry.objects.public().filter(event__in=[cursor.event for cursor in cursors])
