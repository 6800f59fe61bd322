"""What changed for a tool since it was bookmarked: one line per kind, from the change log."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tools.ledger import Change, collapsed, corrected
from tools.ledger_state import Kind
from tools.ledger_words import describe_change, importance, is_folded, reason_words
from tools.models import LedgerEntry


@dataclass(frozen=True)
class WatchedChange:
    """All entries of one kind since the bookmark, summed up in `sentence`, with their `reasons`, oldest first.

    A reason that several changes of a tool share is only in the most important one of them.
    """

    kind: Kind
    sentence: str
    reasons: list[str]
    at: datetime
    is_new: bool


def changes_by_tool(entries: Iterable[LedgerEntry]) -> dict[int, list[WatchedChange]]:
    """Return {tool id: changes, the most important first} of the `entries` from `changes_of`."""
    listed = sorted(corrected(entries), key=lambda entry: entry.tool_id)
    return {
        tool_id: _changes(collapsed(log))
        for tool_id, log in groupby(listed, key=lambda entry: entry.tool_id)
    }


def _changes(changes: list[Change]) -> list[WatchedChange]:
    shown = [change for change in changes if not _is_folded(change)]
    by_importance = sorted(shown, key=lambda change: importance(change.kind))
    return _with_each_reason_once([_watched(change) for change in by_importance])


def _with_each_reason_once(changes: list[WatchedChange]) -> list[WatchedChange]:
    owners: dict[str, WatchedChange] = {}
    for change in changes:
        for reason in change.reasons:
            owners.setdefault(reason, change)
    return [
        replace(change, reasons=[reason for reason in change.reasons if owners[reason] is change])
        for change in changes
    ]


def _is_folded(change: Change) -> bool:
    return all(is_folded(entry) for entry in change.entries)


def _watched(change: Change) -> WatchedChange:
    newest = change.entries[-1]
    return WatchedChange(
        kind=change.kind,
        sentence=describe_change(change).sentence,
        reasons=list(
            dict.fromkeys(reason_words(entry) for entry in change.entries if entry.reason)
        ),
        at=newest.at,
        is_new=any(entry.is_new for entry in change.entries),
    )
