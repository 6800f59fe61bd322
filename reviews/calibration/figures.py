"""Leniency, agreement and the corrected ranking, over the current reviews of published tools.

A residual is a reviewer's score minus the panel score of the tool, over tools with enough reviews. The
leniency is the sum of a reviewer's residuals divided by their number plus LENIENCY_PRIOR_TOOLS: as if the
reviewer had scored that many more tools exactly as the panel did. The corrected score of a tool is the mean
of its scores, each less its reviewer's leniency as it is printed. Rounded half up, one decimal.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from reviews.calibration.alpha import krippendorff_alpha
from reviews.calibration.models import Agreement, CorrectedRank, Leniency
from reviews.models import RANKED_FROM
from reviews.stored_figures import Rows, StoredFigures

# So many of the first tools by either order are stored.
TOP = 20

COUNTED = """
WITH counted AS (
    SELECT review.tool_id, review.reviewer_id, review.score::int AS score,
        (review.verdict = 'ship')::int AS ship
    FROM reviews_review AS review JOIN tools_tool AS tool ON tool.id = review.tool_id
    WHERE review.is_current AND tool.published_at <= %(now)s
), ranked AS (
    SELECT tool_id, avg(score) AS mean FROM counted GROUP BY tool_id HAVING count(*) >= %(reviews)s
)
"""
LENIENCY = f"""{COUNTED}
SELECT reviewer_id, count(*) AS tools, round(sum(score - mean) / count(*), 1) AS residual,
    round(sum(score - mean) / (count(*) + %(prior)s), 1) AS points
FROM counted JOIN ranked USING (tool_id) GROUP BY reviewer_id
"""  # noqa: S608 - made of constants of our own
PAIRS = f"""{COUNTED}
SELECT one.reviewer_id AS first_id, other.reviewer_id AS second_id, count(*) AS tools,
    count(*) FILTER (WHERE one.ship = other.ship) AS same_verdict,
    sum(one.ship + other.ship) AS ships,
    sum((one.score - other.score) ^ 2)::bigint AS score_within,
    sum(one.score + other.score) AS score_total,
    sum(one.score ^ 2 + other.score ^ 2)::bigint AS score_squares
FROM counted AS one
JOIN counted AS other ON other.tool_id = one.tool_id AND one.reviewer_id < other.reviewer_id
GROUP BY one.reviewer_id, other.reviewer_id
"""  # noqa: S608 - made of constants of our own
RANKING = f"""{COUNTED}, lenient AS (
    SELECT * FROM unnest(%(reviewers)s::bigint[], %(points)s::numeric[]) AS row (reviewer_id, points)
), scores AS (
    SELECT tool_id, round(avg(score), 1) AS score, round(avg(score - points), 1) AS corrected_score
    FROM counted JOIN ranked USING (tool_id) JOIN lenient USING (reviewer_id) GROUP BY tool_id
), places AS (
    SELECT *, rank() OVER by_score AS rank, rank() OVER by_corrected AS corrected_rank,
        row_number() OVER by_score AS place, row_number() OVER by_corrected AS corrected_place
    FROM scores
    WINDOW by_score AS (ORDER BY score DESC), by_corrected AS (ORDER BY corrected_score DESC)
)
SELECT tool_id, rank, corrected_rank, score,
    least(greatest(corrected_score, 0), 100) AS corrected_score
FROM places WHERE place <= %(top)s OR corrected_place <= %(top)s
"""  # noqa: S608 - made of constants of our own


def calibration_rows() -> Rows:
    lenient = [Leniency(**row) for row in _select(LENIENCY, prior=settings.LENIENCY_PRIOR_TOOLS)]
    return [
        *lenient,
        *(_agreement(row) for row in _select(PAIRS)),
        *(CorrectedRank(**row) for row in _ranking(lenient)),
    ]


def _ranking(lenient: Iterable[Leniency]) -> list[dict[str, Any]]:
    points = {row.reviewer_id: row.points for row in lenient}
    return _select(RANKING, reviewers=list(points), points=list(points.values()), top=TOP)


def _agreement(row: Mapping[str, Any]) -> Agreement:
    tools, same, ships = row["tools"], row["same_verdict"], row["ships"]
    verdict = krippendorff_alpha(within=tools - same, values=2 * tools, total=ships, squares=ships)
    score = krippendorff_alpha(
        within=row["score_within"],
        values=2 * tools,
        total=row["score_total"],
        squares=row["score_squares"],
    )
    return Agreement(
        first_id=row["first_id"],
        second_id=row["second_id"],
        tools=tools,
        same_verdict=same,
        verdict_alpha=_hundredths(verdict),
        score_alpha=_hundredths(score),
    )


def _hundredths(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _select(statement: str, **parameters: Any) -> list[dict[str, Any]]:
    parameters |= {"reviews": RANKED_FROM, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


CALIBRATION = StoredFigures(
    name="calibration",
    tables=[Leniency, Agreement, CorrectedRank],
    compute=calibration_rows,
    setting_names=["LENIENCY_PRIOR_TOOLS"],
)
