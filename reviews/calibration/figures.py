"""Leniency and agreement, over the current reviews of published tools.

A residual is a reviewer's score minus the panel score of the tool, over tools with enough reviews. The
leniency is the sum of a reviewer's residuals divided by their number plus LENIENCY_PRIOR_TOOLS: as if the
reviewer had scored that many more tools exactly as the panel did. Rounded half up, one decimal.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from reviews.calibration.alpha import krippendorff_alpha
from reviews.calibration.models import Agreement, Leniency
from reviews.models import RANKED_FROM
from reviews.stored_figures import Rows, StoredFigures

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


def calibration_rows() -> Rows:
    return [*leniencies(), *(_agreement(row) for row in _select(PAIRS))]


def leniencies() -> list[Leniency]:
    """Return the leniency of each reviewer, unsaved."""
    return [Leniency(**row) for row in _select(LENIENCY, prior=settings.LENIENCY_PRIOR_TOOLS)]


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
    tables=[Leniency, Agreement],
    compute=calibration_rows,
    setting_names=["LENIENCY_PRIOR_TOOLS"],
)
