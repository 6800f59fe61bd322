"""A digest as it is told: its parts in their order, each with a heading, and not more than can be read."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from newsletter.models import Cadence

# The parts in their default order, as staff see them named.
PARTS = {
    "changed": "Changed verdicts",
    "new": "New verdicts",
    "status": "Discontinued tools",
    "comparison": "The week's comparison",
    "divisive": "Most divisive",
    "gap": "Widest panel–community gap",
    "other": "What else changed",
}
# The kind of ledger entry that a part's rest is found under.
KINDS = {"changed": "verdict_changed", "new": "verdict_changed", "status": "status_changed"}


@dataclass(frozen=True)
class Section:
    name: str
    heading: str
    items: list
    # How many are left out, and where they are told.
    more: int = 0
    more_address: str = ""

    @property
    def mail_template(self):
        return f"newsletter/mail/issue/{self.name}.html"

    @property
    def text_template(self):
        return f"newsletter/mail/issue/{self.name}.txt"

    @property
    def page_template(self):
        return f"newsletter/issue/{self.name}.html"


def sections(digest, parts, cadence, *, most=None):
    """The Sections of `parts` (names, in order) that have something, with at most so many items each."""
    return [
        _section(digest, name, cadence, most)
        for name in dict.fromkeys(parts)
        if name in PARTS and getattr(digest, name)
    ]


def last_day(digest):
    return _day(digest.until - timedelta(microseconds=1))


def first_day(digest):
    return _day(digest.since)


def _section(digest, name, cadence, most):
    told = getattr(digest, name)
    items = list(told) if isinstance(told, tuple) else [told]
    shown = items[:most]
    return Section(
        name=name,
        heading=_heading(name, items, cadence),
        items=shown,
        more=len(items) - len(shown),
        more_address=_ledger_address(digest, name),
    )


def _heading(name, items, cadence):
    if name == "status" and not all(item.is_discontinued for item in items):
        return "Changes of status"
    if name == "comparison" and cadence == Cadence.MONTHLY:
        return "The month's comparison"
    return PARTS[name]


def _ledger_address(digest, name):
    """The ledger of the same days, with the site's own address."""
    query = {"since": first_day(digest).isoformat(), "until": last_day(digest).isoformat()}
    if name in KINDS:
        query["kind"] = KINDS[name]
    return settings.SITE_URL + reverse("changes", query=query)


def _day(time):
    return timezone.localtime(time).date()
