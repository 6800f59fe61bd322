"""What the panel should check again: old reviews, changed facts, incomplete scorecards.

A row is one active reviewer and one published tool. It is due when the reviewer's current review was
last checked (written, or confirmed) at least REVIEW_DUE_DAYS ago, when a fact of the tool was
observed later than that, or when there is no review.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import ngettext

from reviews.models import Reviewer

REASONS = {"old": "Old review", "facts": "Newer facts", "missing": "No review yet"}

DUE_OF = """
FROM {tools} AS tool
CROSS JOIN reviews_reviewer AS reviewer
LEFT JOIN reviews_review AS review
    ON review.tool_id = tool.id AND review.reviewer_id = reviewer.id AND review.is_current
LEFT JOIN LATERAL (
    SELECT greatest(review.reviewed_on, max(reaffirmation."on")) AS checked_on
    FROM reviews_reaffirmation AS reaffirmation WHERE reaffirmation.review_id = review.id
) AS last ON true
LEFT JOIN LATERAL (
    SELECT max(fact.observed_on) AS observed_on
    FROM tools_fact AS fact WHERE fact.tool_id = tool.id
) AS facts ON true
WHERE tool.published_at <= %(now)s AND reviewer.is_active
    AND (%(reviewer)s::bigint IS NULL OR reviewer.id = %(reviewer)s)
    AND (
        (%(reason)s IN ('', 'missing') AND review.id IS NULL)
        OR (%(reason)s IN ('', 'old') AND last.checked_on <= %(due)s)
        OR (%(reason)s IN ('', 'facts') AND facts.observed_on > last.checked_on)
    )
"""
DUE = DUE_OF.format(tools="tools_tool")
COUNT = f"SELECT count(*) {DUE}"
OLDEST_TOOLS = (
    "(SELECT * FROM tools_tool WHERE published_at <= %(now)s ORDER BY id LIMIT %(tools)s)"
)
COUNT_IN_OLDEST_TOOLS = (
    f"SELECT count(*) FROM (SELECT {DUE_OF.format(tools=OLDEST_TOOLS)} LIMIT %(limit)s) AS due"  # noqa: S608 - our own
)
PAGE = f"""
SELECT tool.id, tool.name, reviewer.id, reviewer.name, review.id, last.checked_on, facts.observed_on
{DUE}
ORDER BY last.checked_on NULLS LAST, tool.name, tool.id, reviewer.position, reviewer.id
LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class DueRow:
    tool_id: int
    tool: str
    reviewer_id: int
    reviewer: str
    review_id: int | None
    checked_on: date | None
    facts_observed_on: date | None
    today: date

    @property
    def reasons(self) -> list[str]:
        """Every reason why the row is due, a sentence each."""
        if self.checked_on is None:
            return ["No review yet."]
        reasons = []
        days = (self.today - self.checked_on).days
        if days >= settings.REVIEW_DUE_DAYS:
            reasons.append(
                ngettext(
                    "Last checked {days} day ago.", "Last checked {days} days ago.", days
                ).format(days=days)
            )
        if self.facts_observed_on and self.facts_observed_on > self.checked_on:
            reasons.append(f"Facts were observed later, on {self.facts_observed_on:%-d %B %Y}.")
        return reasons


class DueRows:
    """The rows that are due, oldest check first and missing reviews last; for a Paginator."""

    def __init__(self, *, reviewer: Reviewer | None = None, reason: str = "") -> None:
        self.today = timezone.localdate()
        self.params: dict[str, Any] = {
            "now": timezone.now(),
            "due": self.today - timedelta(days=settings.REVIEW_DUE_DAYS),
            "reviewer": reviewer.pk if reviewer else None,
            "reason": reason,
        }

    def count(self) -> int:
        return self._count(COUNT)

    def count_in_oldest_tools(self, tools: int, *, limit: int) -> int:
        """Return how many rows of the `tools` oldest tools are due, at most `limit`."""
        return self._count(COUNT_IN_OLDEST_TOOLS, tools=tools, limit=limit)

    def _count(self, statement: str, **limits: int) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.params | limits)
            return cursor.fetchone()[0]

    def __getitem__(self, page: slice) -> list[DueRow]:
        limits = {"limit": page.stop - page.start, "offset": page.start}
        with connection.cursor() as cursor:
            cursor.execute(PAGE, self.params | limits)
            rows = cursor.fetchall()
        return [DueRow(*row, self.today) for row in rows]  # type: ignore[call-arg]  # as PAGE selects
