"""The change log of each tool in a period, with corrections applied.

A correction counts as soon as it is made, even after the period.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone

from reviews.queries import with_reviewers
from tools.ledger import new_side
from tools.ledger_state import Kind
from tools.models import LedgerEntry, Tool


@dataclass(frozen=True)
class ToolRecord:
    """The entries of one tool in the period, oldest first, each with its `correction` or None."""

    tool: Tool
    entries: list[LedgerEntry]
    # Corrections in the period that no other item of a digest includes.
    corrections: list[LedgerEntry] = field(default_factory=list)

    def of_kind(self, kind: Kind) -> list[LedgerEntry]:
        return [entry for entry in self.entries if entry.kind == kind]

    @property
    def added(self) -> LedgerEntry | None:
        """The entry of its first publication, if that is in the period."""
        return next(iter(self.of_kind(Kind.ADDED)), None)

    @property
    def was_reviewed(self) -> bool:
        return bool(self.of_kind(Kind.REVIEWED))

    def reviews_of(self, event: Any) -> list[LedgerEntry]:
        """The reviews that one event published."""
        return [entry for entry in self.of_kind(Kind.REVIEWED) if entry.event == event]


def read_record(
    since: datetime, until: datetime, *, includes_correction: Callable[[LedgerEntry], bool]
) -> list[ToolRecord]:
    """Return the records of published tools from `since` to before `until`, newest change first; one query.

    `includes_correction(entry)` says whether the item of a corrected entry will include its correction;
    if not, the correction is an item of its own.
    """
    entries = LedgerEntry.objects.public().filter(
        Q(at__lt=until) | Q(kind=Kind.CORRECTED, corrects__at__gte=since),
        at__gte=since,
        tool__published_at__lte=timezone.now(),
    )
    newest_first = with_reviewers(entries.with_references()).select_related(
        "tool__category", "new_successor__category"
    )
    by_tool: dict[int, list[LedgerEntry]] = {}
    for entry in newest_first:
        by_tool.setdefault(entry.tool_id, []).append(entry)
    records = [_record(log[::-1], until, includes_correction) for log in by_tool.values()]
    return [record for record in records if record.entries or record.corrections]


def steps(entries: list[LedgerEntry], code: Callable[[Any], Any] = lambda side: side) -> list[Any]:
    """Return the codes before the first of `entries` and after each of them, without repetitions."""
    codes = [entries[0].old, *[new_side(entry)[0] for entry in entries]] if entries else []
    return [value for value, _ in groupby(code(side) for side in codes)]


def _record(
    log: list[LedgerEntry], until: datetime, includes_correction: Callable[[LedgerEntry], bool]
) -> ToolRecord:
    """`log`: oldest first."""
    latest = {entry.corrects_id: entry for entry in log if entry.kind == Kind.CORRECTED}
    entries = [entry for entry in log if entry.kind != Kind.CORRECTED]
    for entry in entries:
        entry.correction = latest.get(entry.pk)
    included = {entry.pk for entry in entries if includes_correction(entry)}
    return ToolRecord(
        tool=log[-1].tool,
        entries=entries,
        corrections=list(_own_corrections(latest, included, until)),
    )


def _own_corrections(
    latest: dict[int | None, LedgerEntry], included: set[int], until: datetime
) -> Iterator[LedgerEntry]:
    for wrong_id, correction in latest.items():
        if wrong_id not in included and correction.at < until:
            yield correction
