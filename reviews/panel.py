"""The panel's figures: how they are computed from the current reviews, in one SQL statement.

The verdict is Ship when ships > skips, Skip when skips > ships, Split when they are equal and Not
reviewed yet when there are none. The ship share is in whole percent, the panel score is the mean with
one decimal, both rounded half up; the spread is the highest minus the lowest score.
"""

from collections.abc import Iterable, Iterator
from itertools import batched

from django.db import connection, transaction

from reviews.models import PanelVerdict, Review
from reviews.rounding import mean, percent
from tools.actions import lock_tools
from tools.ledger_state import Panel
from tools.models import Tool
from tools.panel_word import PanelWord
from web.long_statements import long_statements

ALL_RIGHT = "all match their rows."
BATCH = 1000

FIGURES = """
SELECT tool.id AS tool_id,
    CASE WHEN count(review.id) = 0 THEN 'none'
         WHEN count(*) FILTER (WHERE review.verdict = 'ship') * 2 > count(review.id) THEN 'ship'
         WHEN count(*) FILTER (WHERE review.verdict = 'skip') * 2 > count(review.id) THEN 'skip'
         ELSE 'split' END AS verdict,
    count(*) FILTER (WHERE review.verdict = 'ship') AS ships,
    count(*) FILTER (WHERE review.verdict = 'skip') AS skips,
    round(count(*) FILTER (WHERE review.verdict = 'ship') * 100.0 / nullif(count(review.id), 0))::int
        AS ship_percent,
    round(avg(review.score), 1) AS score,
    max(review.score) - min(review.score) AS spread,
    max(review.reviewed_on) AS last_reviewed_on
FROM tools_tool AS tool
LEFT JOIN reviews_review AS review ON review.tool_id = tool.id AND review.is_current
WHERE %(tool_ids)s::bigint[] IS NULL OR tool.id = ANY(%(tool_ids)s)
GROUP BY tool.id
"""

COLUMNS = ["verdict", "ships", "skips", "ship_percent", "score", "spread", "last_reviewed_on"]
DIFFERENCE = "({}) IS DISTINCT FROM ({})".format(
    ", ".join(f"figures.{column}" for column in COLUMNS),
    ", ".join(f"stored.{column}" for column in COLUMNS),
)

STORE = f"""
WITH figures AS ({FIGURES} ORDER BY tool.id)
INSERT INTO reviews_panelverdict AS stored (tool_id, {", ".join(COLUMNS)})
SELECT tool_id, {", ".join(COLUMNS)} FROM figures
ON CONFLICT (tool_id) DO UPDATE
    SET ({", ".join(COLUMNS)}) = ({", ".join(f"excluded.{column}" for column in COLUMNS)})
    WHERE {DIFFERENCE.replace("figures.", "excluded.")}
"""  # noqa: S608 - made of constants of our own

DIFFERENCES = f"""
WITH figures AS ({FIGURES})
SELECT tool.slug, {", ".join(f"stored.{column}, figures.{column}" for column in COLUMNS)}
FROM figures
JOIN tools_tool AS tool ON tool.id = figures.tool_id
LEFT JOIN reviews_panelverdict AS stored USING (tool_id)
WHERE {DIFFERENCE}
ORDER BY tool.slug
"""  # noqa: S608 - made of constants of our own


def panel_of_reviews(reviews: Iterable[Review]) -> Panel:
    """Return the verdict and score of current `reviews`. FIGURES computes the same in SQL."""
    listed = list(reviews)
    score = mean([review.points for review in listed])
    if score is None:
        return Panel()
    ships = sum(review.is_ship for review in listed)
    return Panel(verdict_of(ships, len(listed) - ships), float(score))


def panel_verdict_of(tool_id: int, reviews: Iterable[Review]) -> PanelVerdict:
    """Return all figures of current `reviews`, not stored. FIGURES computes the same in SQL."""
    listed = list(reviews)
    scores = [review.points for review in listed]
    ships = sum(review.is_ship for review in listed)
    return PanelVerdict(
        tool_id=tool_id,
        verdict=verdict_of(ships, len(listed) - ships),
        ships=ships,
        skips=len(listed) - ships,
        ship_percent=percent(ships, len(listed)),
        score=mean(scores),
        spread=max(scores) - min(scores) if scores else None,
        last_reviewed_on=max(
            (review.reviewed_on for review in listed if review.reviewed_on), default=None
        ),
    )


def verdict_of(ships: int, skips: int) -> str:
    """The code of the panel verdict of so many reviews."""
    if ships == skips:
        return PanelWord.SPLIT.value if ships else PanelWord.NONE.value
    return PanelWord.SHIP.value if ships > skips else PanelWord.SKIP.value


def recount_tools(tool_ids: list[int]) -> int:
    """Recompute and store the figures of the tools; return how many had changed.

    Code that changes reviews must call this in the same transaction, holding the tools' row locks.
    """
    with connection.cursor() as cursor:
        cursor.execute(STORE, {"tool_ids": tool_ids})
        return cursor.rowcount


def recount() -> int:
    """Recompute and store the figures of all tools, in batches; return how many had changed."""
    tool_ids = Tool.objects.order_by("pk").values_list("pk", flat=True)
    return sum(_recount_batch(list(batch)) for batch in batched(tool_ids, BATCH))


@transaction.atomic
def _recount_batch(tool_ids: list[int]) -> int:
    # Without the lock, a review that is published meanwhile would be counted and then lost again.
    lock_tools(tool_ids)
    return recount_tools(tool_ids)


def differences() -> Iterator[str]:
    """Yield a sentence for each tool whose stored figures differ from its current reviews."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"tool_ids": None})
        for slug, *values in cursor:
            pairs = zip(COLUMNS, values[::2], values[1::2], strict=True)
            changed = ", ".join(
                f"{name} is {old}, not {new}" for name, old, new in pairs if old != new
            )
            yield f"{slug}: {changed}"
