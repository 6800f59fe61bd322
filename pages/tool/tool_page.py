"""The page of one tool: panel verdict, reviews, facts, changes and similar tools."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.conf import settings
from django.utils import timezone

from pages.charts.score_history import ScoreHistory, score_history
from pages.charts.votes_per_day import VoteChart, vote_chart
from pages.tool.history import History, build_history
from pages.tool.score_moments import score_moments
from pages.tool.verdict_history import PastVerdict, verdict_history
from reviews.listing.facets import Facets
from reviews.models import Review, Reviewer
from reviews.queries import panel_of
from tools.comparison_urls import comparison_url
from tools.models import Fact, FactKind, Tool
from tools.past_day import PastDay, end_of
from votes.listed import listed_ids, tools_by_id
from votes.queries import votes_per_day
from votes.rankings.models import Rank
from votes.rankings.queries import panel_ranks
from web.excerpts import DESCRIPTION_LENGTH, whole_sentences
from web.joined_rows import JoinedRows

SIMILAR_TOOLS = 3

# Every fact kind known of any tool in the category, so that unknown facts are listed too.
FACTS = JoinedRows(
    """
    SELECT {kind}, {fact}
    FROM tools_factkind AS kind
    LEFT JOIN tools_fact AS fact ON fact.kind_id = kind.id AND fact.tool_id = %s
    WHERE fact.id IS NOT NULL OR kind.id IN (
        SELECT kind_id FROM reviews_factcount WHERE category_id = %s AND since <= %s
        GROUP BY kind_id HAVING sum(tools) > 0
    )
    ORDER BY kind.position, kind.name
    """,
    kind=FactKind,
    fact=Fact,
)


@dataclass(frozen=True)
class PanelReview:
    """A reviewer who reviewed the tool, with the current review and the earlier ones, newest first."""

    reviewer: Reviewer
    review: Review
    reaffirmed_on: date | None  # later than the review
    earlier: list = field(default_factory=list)

    @property
    def checked_on(self) -> date:
        return self.reaffirmed_on or self.review.reviewed_on or date.min


@dataclass(frozen=True)
class FactLine:
    kind: FactKind
    fact: Fact | None  # None: unknown


@dataclass(frozen=True)
class SimilarTool:
    tool: Tool
    comparison_url: str


@dataclass(frozen=True)
class ToolPage:
    tool: Tool
    panel_reviews: list
    not_reviewed_by: list  # active reviewers
    facts: list  # (heading, [FactLine])
    history: History
    similar: list
    successor: Tool | None
    ranks: Sequence[Rank]  # by the panel
    votes: VoteChart | None  # per day
    scores: ScoreHistory | None  # over time
    verdicts: list[PastVerdict]  # newest first
    on: PastDay | None = None  # at whose end all this held; None: today

    @property
    def title(self) -> str:
        panel = self.tool.panel
        if panel.score is None:
            return f"{self.tool.name}: {panel.get_verdict_display()}"
        return f"{self.tool.name}: {panel.get_verdict_display()}, {panel.score}/100"

    @property
    def description(self) -> str:
        """The tagline and the panel verdict with its counts, for search engines and shared links."""
        panel = self.tool.panel
        if not panel.review_count:
            return f"{self.tool.tagline} {panel.get_verdict_display()}."
        text = (
            f"{self.tool.tagline} Panel verdict: {panel.get_verdict_display()}, "
            f"{panel.ships} ship / {panel.skips} skip."
        )
        return whole_sentences(text, DESCRIPTION_LENGTH)

    @property
    def last_checked_on(self) -> date | None:
        """When a reviewer last wrote or confirmed a current review; None without reviews."""
        return max((review.checked_on for review in self.panel_reviews), default=None)

    @property
    def is_review_due(self) -> bool:
        """Whether no reviewer has looked at the tool for REVIEW_DUE_DAYS, by the day (UTC) that the page is cached for."""
        today = self.on.day if self.on else timezone.now().date()
        due = today - timedelta(days=settings.REVIEW_DUE_DAYS)
        return self.last_checked_on is not None and self.last_checked_on <= due

    @property
    def panel_size(self) -> int:
        return len(self.panel_reviews) + len(self.not_reviewed_by)


def build_tool_page(tool: Tool) -> ToolPage:
    """Build the page of `tool` (with panel, tally and successor)."""
    reviewed, not_reviewed_by = panel_reviews(panel_of(tool))
    moments = score_moments(tool)
    return ToolPage(
        tool=tool,
        panel_reviews=reviewed,
        not_reviewed_by=not_reviewed_by,
        facts=fact_groups(FACTS.read([tool.pk, tool.category_id, timezone.now()])),
        history=build_history(tool),
        similar=[
            SimilarTool(other, comparison_url(tool.slug, other.slug)) for other in _similar(tool)
        ],
        successor=public_successor(tool),
        ranks=[rank for rank in panel_ranks(tool) if rank.among > 1],
        votes=vote_chart(votes_per_day(tool), timezone.now().date()),
        # The page is cached until the end of the day, so its chart cannot end now.
        scores=score_history(moments, end_of(timezone.now().date())),
        verdicts=verdict_history(moments),
    )


def public_successor(tool: Tool) -> Tool | None:
    return tool.successor if tool.successor and tool.successor.is_published else None


def panel_reviews(
    panel: Iterable[tuple[Reviewer, Review | None, date | None]],
) -> tuple[list[PanelReview], list[Reviewer]]:
    """Return who of the rows of `panel_of` has reviewed the tool, and who has not."""
    panel_reviews, not_reviewed_by = [], []
    for reviewer, rows in groupby(panel, key=lambda row: row[0]):
        (_, review, looked), *earlier = rows
        if review is None:
            not_reviewed_by.append(reviewer)
            continue
        panel_reviews.append(
            PanelReview(
                reviewer=reviewer,
                review=review,
                reaffirmed_on=_later(looked, review.reviewed_on),
                earlier=[revision for _, revision, _ in earlier],
            )
        )
    return panel_reviews, not_reviewed_by


def _later(looked: date | None, reviewed: date | None) -> date | None:
    return looked if looked and reviewed and looked > reviewed else None


def fact_groups(
    rows: Iterable[tuple[FactKind, Fact | None]],
) -> list[tuple[str, list[FactLine]]]:
    """Return the lines by heading."""
    groups: dict[str, list[FactLine]] = {}
    for kind, fact in rows:
        if fact:
            fact.kind = kind
        groups.setdefault(kind.group, []).append(FactLine(kind, fact))
    return list(groups.items())


def _similar(tool: Tool) -> list[Tool]:
    """Return the highest rated tools of the category, discontinued ones only for want of others near the top.

    Not by votes, which those of another tool would change: this page depends on its own.
    """
    best = listed_ids(Facets(tool.category), "score", limit=2 * SIMILAR_TOOLS + 1)
    others = tools_by_id([pk for pk in best if pk != tool.pk])
    others.sort(key=lambda other: other.status == Tool.Status.DISCONTINUED)
    return others[:SIMILAR_TOOLS]
