"""The change log of the whole site by event, newest first."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from reviews.queries import with_reviewers
from tools.event_keyset import Cursor, EventPage, event_page
from tools.ledger_state import Kind
from tools.ledger_words import EventText, event_texts
from tools.models import LedgerEntry, LedgerEntryQuerySet, Tool
from tools.slugs import find_by_any_slug

PER_PAGE = 50
LONGEST_SLUG = 80
PARAMS = ["kind", "tool", "since", "until", "before", "after"]
YEARS = range(2000, 3000)


@dataclass(frozen=True)
class ChangesPage:
    kind: str
    tool: Tool | None
    # The value of the parameter `tool` if it is not a tool: the list ignores it.
    unknown_tool: str
    # The first and the last day that were asked for.
    since: date | None
    until: date | None
    # Of the address, without the cursor.
    query: dict[str, str]
    page: EventPage
    events: list[EventText]

    kinds = LedgerEntry.Kind.choices

    @property
    def is_whole_list(self) -> bool:
        """Whether this is the newest page without filters, the only one whose address keeps showing it."""
        return not (self.query or self.unknown_tool or self.page.newer)

    @property
    def days(self) -> list[tuple[date, list[EventText]]]:
        """The page's events by day, newest first."""
        by_day = groupby(self.events, key=lambda event: timezone.localtime(event.at).date())
        return [(day, list(events)) for day, events in by_day]

    @property
    def newer(self) -> str:
        return self._address(self.query, after=self.page.newer) if self.page.newer else ""

    @property
    def older(self) -> str:
        return self._address(self.query, before=self.page.older) if self.page.older else ""

    @property
    def without_days(self) -> str:
        return self._address_without("since", "until")

    @property
    def without_tool(self) -> str:
        return self._address_without("tool")

    def _address_without(self, *names: str) -> str:
        return self._address(
            {name: value for name, value in self.query.items() if name not in names}
        )

    @staticmethod
    def _address(query: dict[str, str], **cursor: Cursor) -> str:
        query = query | {name: str(value) for name, value in cursor.items()}
        return reverse("changes", query=query or None)


def build_changes_page(asked: Mapping[str, str]) -> ChangesPage:
    """Build the list that `asked`, the untrusted query parameters, describes."""
    kind = asked.get("kind", "")
    kind = kind if kind in Kind.values else ""
    slug = asked.get("tool", "")
    tool = find_by_any_slug(Tool.objects.on_record(), slug) if slug else None
    since, until = _day(asked.get("since")), _day(asked.get("until"))
    query = {
        "kind": kind,
        "tool": tool.slug if tool else "",
        "since": since.isoformat() if since else "",
        "until": until.isoformat() if until else "",
    }
    before, after = Cursor.read(asked.get("before")), Cursor.read(asked.get("after"))
    entries = _entries(kind, tool, since, until)
    page = event_page(entries, before=before, after=after, per_page=PER_PAGE)
    shown = with_reviewers(page.entries.with_references())
    return ChangesPage(
        kind=kind,
        tool=tool,
        unknown_tool="" if tool else slug[:LONGEST_SLUG],
        since=since,
        until=until,
        query={name: value for name, value in query.items() if value},
        page=page,
        # The list of score changes shows every one.
        events=event_texts(shown, folds=kind != Kind.SCORE),
    )


def _entries(
    kind: str, tool: Tool | None, since: date | None, until: date | None
) -> LedgerEntryQuerySet:
    entries = LedgerEntry.objects.public()
    if kind:
        entries = entries.filter(kind=kind)
    if tool:
        entries = entries.filter(tool=tool)
    if since:
        entries = entries.filter(at__gte=_begin(since))
    if until:
        entries = entries.filter(at__lt=_begin(until + timedelta(days=1)))
    return entries


def _day(asked: str | None) -> date | None:
    """Return the date in a query parameter if it is valid and in a plausible year."""
    with suppress(ValueError):
        day = date.fromisoformat(asked or "")
        return day if day.year in YEARS else None
    return None


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
