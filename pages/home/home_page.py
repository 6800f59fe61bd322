"""The home page: latest verdicts, close calls, what changed, categories and the panel."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from pages.categories import categories_with_tools
from pages.close_calls import CloseCall, build_close_calls
from pages.excerpts import excerpt_from
from reviews.models import Listing, Reviewer
from reviews.queries import (
    with_newest_review,
    with_panel,
    with_review_counts,
    with_reviewers,
)
from tools.ledger import latest_events
from tools.ledger_words import EventText, event_texts
from tools.models import LedgerEntry, Tool
from votes.listed import tools_by_id

LATEST_VERDICTS = 7
LATEST_EVENTS = 7


@dataclass(frozen=True)
class LatestVerdict:
    tool: Tool
    excerpt: str
    reviewer: str


@dataclass(frozen=True)
class HomePage:
    latest: list[LatestVerdict]
    changes: list
    close_calls: list[CloseCall]
    categories: list[Any]  # Category, with tool_count
    # Reviewer, with review counts; a retired reviewer's current reviews still count.
    reviewers: list[Any]

    @property
    def panel(self) -> list[Any]:
        return [reviewer for reviewer in self.reviewers if reviewer.is_active]

    @property
    def tool_count(self) -> int:
        return sum(category.tool_count for category in self.categories)

    @property
    def review_count(self) -> int:
        return sum(reviewer.review_count for reviewer in self.reviewers)

    @property
    def reviewer_count(self) -> int:
        return sum(reviewer.review_count > 0 for reviewer in self.reviewers)


def build_home_page() -> HomePage:
    return HomePage(
        latest=_latest_verdicts(),
        changes=_latest_events(),
        close_calls=build_close_calls(),
        categories=list(categories_with_tools()),
        reviewers=list(with_review_counts(Reviewer.objects.all())),
    )


def _latest_verdicts() -> list[LatestVerdict]:
    published = Listing.objects.filter(published_at__lte=timezone.now())
    newest = published.filter(last_reviewed_on__isnull=False).order_by(
        F("last_reviewed_on").desc(nulls_last=True), "-tool"
    )
    ids = list(newest.values_list("tool", flat=True)[:LATEST_VERDICTS])
    tools: list[Any] = tools_by_id(with_newest_review(with_panel(Tool.objects.all())), ids)
    return [
        LatestVerdict(
            tool, excerpt_from(tool.newest_review["body"]), tool.newest_review["reviewer"]
        )
        for tool in tools
    ]


def _latest_events() -> list[EventText]:
    newest = latest_events(LedgerEntry.objects.public(), LATEST_EVENTS)
    return event_texts(with_reviewers(newest.with_references()))
