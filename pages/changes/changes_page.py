"""The ledger of the whole site, newest first."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from tools.ledger import events
from tools.models import LedgerEntry, Tool
from web.paging import Paged, paged

PER_PAGE = 50
PARAMS = ["kind", "tool", "since", "until", "page"]
YEARS = range(2000, 3000)


@dataclass(frozen=True)
class ChangesPage:
    kind: str
    tool: Tool | None
    # The first and the last day asked for.
    since: date | None
    until: date | None
    entries: Paged

    @property
    def days(self):
        """(date, [Event]) of the page's entries, newest first."""
        by_day = groupby(
            events(self.entries), key=lambda event: timezone.localtime(event.at).date()
        )
        return [(day, list(happened)) for day, happened in by_day]

    @property
    def without_days(self):
        return self._address_without("since", "until")

    @property
    def without_tool(self):
        return self._address_without("tool")

    def _address_without(self, *names):
        query = {name: value for name, value in self.entries.query.items() if name not in names}
        return reverse("changes", query=query or None)

    kinds = LedgerEntry.Kind.choices


def build_changes_page(asked):
    """Build the list that `asked` (the query parameters, from a stranger) describes."""
    entries = LedgerEntry.objects.public().select_related("tool")
    query = {}
    kind = asked.get("kind") if asked.get("kind") in LedgerEntry.Kind.values else ""
    if kind:
        entries = entries.filter(kind=kind)
        query["kind"] = kind
    tool = None
    if slug := asked.get("tool"):
        tool = Tool.objects.published().filter(slug=slug).first()
    if tool:
        entries = entries.filter(tool=tool)
        query["tool"] = tool.slug
    since, until = _day(asked.get("since")), _day(asked.get("until"))
    if since:
        entries = entries.filter(at__gte=_begin(since))
        query["since"] = since.isoformat()
    if until:
        entries = entries.filter(at__lt=_begin(until + timedelta(days=1)))
        query["until"] = until.isoformat()
    return ChangesPage(
        kind=kind,
        tool=tool,
        since=since,
        until=until,
        entries=paged(entries, asked.get("page"), per_page=PER_PAGE, query=query),
    )


def _day(asked):
    """The date that a stranger wrote, if it is one of our time."""
    with suppress(ValueError):
        day = date.fromisoformat(asked or "")
        return day if day.year in YEARS else None
    return None


def _begin(day):
    return timezone.make_aware(datetime.combine(day, time.min))
