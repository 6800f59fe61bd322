"""The change log: the only module that writes entries, groups them by event and applies corrections.

Only tools that are or were published have entries. A scheduled tool has one with a date in the future,
which is replaced when the tool changes before that date. Callers hold the row lock of the tool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from tools.copy_rows import copy_rows
from tools.ledger_state import (
    PUBLICATIONS,
    Difference,
    Panel,
    Replayed,
    State,
    differences,
    replay,
)
from tools.models import FactKind, LedgerEntry, Tool
from web.replica import read_connection

Kind = LedgerEntry.Kind

CORRECTIONS = """
SELECT corrects_id, id FROM tools_ledgerentry
WHERE corrects_id = ANY (%s) AND at <= %s ORDER BY at, event, id
"""


@dataclass(frozen=True)
class ReviewChange:
    """A review that was published, by primary key; `old` and `new` are {"score", "verdict"}."""

    review: int
    old: dict[str, Any] | None
    new: dict[str, Any]
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """The entries that one action wrote about one tool, in the order in which they were written."""

    entries: list[LedgerEntry]

    @property
    def id(self) -> UUID:
        return self.entries[0].event

    @property
    def tool(self) -> Tool:
        return self.entries[0].tool

    @property
    def at(self) -> datetime:
        return self.entries[0].at


@dataclass(frozen=True)
class Change:
    """Entries of one tool about the same thing, oldest first, as one step from `old` to `new`."""

    entries: list[LedgerEntry]

    @property
    def kind(self) -> Kind:
        return Kind(self.entries[0].kind)

    @property
    def is_back(self) -> bool:
        """Whether it ends where it began, after changes."""
        return len(self.entries) > 1 and old_side(self.entries[0]) == new_side(self.entries[-1])


# Writing


def write(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    return LedgerEntry.objects.bulk_create(entries)


def write_many(entries: list[LedgerEntry]) -> None:
    """Write the entries of an import."""
    copy_rows(entries)


def write_added(*, tool: Tool, state: State, at: datetime) -> None:
    """Record the first publication of `tool`; `at` may be in the future."""
    write([publication(Kind.ADDED, tool=tool, state=state, at=at, event=uuid4())])


def write_restored(
    *, tool: Tool, before: State, after: State, reviews: Iterable[ReviewChange], at: datetime
) -> None:
    """Record that a withdrawn `tool` is published again, and in the same event what has changed since."""
    event = uuid4()
    write(
        [
            publication(Kind.RESTORED, tool=tool, state=after, at=at, event=event),
            *review_entries(reviews, tool=tool, event=event, at=at),
            *change_entries(before, after, tool=tool, event=event, at=at),
        ]
    )


def write_withdrawn(*, tool: Tool, reason: str, at: datetime) -> None:
    write([withdrawal(tool=tool, reason=reason, at=at)])


def replace_scheduled(*, tool: Tool, state: State, at: datetime) -> None:
    """Write the entry of a `tool` that is scheduled for `at` again, with its present state."""
    cancel_scheduled(tool=tool, at=at)
    write_added(tool=tool, state=state, at=at)


def cancel_scheduled(*, tool: Tool, at: datetime) -> None:
    """Delete the entry of a `tool` that was scheduled for `at`: nobody has read it yet."""
    LedgerEntry.objects.filter(tool=tool, kind=Kind.ADDED, at=at).delete()


def write_correction(
    *, entry: LedgerEntry, new: Any, references: dict[str, int | None], reason: str
) -> LedgerEntry:
    """Record what `entry` should have said. Correcting a correction corrects the first entry again."""
    wrong = entry.corrects or entry
    sides = {"old_category_id": entry.new_category_id, "old_successor_id": entry.new_successor_id}
    correction = LedgerEntry(
        tool=entry.tool,
        kind=Kind.CORRECTED,
        corrects=wrong,
        old=entry.new,
        new=new,
        reason=reason,
        **(sides | references),
    )
    return write([correction])[0]


# Entries, not saved


def entry_from(**fields: Any) -> LedgerEntry:
    """Return an entry as a catalogue file describes it."""
    return LedgerEntry(**fields)


def withdrawal(*, tool: Tool, reason: str, at: datetime) -> LedgerEntry:
    return LedgerEntry(tool=tool, kind=Kind.WITHDRAWN, reason=reason, at=at)


def publication(kind: Kind, *, tool: Tool, state: State, at: datetime, event: UUID) -> LedgerEntry:
    return LedgerEntry(
        tool=tool,
        kind=kind,
        event=event,
        at=at,
        new=state.to_json(),
        new_category_id=state.category,
        new_successor_id=state.successor,
    )


def review_entries(
    reviews: Iterable[ReviewChange], *, tool: Tool, event: UUID, at: datetime
) -> list[LedgerEntry]:
    return [
        LedgerEntry(
            tool=tool,
            kind=Kind.REVIEWED,
            event=event,
            at=at,
            review_id=review.review,
            old=review.old,
            new=review.new,
            reason=review.reason,
        )
        for review in reviews
    ]


def change_entries(
    before: State, after: State, *, tool: Tool, event: UUID, at: datetime, reason: str = ""
) -> list[LedgerEntry]:
    return [
        _change_entry(difference, tool=tool, event=event, at=at, reason=reason)
        for difference in differences(before, after)
    ]


def panel_event(
    *, tool: Tool, reviews: list[ReviewChange], before: Panel, after: Panel, at: datetime
) -> list[LedgerEntry]:
    """Return the entries of reviews that were published together, and of the verdict and score they changed."""
    event = uuid4()
    entries = review_entries(reviews, tool=tool, event=event, at=at)
    for kind, old, new in [
        (Kind.VERDICT, before.verdict, after.verdict),
        (Kind.SCORE, before.score, after.score),
    ]:
        if old != new:
            difference = Difference(kind, old, new)
            entries.append(_change_entry(difference, tool=tool, event=event, at=at))
    return entries


def _change_entry(
    difference: Difference, *, tool: Tool, event: UUID, at: datetime, reason: str = ""
) -> LedgerEntry:
    return LedgerEntry(
        tool=tool,
        kind=difference.kind,
        event=event,
        at=at,
        old=difference.old,
        new=difference.new,
        reason=reason,
        **difference.references,
    )


# Reading


def replayed(tool: Tool) -> Replayed:
    """Replay the whole change log of `tool`, including entries with a date in the future."""
    return replay(tool.ledger.in_order())


def names_fact_kind(kind: FactKind) -> bool:
    """Whether the state in a publication has a fact of `kind`, to which it has no foreign key."""
    publications = LedgerEntry.objects.filter(kind__in=PUBLICATIONS)
    return publications.filter(new__facts__has_key=str(kind.pk)).exists()


def scheduled_state(tool: Tool, at: datetime) -> State | None:
    """Return the state in the entry of a `tool` that is scheduled for `at`; None without an entry."""
    return replay(tool.ledger.filter(kind=Kind.ADDED, at=at)).state


def events(entries: Iterable[LedgerEntry]) -> list[Event]:
    """Group `entries`, in the order of `LedgerEntryQuerySet.public`, into events in the same order."""
    return [
        Event(entries=list(written)[::-1])
        for _, written in groupby(entries, key=lambda entry: (entry.at, entry.event))
    ]


def corrected(entries: Iterable[LedgerEntry], until: datetime | None = None) -> list[LedgerEntry]:
    """Set `entry.correction` on each entry: its latest correction (up to `until`), or None.

    One query where nothing was corrected, which is the rule, otherwise three; none without entries.
    """
    listed = list(entries)
    if not listed:
        return []
    with read_connection().cursor() as cursor:
        cursor.execute(CORRECTIONS, [[entry.pk for entry in listed], until or timezone.now()])
        ids = cursor.fetchall()
    latest = {}
    if ids:
        found = LedgerEntry.objects.with_references().in_bulk(dict(ids).values())
        latest = {wrong: found[pk] for wrong, pk in ids if pk in found}
    for entry in listed:
        entry.correction = latest.get(entry.pk)
    return listed


def collapsed(entries: Iterable[LedgerEntry]) -> list[Change]:
    """Group the entries of one tool, newest first, into one Change per kind, or per fact kind for facts."""
    groups: dict[tuple[str, int | None], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.fact_kind_id), []).insert(0, entry)
    return [Change(group) for group in groups.values()]


def old_side(entry: LedgerEntry) -> tuple[Any, int | None, int | None]:
    """Return all that an entry says of the time before, to compare it."""
    return entry.old, entry.old_category_id, entry.old_successor_id


def new_side(entry: LedgerEntry) -> tuple[Any, int | None, int | None]:
    """Return all that an entry, or else its correction, says of the time after."""
    final = getattr(entry, "correction", None) or entry
    return final.new, final.new_category_id, final.new_successor_id
