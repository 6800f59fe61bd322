"""What changed for a tool since it was bookmarked, told from the ledger in one line per kind."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from tools.models import LedgerEntry

Kind = LedgerEntry.Kind
# The order in which a reader wants to know. What is not named here (a score that moved, a first
# publication) is told by the tool's page.
TOLD = [
    Kind.STATUS_CHANGED,
    Kind.VERDICT_CHANGED,
    Kind.PRICE_CHANGED,
    Kind.ENTRY_CHANGED,
    Kind.RENAMED,
    Kind.SCORE_MOVED,
    Kind.REVIEWED,
    Kind.CORRECTED,
]


# What a tool has one of, so that it can change and change back.
STATES = {
    Kind.STATUS_CHANGED: "The status",
    Kind.VERDICT_CHANGED: "The verdict",
    Kind.PRICE_CHANGED: "The price",
    Kind.ENTRY_CHANGED: "The entry",
    Kind.RENAMED: "The name",
    Kind.SCORE_MOVED: "The panel score",
}


@dataclass(frozen=True)
class Change:
    """All ledger entries of one kind since the bookmark: what was said first, and what is said now."""

    kind: str
    old: str
    new: str
    at: datetime
    count: int
    is_new: bool

    @property
    def is_back(self):
        """It changed, and changed back."""
        return self.kind in STATES and self.old == self.new

    @property
    def subject(self):
        return STATES.get(self.kind, "")


def changes_by_tool(entries):
    """{tool id: [Change]} of `entries`, LedgerEntries with `is_new`, newest first (`changes_of`)."""
    told = sorted(
        (entry for entry in entries if entry.kind in TOLD),
        key=lambda entry: (entry.tool_id, TOLD.index(entry.kind)),
    )
    changes = {}
    for (tool_id, kind), group in groupby(told, key=lambda entry: (entry.tool_id, entry.kind)):
        changes.setdefault(tool_id, []).append(_change(kind, list(group)))
    return changes


def _change(kind, entries):
    newest, oldest = entries[0], entries[-1]
    return Change(
        kind=kind,
        old=oldest.old,
        new=newest.new,
        at=newest.at,
        count=len(entries),
        is_new=any(entry.is_new for entry in entries),
    )
