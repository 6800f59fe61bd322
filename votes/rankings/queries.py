"""What pages read of the stored rankings and moves."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, Q, QuerySet, Subquery
from django.utils import timezone

from reviews.figure_set import FigureSet
from tools.models import Tool
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Move, Rank, Ranking

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class ComputedAt(TypedDict):
    computed_at: datetime


type DatedRank = WithAnnotations[Rank, ComputedAt]


def listed_ranks() -> QuerySet[Rank]:
    """Return the ranks of tools that still can have one, in order, with the tool and its category."""
    ranks = Rank.objects.filter(
        Q(category=None) | Q(category=F("ranked_tool__tool__category")),
        ranked_tool__tool__published_at__lte=timezone.now(),
    ).exclude(ranked_tool__tool__status=Tool.Status.DISCONTINUED)
    with_tool = ranks.select_related("ranked_tool__tool__category")
    return with_tool.defer("ranked_tool__tool__description").order_by(
        "ranking", "category", "place"
    )


def panel_ranks(tool: Tool) -> Sequence[Rank]:
    """Return the tool's rank by the panel among all tools, and in its category.

    None while its panel score is not the one that was ranked, because the job has not run since.
    """
    if tool.status == Tool.Status.DISCONTINUED:
        return []
    ranks = Rank.objects.filter(
        Q(category=None) | Q(category=tool.category_id),
        ranking=Ranking.PANEL,
        ranked_tool=tool.pk,
        ranked_tool__score=F("ranked_tool__tool__panel__ranking_score"),
    )
    return list(ranks.order_by(F("category").asc(nulls_first=True)))


def widest_gaps(most: int) -> "Sequence[DatedRank]":
    """Return the first places of the ranking by gap, as far as there is one, with `computed_at`; one query."""
    computed_at = FigureSet.objects.filter(name=RANKINGS.name).values("computed_at")
    gaps = listed_ranks().filter(ranking=Ranking.GAP, category=None, place__lte=most)
    dated = gaps.annotate(computed_at=Subquery(computed_at))
    return [rank for rank in dated if rank.ranked_tool.gap]


def biggest_moves(most: int) -> Sequence[Move]:
    """Return the moves of the month, those of verdicts first, then the largest of scores; one query.

    Which they are and where they began is stored; where they end is read with the tool.
    """
    moves = Move.objects.filter(tool__published_at__lte=timezone.now()).select_related(
        "tool__panel"
    )
    moved = [move for move in moves.defer("tool__description") if move.has_moved]
    moved.sort(key=lambda move: (not move.changed_verdict, -abs(move.points), move.tool_id))
    return moved[:most]
