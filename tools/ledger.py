"""The change log: the only module that writes entries, groups them by event and applies corrections.

Only tools that are or were published have entries; a scheduled tool has one of a later date, which is
replaced when the tool changes before it. Callers hold the row lock of the tool.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet

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

Kind = LedgerEntry.Kind
BATCH = 1000


@dataclass(frozen=True)
class ReviewChange:
    """A review that was published, by primary key; `old` and `new` are {"score", "verdict"}."""

    review: int
    old: dict[str, Any] | None
    new: dict[str, Any]
    reason: str = ""


@dataclass(frozen=True)
class Event:
    """What one action wrote of one tool, in the order in which it was written."""

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
        """Whether it went somewhere and returned."""
        return len(self.entries) > 1 and old_side(self.entries[0]) == new_side(self.entries[-1])


# Writing


def write(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    return LedgerEntry.objects.bulk_create(entries, batch_size=BATCH)


def write_added(*, tool: Tool, state: State, at: datetime) -> None:
    """Record the first publication of `tool`; `at` may lie ahead."""
    write([publication(Kind.ADDED, tool=tool, state=state, at=at, event=uuid4())])


def write_restored(
    *, tool: Tool, before: State, after: State, reviews: Iterable[ReviewChange], at: datetime
) -> None:
    """Record that a withdrawn `tool` is published again, and in the same event what changed meanwhile."""
    event = uuid4()
    write(
        [
            publication(Kind.RESTORED, tool=tool, state=after, at=at, event=event),
            *review_entries(reviews, tool=tool, event=event, at=at),
            *change_entries(before, after, tool=tool, event=event, at=at),
        ]
    )


def write_withdrawn(*, tool: Tool, reason: str, at: datetime) -> None:
    write([LedgerEntry(tool=tool, kind=Kind.WITHDRAWN, reason=reason, at=at)])


def write_changes(
    *, tool: Tool, before: State, after: State, at: datetime, reason: str = ""
) -> None:
    """Record what differs between two states of a published `tool` as one event; nothing if nothing does."""
    write(change_entries(before, after, tool=tool, event=uuid4(), at=at, reason=reason))


def replace_scheduled(*, tool: Tool, state: State) -> None:
    """Put the entry that announces a scheduled `tool` in line with its present state."""
    cancel_scheduled(tool=tool)
    write_added(tool=tool, state=state, at=tool.published_at)


def cancel_scheduled(*, tool: Tool) -> None:
    """Take back the entry that announces a scheduled `tool`, which nobody has read yet."""
    LedgerEntry.objects.filter(tool=tool, kind=Kind.ADDED, at=tool.published_at).delete()


def write_correction(
    *, entry: LedgerEntry, new: Any, references: dict[str, int | None], reason: str
) -> LedgerEntry:
    """Record what `entry` should have said. A correction of a correction answers the entry itself."""
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
    """An entry of a catalogue file."""
    return LedgerEntry(**fields)


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
    """The entries of reviews that were published together, and of what became of the panel's figures."""
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
    """Where the change log of `tool` ends, entries of a later date included."""
    return replay(tool.ledger.in_order())


def names_fact_kind(kind: FactKind) -> bool:
    """Whether the state of a publication holds a fact of `kind`: such an entry has no foreign key to it."""
    publications = LedgerEntry.objects.filter(kind__in=PUBLICATIONS)
    return publications.filter(new__facts__has_key=str(kind.pk)).exists()


def scheduled_state(tool: Tool) -> State | None:
    """The state that the entry announcing a scheduled `tool` carries."""
    return replay(tool.ledger.filter(kind=Kind.ADDED, at=tool.published_at)).state


def events(entries: Iterable[LedgerEntry]) -> list[Event]:
    """Group `entries`, in the order of `LedgerEntryQuerySet.public`, into events in the same order."""
    return [
        Event(entries=list(written)[::-1])
        for _, written in groupby(entries, key=lambda entry: (entry.at, entry.event))
    ]


def latest_events(entries: "QuerySet[LedgerEntry]", limit: int) -> "QuerySet[LedgerEntry]":
    """All entries of the newest `limit` events that have one among those given; one query."""
    newest = entries.order_by("-at", "-event").distinct("at", "event").values("event")[:limit]
    return LedgerEntry.objects.public().filter(event__in=newest)


def corrected(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Set `entry.correction` on each: the latest correction that answers it, or None. One query."""
    listed = list(entries)
    answers = LedgerEntry.objects.filter(corrects__in=[entry.pk for entry in listed])
    latest = {answer.corrects_id: answer for answer in answers.with_references().public().reverse()}
    for entry in listed:
        entry.correction = latest.get(entry.pk)
    return listed


def collapsed(entries: Iterable[LedgerEntry]) -> list[Change]:
    """The entries of one tool, newest first, as one Change per kind (per fact, for facts)."""
    groups: dict[tuple[str, int | None], list[LedgerEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.fact_kind_id), []).insert(0, entry)
    return [Change(group) for group in groups.values()]


def old_side(entry: LedgerEntry) -> tuple[Any, int | None, int | None]:
    """All that an entry says of the time before, to be compared."""
    return entry.old, entry.old_category_id, entry.old_successor_id


def new_side(entry: LedgerEntry) -> tuple[Any, int | None, int | None]:
    """All that an entry says of the time after, a correction applied."""
    said = getattr(entry, "correction", None) or entry
    return said.new, said.new_category_id, said.new_successor_id
