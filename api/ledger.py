"""The change log as data, since a cursor."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query

from api.data import PAGING, Data, Limit, Page, next_url
from api.endpoints import endpoint, find_or_404
from reviews.queries import with_reviewers
from tools.event_keyset import Cursor, events_after
from tools.ledger_words import describe
from tools.models import LedgerEntry, LedgerEntryQuerySet, Tool
from tools.page_versions import SAMPLE, SHARED
from tools.slugs import WithSlug
from web.page_validator import Validator
from web.replica import read_connection

# The time up to which the change log is complete. An entry gets its time before its transaction commits, and a client that
# goes on from `next` or `since` must not pass it. So entries wait for 30 seconds, and a transaction that takes longer
# holds back what is later than its start. The 10 seconds before its start are for a clock of a web machine that is late,
# and for a publication that comes due between its form and its transaction.
# Only the primary lists its transactions, and a role sees the times of its own sessions only: the site has one role.
# Autovacuum and other processes of Postgres write no entries.
SETTLED_UNTIL = """
least(%(now)s - interval '30 seconds', (
    SELECT min(xact_start) - interval '10 seconds' FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()
))
"""

LEDGER = Validator(
    f"""
    SELECT {SAMPLE}, ROW(
        {SHARED}, (SELECT sum(number) FROM tools_catalogversion),
        (SELECT max(at) FROM tools_ledgerentry WHERE at <= (SELECT {SETTLED_UNTIL}))
    )::text
    """  # noqa: S608 - made of constants of our own
)

EventCursor = Annotated[
    str,
    Query(
        pattern="^([0-9]{1,17}-[0-9a-f]{32})?$",
        description="Opaque: “next” of the previous part, or “since”. Empty: from the beginning.",
    ),
]
ToolFilter = Annotated[
    str,
    Query(
        max_length=80, pattern="^[a-z0-9-]*$", description="The slug of a tool: only its entries."
    ),
]


class ChangeLogEntry(Data):
    """One entry. `old` and `new` are codes whose shape depends on the kind: see docs/catalog.md."""

    id: int
    event: UUID
    """All entries that one action wrote have the same event."""
    at: datetime
    tool: str
    """The slug of the tool."""
    kind: Literal[
        "added", "withdrawn", "restored", "reviewed", "verdict", "score", "entry", "pricing", "category", "slug",
        "status", "name", "tagline", "best_for", "skip_if", "fact", "corrected",
    ]  # fmt: skip
    text: str
    """The entry in words, as pages say it."""
    reason: str
    old: Any
    new: Any
    review: int | None
    """The id of the review that was published."""
    fact_kind: str | None
    old_category: str | None
    new_category: str | None
    old_successor: str | None
    new_successor: str | None
    corrects: int | None
    """The id of the entry that it corrects."""


class LedgerPage(Page[ChangeLogEntry]):
    since: str | None
    """The cursor of the last entry: send it next time to get only what is new. Null if there is no entry."""


@endpoint(
    "ledger/",
    name="api_ledger",
    answer=LedgerPage,
    validator=LEDGER,
    params=(*PAGING, "tool"),
    reads_primary=True,
)
def ledger(
    request: HttpRequest,
    cursor: EventCursor = "",
    limit: Limit = 50,
    tool: ToolFilter = "",
) -> LedgerPage:
    """The change log by event, oldest first: `limit` counts events. An entry is shown 30 seconds after it was written, or
    later if something that began before it is still being saved."""
    entries = LedgerEntry.objects.all()
    if tool:
        entries = entries.filter(tool=find_or_404(Tool.objects.on_record(), tool))
    changes = changes_after(entries, Cursor.read(cursor), limit)
    return LedgerPage(
        items=changes.entries,
        next=next_url(request, changes.last) if changes.has_more else None,
        since=str(changes.last) if changes.last else cursor or None,
    )


@dataclass(frozen=True)
class Changes:
    """A part of the change log; `last` is the position of its last event."""

    entries: list[ChangeLogEntry]
    last: Cursor | None
    has_more: bool


def changes_after(entries: LedgerEntryQuerySet, cursor: Cursor | None, limit: int) -> Changes:
    """Return the first `limit` events after `cursor` that have one of `entries`, oldest first."""
    settled = entries.filter(at__lte=_settled_until())
    positions = events_after(settled, cursor, limit + 1)
    shown = positions[:limit]
    rows = entries.in_order().filter(event__in=[position.event for position in shown])
    return Changes(
        [_entry_data(entry) for entry in with_reviewers(rows).with_references()],
        shown[-1] if shown else None,
        len(positions) > limit,
    )


def _settled_until() -> datetime:
    """Return the time up to which the change log is complete for statements from now on.

    It is a statement of its own: one that also reads entries would do without those of a transaction that ends between
    its snapshot and its look at the transactions.
    """
    with read_connection().cursor() as cursor:
        cursor.execute(f"SELECT {SETTLED_UNTIL}", {"now": timezone.now()})
        return cursor.fetchone()[0]


def _entry_data(entry: LedgerEntry) -> ChangeLogEntry:
    return ChangeLogEntry.of(
        id=entry.pk,
        event=entry.event,
        at=entry.at,
        tool=entry.tool.slug,
        kind=entry.kind,
        text=describe(entry).sentence,
        reason=entry.reason,
        old=entry.old,
        new=entry.new,
        review=entry.review_id,
        fact_kind=_slug(entry.fact_kind),
        old_category=_slug(entry.old_category),
        new_category=_slug(entry.new_category),
        old_successor=_public_slug(entry.old_successor),
        new_successor=_public_slug(entry.new_successor),
        corrects=entry.corrects_id,
    )


def _slug(row: WithSlug | None) -> str | None:
    return row.slug if row else None


def _public_slug(tool: Tool | None) -> str | None:
    return tool.slug if tool and tool.is_on_record else None
