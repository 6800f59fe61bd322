"""What the change log says of a tool's panel score over time, for the picture of it."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

from pages.charts.score_history import Moment
from tools.ledger import corrected
from tools.ledger_state import PUBLICATIONS, Kind
from tools.models import LedgerEntry, Tool
from tools.panel_word import PanelWord
from web.joined_rows import JoinedRows

KINDS = [
    str(kind) for kind in [*PUBLICATIONS, Kind.SCORE, Kind.VERDICT, Kind.STATUS, Kind.WITHDRAWN]
]
# The newest so many entries: a picture shows no more.
MOST_ENTRIES = 200

NEWEST = JoinedRows(
    """
    SELECT {entry} FROM tools_ledgerentry AS entry
    WHERE tool_id = %s AND kind = ANY (%s) AND at <= %s ORDER BY at DESC, event DESC, id DESC LIMIT %s
    """,
    entry=LedgerEntry,
)


def score_moments(tool: Tool, until: datetime | None = None) -> list[Moment]:
    """Return what held after each event (up to `until`), oldest first, with corrections applied; two queries."""
    rows = NEWEST.read([tool.pk, KINDS, until or timezone.now(), MOST_ENTRIES])
    newest = corrected((entry for (entry,) in rows), until)
    moments: list[Moment] = []
    for _, entries in groupby(reversed(newest), key=lambda entry: entry.event):
        moments.append(_after(moments[-1] if moments else None, list(entries)))
    return moments


def _after(before: Moment | None, entries: list[LedgerEntry]) -> Moment:
    score, verdict = (before.score, before.verdict) if before else (None, PanelWord.NONE.value)
    events = []
    for entry in entries:
        codes = _codes(entry)
        if entry.kind in PUBLICATIONS:
            score, verdict = codes.get("score"), codes.get("verdict", verdict)
            events.append(entry.get_kind_display())
        elif entry.kind == Kind.SCORE:
            score = codes
        elif entry.kind == Kind.VERDICT:
            verdict = codes or PanelWord.NONE.value
            events.append(PanelWord(verdict).label)
        elif entry.kind == Kind.STATUS:
            events.append(Tool.Status(codes["status"]).label)
        else:
            events.append(entry.get_kind_display())
    return Moment(entries[0].at, score, verdict, " · ".join(events))


def _codes(entry: LedgerEntry) -> Any:
    return entry.correction.new if entry.correction else entry.new
