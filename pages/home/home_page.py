"""The home page: latest verdicts, close calls, what changed, categories and the panel."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from pages.categories import categories_with_tools
from pages.close_calls import CloseCall, build_close_calls
from reviews.latest_entries import latest_entries
from reviews.models import PanelVerdict, Reviewer
from reviews.queries import public_reviewers, with_review_counts
from tools.ledger_words import EventText, event_texts
from tools.models import Category, Tool
from votes.rankings.models import Move
from votes.rankings.queries import DatedRank, biggest_moves, widest_gaps
from web.excerpts import excerpt_from
from web.joined_rows import JoinedRows

LATEST_VERDICTS = 7
LATEST_EVENTS = 7
MOST_MOVES = MOST_GAPS = 5

# The tools that were reviewed last, each with its newest review.
NEWEST_REVIEWS = JoinedRows(
    """
    SELECT {tool}, {category}, {panel}, newest.body, newest.reviewer
    FROM (
        SELECT tool_id, last_reviewed_on FROM reviews_listing
        WHERE published_at <= %s AND last_reviewed_on IS NOT NULL
        ORDER BY last_reviewed_on DESC NULLS LAST, tool_id DESC LIMIT %s
    ) AS latest
    JOIN tools_tool AS tool ON tool.id = latest.tool_id
    JOIN tools_category AS category ON category.id = tool.category_id
    JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    CROSS JOIN LATERAL (
        SELECT review.body, reviewer.name AS reviewer
        FROM reviews_review AS review JOIN reviews_reviewer AS reviewer ON reviewer.id = review.reviewer_id
        WHERE review.tool_id = latest.tool_id AND review.is_current
        ORDER BY review.reviewed_on DESC, review.id DESC LIMIT 1
    ) AS newest
    ORDER BY latest.last_reviewed_on DESC NULLS LAST, latest.tool_id DESC
    """,
    tool=Tool,
    category=Category,
    panel=PanelVerdict,
)


@dataclass(frozen=True)
class LatestVerdict:
    tool: Tool
    excerpt: str
    reviewer: str


@dataclass(frozen=True)
class HomePage:
    latest: list[LatestVerdict]
    changes: list[EventText]
    close_calls: list[CloseCall]
    moves: Sequence[Move]
    gaps: Sequence[DatedRank]
    categories: list[Category]
    # A retired reviewer's current reviews still count.
    reviewers: list[Reviewer]

    @property
    def panel(self) -> list[Reviewer]:
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
        changes=event_texts(latest_entries(LATEST_EVENTS)),
        close_calls=build_close_calls(),
        moves=biggest_moves(MOST_MOVES),
        gaps=widest_gaps(MOST_GAPS),
        categories=categories_with_tools(),
        reviewers=list(with_review_counts(public_reviewers())),
    )


def _latest_verdicts() -> list[LatestVerdict]:
    latest = []
    for tool, category, panel, body, reviewer in NEWEST_REVIEWS.read(
        [timezone.now(), LATEST_VERDICTS]
    ):
        tool.category, tool.panel = category, panel
        latest.append(LatestVerdict(tool, excerpt_from(body), reviewer))
    return latest
