"""What changed for a tool since it was bookmarked: one line per kind, from the change log."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from tools.ledger import Change, collapsed, corrected
from tools.ledger_state import Kind
from tools.ledger_words import describe_change, is_folded, reason_words, weight
from tools.models import LedgerEntry


@dataclass(frozen=True)
class WatchedChange:
    """`sentence`: what all entries of one kind since the bookmark say together; `reasons`: why, oldest first.

    A reason that several changes of a tool share stands with the weightiest of them.
    """

    kind: Kind
    sentence: str
    reasons: list[str]
    at: datetime
    is_new: bool


def changes_by_tool(entries: Iterable[LedgerEntry]) -> dict[int, list[WatchedChange]]:
    """{tool id: changes, weightiest first} of `entries`, newest first, with `is_new` (`changes_of`)."""
    listed = sorted(corrected(entries), key=lambda entry: entry.tool_id)
    return {
        tool_id: _changes(collapsed(log))
        for tool_id, log in groupby(listed, key=lambda entry: entry.tool_id)
    }


def _changes(changes: list[Change]) -> list[WatchedChange]:
    shown = [change for change in changes if not _is_folded(change)]
    weightiest_first = sorted(shown, key=lambda change: weight(change.kind))
    return _with_each_reason_once([_watched(change) for change in weightiest_first])


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
