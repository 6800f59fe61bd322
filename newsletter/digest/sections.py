"""The sections of a digest: its parts in order, each with a heading and a limited number of items."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from newsletter.digest.digest import Digest, NewsItem
from newsletter.models import Cadence

# The parts in their default order, with the names that staff see.
PARTS = {
    "changed": "Changed verdicts",
    "new": "New verdicts",
    "status": "Discontinued tools",
    "comparison": "Comparison of the week",
    "divisive": "Most divisive",
    "gap": "Widest panel–community gap",
    "other": "Other changes",
}
# The filter of the change log that shows the rest of a part.
LEDGER_KINDS = {"changed": "verdict", "new": "verdict", "status": "status"}


@dataclass(frozen=True)
class Section:
    name: str
    heading: str
    items: list[Any]
    # How many items are left out, and the URL that lists them.
    more: int = 0
    more_address: str = ""

    @property
    def mail_items(self) -> list[tuple[Any, str]]:
        """Each item with the template that prints it in HTML emails."""
        return self._with_templates("newsletter/mail/issue/{}.html")

    @property
    def text_items(self) -> list[tuple[Any, str]]:
        return self._with_templates("newsletter/mail/issue/{}.txt")

    @property
    def page_items(self) -> list[tuple[Any, str]]:
        return self._with_templates("newsletter/issue/{}.html")

    def _with_templates(self, path: str) -> list[tuple[Any, str]]:
        return [(item, path.format(item.part)) for item in self.items]


def sections(
    digest: Digest, parts: list[str], cadence: str, *, limit: int | None = None
) -> list[Section]:
    """Return the leads, then the parts that are not empty, in order, with at most `limit` items each."""
    names = [name for name in dict.fromkeys(parts) if name in PARTS]
    leads = [item for item in digest.lead_items if item.part in names]
    rest = [_section(digest, name, cadence, limit, leads) for name in names]
    lead = [Section("lead", ngettext("Top story", "Top stories", len(leads)), leads)]
    return [section for section in [*lead, *rest] if section.items]


def format_days(digest: Digest) -> str:
    """Return the days of the digest, such as "2 to 9 March 2026"."""
    first, last = first_day(digest), last_day(digest)
    if first == last:
        return f"{last:%-d %B %Y}"
    if first.year != last.year:
        return f"{first:%-d %B %Y} to {last:%-d %B %Y}"
    if first.month != last.month:
        return f"{first:%-d %B} to {last:%-d %B %Y}"
    return f"{first:%-d} to {last:%-d %B %Y}"


def last_day(digest: Digest) -> date:
    return _day(digest.until - timedelta(microseconds=1))


def first_day(digest: Digest) -> date:
    return _day(digest.since)


def _section(
    digest: Digest, name: str, cadence: str, limit: int | None, leads: list[NewsItem]
) -> Section:
    content = getattr(digest, name) or ()
    listed = content if isinstance(content, tuple) else [content]
    items = [item for item in listed if item not in leads]
    shown = items[:limit]
    return Section(
        name=name,
        heading=_heading(name, items, cadence),
        items=shown,
        more=len(items) - len(shown),
        more_address=_ledger_address(digest, name),
    )


def _heading(name: str, items: list[Any], cadence: str) -> str:
    if name == "status" and not all(item.is_discontinued for item in items):
        return "Changes of status"
    if name == "comparison" and cadence == Cadence.MONTHLY:
        return "Comparison of the month"
    return PARTS[name]


def _ledger_address(digest: Digest, name: str) -> str:
    """Return the absolute URL of the change log for the days of the digest."""
    query = {"since": first_day(digest).isoformat(), "until": last_day(digest).isoformat()}
    if name in LEDGER_KINDS:
        query["kind"] = LEDGER_KINDS[name]
    return settings.SITE_URL + reverse("changes", query=query)


def _day(time: datetime) -> date:
    return timezone.localtime(time).date()
