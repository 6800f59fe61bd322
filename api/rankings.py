"""The stored rankings of all tools, and of a category."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path

from api.data import CategorySlug, Data, number
from api.endpoints import endpoint, find_or_404
from tools.models import Category
from votes.page_validators import FIGURES_PAGE
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Rank as StoredRank
from votes.rankings.models import Ranking as RankingCode
from votes.rankings.queries import listed_ranks


class Rank(Data):
    place: int
    rank: int
    """Tools share a rank until one leads."""
    is_shared: bool
    tool: str
    """The slug of the tool."""
    reviews: int
    panel_ships: int
    score: float | None
    score_interval: tuple[float, float] | None
    """The 95 % interval of the mean score."""
    corrected_score: float | None
    """The mean of the scores, each without the leniency of its reviewer."""
    corrected_place: int | None
    """The place by the corrected score."""
    rise: int | None
    """How many places it is higher by the corrected score than by the score."""
    lowest: int | None
    highest: int | None
    ships: int | None
    """Of readers' votes, like `skips`; null with too few for a rank."""
    skips: int | None


class Ranking(Data):
    """The first 100 places."""

    ranking: Literal["panel", "community", "divisive", "gap"]
    title: str
    category: str | None
    computed_at: datetime | None
    """When a job computed it."""
    among: int
    """How many tools have a rank."""
    ranks: list[Rank]


@endpoint(
    "rankings/{ranking}/",
    name="api_ranking",
    answer=Ranking,
    validator=FIGURES_PAGE,
    params=["category"],
)
def ranking(
    request: HttpRequest,
    ranking: Annotated[RankingCode, Path(description="Which ranking.")],
    category: CategorySlug = "",
) -> Ranking:
    """The tools ranked by panel score, by readers' votes, by spread, or by the gap between panel and readers."""
    chosen = find_or_404(Category.objects.all(), category) if category else None
    ranks = list(listed_ranks().filter(ranking=ranking, category=chosen))
    return Ranking.of(
        ranking=ranking,
        title=RankingCode(ranking).label,
        category=chosen.slug if chosen else None,
        computed_at=RANKINGS.computed_at(),
        among=ranks[0].among if ranks else 0,
        ranks=[_rank_data(rank) for rank in ranks],
    )


def _rank_data(rank: StoredRank) -> Rank:
    figures = rank.ranked_tool
    low, high = number(figures.score_low), number(figures.score_high)
    return Rank(
        place=rank.place,
        rank=rank.rank,
        is_shared=rank.is_shared,
        tool=figures.tool.slug,
        reviews=figures.reviews,
        panel_ships=figures.panel_ships,
        score=number(figures.score),
        score_interval=None if low is None or high is None else (low, high),
        corrected_score=number(figures.corrected_score),
        corrected_place=rank.corrected_place,
        rise=rank.rise,
        lowest=figures.lowest,
        highest=figures.highest,
        ships=figures.ships,
        skips=figures.skips,
    )
