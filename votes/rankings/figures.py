"""The rankings of all tools and of each category, and the biggest moves of a month, as a job stores them.

What a rank means is in `votes.rankings.shared_ranks`, and in docs/adr/0013-tools-share-a-rank-until-one-leads.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from reviews.calibration.figures import leniencies
from reviews.models import RANKED_FROM, Review
from reviews.rounding import nearest_decimal
from reviews.stored_figures import INPUTS, Rows, StoredFigures
from votes.rankings.models import Move, Rank, RankedTool, Ranking
from votes.rankings.shared_ranks import (
    Scores,
    Votes,
    community_leads,
    figure_leads,
    panel_leads,
    shared_ranks,
)
from votes.rankings.statements import CHANGES, MOVES, VOTES, ranked

# So many places of each ranking are stored, and so many moves.
TOP = 100
MOST_MOVES = 20

# A row of `votes.rankings.statements.ranked`.
type Row = Mapping[str, Any]
# {tool id: its current scores}
type ScoresByTool = Mapping[int, Scores]

FIGURES = ["tool_id", "reviews", "panel_ships", "score", "lowest", "highest", "corrected_score", "ships", "skips"]  # fmt: skip


def ranking_rows() -> Rows:
    found = _ranked_rows()
    tools = {row["tool_id"]: row for rows in found.values() for row in rows}
    scores = _scores(row["tool_id"] for row in tools.values() if row["score"] is not None)
    return [
        *(_ranked_tool(row, scores.get(row["tool_id"])) for row in tools.values()),
        *(rank for ranking, rows in found.items() for rank in _ranks(ranking, rows, scores)),
        *(Move(**row) for row in _moves()),
    ]


def _ranked_rows() -> dict[Ranking, list[Row]]:
    """One row more than is stored, which says whether the last one shares its rank."""
    lenient = {row.reviewer_id: row.points for row in leniencies()}
    parameters = {
        "reviewers": list(lenient),
        "points": list(lenient.values()),
        "reviews": RANKED_FROM,
        "top": TOP + 1,
    }
    return {ranking: _select(ranked(ranking), **parameters) for ranking in Ranking}


def _scores(tool_ids: Iterable[int]) -> ScoresByTool:
    reviews: dict[int, list[Review]] = defaultdict(list)
    current = Review.objects.current().filter(tool__in=list(tool_ids)).order_by("reviewer")
    for review in current.only("tool", "reviewer", "score"):
        reviews[review.tool_id].append(review)
    return {tool_id: Scores(of_tool) for tool_id, of_tool in reviews.items()}


def _ranked_tool(row: Row, scores: Scores | None) -> RankedTool:
    ranked_tool = RankedTool(**{name: row[name] for name in FIGURES})
    if scores:
        ranked_tool.score_low, ranked_tool.score_high = map(nearest_decimal, scores.interval)
    return ranked_tool


def _ranks(ranking: Ranking, rows: Iterable[Row], scores: ScoresByTool) -> Iterator[Rank]:
    leads = _rule(ranking, scores)
    for _, group in groupby(rows, key=lambda row: row["category_id"]):
        of_category = list(group)
        ranks = shared_ranks(of_category, leads)
        tools_of = Counter(ranks)
        for row, rank in zip(of_category[:TOP], ranks, strict=False):
            yield _rank(ranking, row, rank, is_shared=tools_of[rank] > 1)


def _rank(ranking: Ranking, row: Row, rank: int, *, is_shared: bool) -> Rank:
    is_panel = ranking == Ranking.PANEL
    return Rank(
        ranking=ranking,
        category_id=row["category_id"],
        ranked_tool_id=row["tool_id"],
        place=row["place"],
        rank=rank,
        is_shared=is_shared,
        among=row["among"],
        corrected_place=row["corrected_place"] if is_panel else None,
        rise=row["score_place"] - row["corrected_place"] if is_panel else None,
    )


def _rule(ranking: Ranking, scores: ScoresByTool) -> Callable[[Row, Row], bool]:
    match ranking:
        case Ranking.PANEL:
            return lambda first, other: panel_leads(
                scores[first["tool_id"]], scores[other["tool_id"]]
            )
        case Ranking.COMMUNITY:
            return lambda first, other: community_leads(_votes(first), _votes(other))
        case Ranking.DIVISIVE | Ranking.GAP:
            return lambda first, other: figure_leads(first["figure"], other["figure"])


def _votes(row: Row) -> Votes:
    return Votes(row["ships"], row["ships"] + row["skips"])


def _moves() -> list[Row]:
    return _select(MOVES, points=settings.LEDGER_SCORE_POINTS, top=MOST_MOVES)


def _select(statement: str, **parameters: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"now": timezone.now(), **parameters})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


RANKINGS = StoredFigures(
    name="rankings",
    tables=[RankedTool, Rank, Move],
    compute=ranking_rows,
    setting_names=[
        "LENIENCY_PRIOR_TOOLS",
        "BOTTOM_LINE_MIN_REVIEWERS",
        "BOTTOM_LINE_LEAD_POINTS",
        "LEDGER_SCORE_POINTS",
    ],
    input_statements=[INPUTS, VOTES, CHANGES],
)
