"""The home page: the newest verdicts, what changed, where to begin."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import F

from pages.comparison_urls import comparison_url
from pages.directory.directory import categories_with_tools
from pages.home.excerpts import excerpt_from
from reviews.models import Reviewer
from reviews.queries import close_calls, with_newest_review, with_panel, with_record
from tools.ledger import LINES_PER_EVENT, events
from tools.models import LedgerEntry, Tool

LATEST_VERDICTS = 7
LATEST_EVENTS = 7
CLOSE_CALLS = 6


@dataclass(frozen=True)
class LatestVerdict:
    tool: Tool
    excerpt: str
    reviewer: str


@dataclass(frozen=True)
class CloseCall:
    better: Tool  # with next_name, next_score and gap
    address: str


@dataclass(frozen=True)
class HomePage:
    latest: list
    changes: list
    close_calls: list
    categories: list
    panel: list

    @property
    def tool_count(self):
        return sum(category.tool_count for category in self.categories)

    @property
    def review_count(self):
        return sum(reviewer.review_count for reviewer in self.panel)


def build_home_page():
    return HomePage(
        latest=_latest_verdicts(),
        changes=_latest_events(),
        close_calls=build_close_calls(),
        categories=list(categories_with_tools()),
        panel=list(with_record(Reviewer.objects.active())),
    )


def _latest_verdicts():
    reviewed = Tool.objects.published().filter(panel__last_reviewed_on__isnull=False)
    newest_first = [F("panel__last_reviewed_on").desc(), "-pk"]
    tools = with_newest_review(with_panel(reviewed)).order_by(*newest_first)[:LATEST_VERDICTS]
    return [
        LatestVerdict(
            tool, excerpt_from(tool.newest_review["body"]), tool.newest_review["reviewer"]
        )
        for tool in tools
    ]


def build_close_calls():
    """Comparisons to begin with, on the home page and in the picker."""
    active = Tool.objects.published().filter(status=Tool.Status.ACTIVE)
    pairs = close_calls(active, reviews=settings.BOTTOM_LINE_MIN_REVIEWERS, limit=CLOSE_CALLS)
    return [CloseCall(tool, comparison_url(tool.slug, tool.next_slug)) for tool in pairs]


def _latest_events():
    entries = LedgerEntry.objects.public().select_related("tool")
    return events(entries[: LATEST_EVENTS * LINES_PER_EVENT])[:LATEST_EVENTS]
