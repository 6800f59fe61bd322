"""The newest events of the change log, with all that their wording prints."""

from collections.abc import Iterable

from django.utils import timezone

from tools.models import Category, FactKind, LedgerEntry, Tool
from web.joined_rows import JoinedRows


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
            WHERE at <= %s AND {condition} ORDER BY at DESC, event DESC LIMIT %s
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
TOOLS = JoinedRows("SELECT {tool} FROM tools_tool AS tool WHERE id = ANY (%s)", tool=Tool)


def latest_entries(limit: int) -> list[LedgerEntry]:
    """Return all entries of the newest `limit` events, newest first; two queries, three where one corrects another."""
    now = timezone.now()
    return _with_references(OF_SITE, [now, now, limit], {})


def latest_entries_of(tool: Tool, limit: int) -> list[LedgerEntry]:
    """Do so for one tool: one query, one more where an entry names another tool, or corrects another entry."""
    now = timezone.now()
    return _with_references(OF_TOOL, [now, now, tool.pk, limit], {tool.pk: tool})


def _with_references(
    newest: JoinedRows, params: list[object], known: dict[int, Tool]
) -> list[LedgerEntry]:
    entries = []
    for entry, fact_kind, old_category, new_category, reviewer in newest.read(params):
        entry.fact_kind, entry.reviewer_name = fact_kind, reviewer
        entry.old_category, entry.new_category = old_category, new_category
        entries.append(entry)
    _add_tools(entries, known)
    _add_corrected(entries)
    return entries


def _add_tools(entries: Iterable[LedgerEntry], known: dict[int, Tool]) -> None:
    named = {pk for entry in entries for pk in _tool_ids(entry) if pk is not None}
    tools = dict(known)
    if missing := named - tools.keys():
        tools |= {tool.pk: tool for (tool,) in TOOLS.read([list(missing)])}
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
