"""The newest events of the change log, with all that their wording prints."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from tools.models import Category, FactKind, LedgerEntry, Tool
from tools.queries import tool_rows
from web.joined_rows import JoinedRows

# The time and the id of an event: its place in the change log.
type Position = tuple[datetime, UUID]
START: Position = (datetime.max.replace(tzinfo=UTC), UUID(int=0))


def up_to(moment: datetime) -> Position:
    """Return the position after all events up to and including `moment`."""
    return moment + timedelta(microseconds=1), UUID(int=0)


def _newest(condition: str) -> JoinedRows:
    """Select all entries of the newest events among the entries that meet `condition`.

    The events are found first, as an array: in a join Postgres would read the whole change log. Tools are read
    apart, because it takes ten times as long to plan three more joins.
    """
    return JoinedRows(
        f"""
        SELECT {{entry}}, {{fact_kind}}, {{old_category}}, {{new_category}}, (
            SELECT reviewer.name FROM reviews_review AS review
            JOIN reviews_reviewer AS reviewer ON reviewer.id = review.reviewer_id
            WHERE review.id = coalesce(entry.review_id, (
                SELECT wrong.review_id FROM tools_ledgerentry AS wrong WHERE wrong.id = entry.corrects_id
            ))
        )
        FROM tools_ledgerentry AS entry
        LEFT JOIN tools_factkind AS fact_kind ON fact_kind.id = entry.fact_kind_id
        LEFT JOIN tools_category AS old_category ON old_category.id = entry.old_category_id
        LEFT JOIN tools_category AS new_category ON new_category.id = entry.new_category_id
        WHERE entry.at <= %s AND entry.event = ANY (ARRAY(
            SELECT DISTINCT ON (at, event) event FROM tools_ledgerentry
            WHERE at <= %s AND (at, event) < (%s, %s) AND {condition} ORDER BY at DESC, event DESC LIMIT %s
        ))
        ORDER BY entry.at DESC, entry.event DESC, entry.id DESC
        """,  # noqa: S608 - made of constants of our own
        entry=LedgerEntry,
        fact_kind=FactKind,
        old_category=Category,
        new_category=Category,
    )


OF_SITE = _newest("true")
OF_TOOL = _newest("tool_id = %s")
OF_CATEGORY = _newest("category_id = %s")
OF_KIND = _newest("kind = %s")


def latest_entries(limit: int, before: Position = START) -> list[LedgerEntry]:
    """Return all entries of the newest `limit` events older than `before`, newest first.

    Two queries, three where one corrects another.
    """
    return _read(OF_SITE, [], limit, before)


def latest_entries_of(tool: Tool, limit: int, before: Position = START) -> list[LedgerEntry]:
    """Do so for one tool: one query, one more where an entry names another tool, or corrects another entry."""
    return _read(OF_TOOL, [tool.pk], limit, before, {tool.pk: tool})


def latest_entries_in(
    category: Category, limit: int, before: Position = START
) -> list[LedgerEntry]:
    """Do so for the tools that were in a category when the entries were written."""
    return _read(OF_CATEGORY, [category.pk], limit, before)


def latest_verdicts(limit: int, before: Position = START) -> list[LedgerEntry]:
    """Do so for the events in which a verdict changed."""
    return _read(OF_KIND, [LedgerEntry.Kind.VERDICT.value], limit, before)


def _read(
    newest: JoinedRows,
    values: list[object],
    limit: int,
    before: Position,
    known: dict[int, Tool] | None = None,
) -> list[LedgerEntry]:
    now = timezone.now()
    params = [now, now, *before, *values, limit]
    entries = []
    for entry, fact_kind, old_category, new_category, reviewer in newest.read(params):
        entry.fact_kind, entry.reviewer_name = fact_kind, reviewer
        entry.old_category, entry.new_category = old_category, new_category
        entries.append(entry)
    _add_tools(entries, known or {})
    _add_corrected(entries)
    return entries


def _add_tools(entries: Iterable[LedgerEntry], known: dict[int, Tool]) -> None:
    named = {pk for entry in entries for pk in _tool_ids(entry) if pk is not None}
    tools = dict(known)
    if missing := named - tools.keys():
        tools |= tool_rows(missing)
    for entry in entries:
        entry.tool = tools[entry.tool_id]
        entry.old_successor = tools.get(entry.old_successor_id or 0)
        entry.new_successor = tools.get(entry.new_successor_id or 0)


def _tool_ids(entry: LedgerEntry) -> tuple[int | None, ...]:
    return entry.tool_id, entry.old_successor_id, entry.new_successor_id


def _add_corrected(entries: Iterable[LedgerEntry]) -> None:
    """Load the entries that others correct, which are rare, with their references."""
    ids = [entry.corrects_id for entry in entries if entry.corrects_id]
    if not ids:
        return
    wrong = LedgerEntry.objects.with_references().in_bulk(ids)
    for entry in entries:
        if entry.corrects_id:
            entry.corrects = wrong[entry.corrects_id]
