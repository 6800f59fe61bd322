from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django_mcpz.server import ToolError
from pydantic import Field

from api.data import MOST, page_url
from api.ledger import ChangeLogEntry, Changes, changes_after
from api.mcp.answers import Answer, first_lines, read_at
from api.mcp.lookups import category_or_error, published_tools
from api.mcp.server import Params, mcp_tool
from tools.event_keyset import MICROSECOND, Cursor
from tools.models import LedgerEntry, LedgerEntryQuerySet
from tools.slugs import SLUG_MAX_LENGTH

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no entry is older
LAST_EVENT = UUID(int=2**128 - 1)  # of its microsecond

SlugOrNone = Annotated[str, Field(max_length=SLUG_MAX_LENGTH)]


class ChangesSince(Params):
    since: Annotated[str, Field(max_length=60)]
    """A date such as 2026-10-01 (its beginning, UTC), a time such as 2026-10-01T12:00Z, or “since” of an earlier answer."""
    tool: SlugOrNone = ""
    """The slug of a tool; empty for all."""
    category: SlugOrNone = ""
    """The slug of a category; empty for all. Give a tool or a category, not both."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 20
    """How many events at most, from 1 to 100. An event has one entry or more."""


class ChangesAnswer(Answer):
    changes: list[ChangeLogEntry]
    """The oldest first."""
    since: str
    """The cursor for the next call, which returns what came after these changes."""
    has_more: bool
    """Whether there are more changes already."""


@mcp_tool(ChangesSince, title="List changes since a date")
def changes_since(request: HttpRequest, given: ChangesSince) -> ChangesAnswer:
    """List the changes since a date or a cursor, oldest first: verdicts, scores, prices, facts, names, status …,
    each in words and as codes, with its reason. An entry appears 30 seconds after it was written, or later if
    something that began before it is still being saved."""
    start = _start(given.since)
    changes = changes_after(_entries(request, given), start, given.limit)
    return ChangesAnswer(
        text=_words(changes, _since_words(given.since)),
        source_url=_source_url(start, given.tool),
        read_at=read_at(),
        changes=changes.entries,
        since=str(changes.last or start),
        has_more=changes.has_more,
    )


def _start(since: str) -> Cursor:
    """Return the position after which changes are asked for. Raises ToolError."""
    if cursor := Cursor.read(since):
        return cursor
    with suppress(ValueError):
        moment = datetime.fromisoformat(since)
        return _from_moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    raise ToolError(
        f"“{since}” is neither a date, such as 2026-10-01, nor the cursor from “since” of an earlier answer."
    )


def _from_moment(moment: datetime) -> Cursor:
    if moment > timezone.now():
        raise ToolError(f"{moment.date()} is in the future. Give a date up to today.")
    return Cursor(max(moment, EARLIEST).astimezone(UTC) - MICROSECOND, LAST_EVENT)


def _since_words(since: str) -> str:
    """Return the time of a cursor in words, and a date or time as it was given."""
    cursor = Cursor.read(since)
    return f"{cursor.at:%Y-%m-%d %H:%M} UTC" if cursor else since


def _entries(request: HttpRequest, given: ChangesSince) -> LedgerEntryQuerySet:
    if given.tool and given.category:
        raise ToolError("Give a tool or a category, not both.")
    if given.tool:
        (tool,) = published_tools(request, [given.tool]).values()
        return LedgerEntry.objects.filter(tool=tool)
    if given.category:
        return LedgerEntry.objects.filter(category=category_or_error(given.category))
    return LedgerEntry.objects.all()


def _words(changes: Changes, since: str) -> str:
    if not changes.entries:
        return f"Nothing changed since {since}."
    number = len(changes.entries)
    words = ngettext("%(n)d change since %(since)s", "%(n)d changes since %(since)s", number)
    more = ", and more follow" if changes.has_more else ""
    lines = [f"{entry.at:%Y-%m-%d} {entry.tool}: {entry.text}" for entry in changes.entries]
    return "\n".join([f"{words % {'n': number, 'since': since}}{more}:", *first_lines(lines)])


def _source_url(start: Cursor, tool: str) -> str:
    day = (start.at + MICROSECOND).date().isoformat()
    return page_url(reverse("changes", query={"since": day} | ({"tool": tool} if tool else {})))
