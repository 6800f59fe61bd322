"""What the panel should look at again: old reviews, changed facts, incomplete scorecards.

A row is one active reviewer and one published tool. It is due when the reviewer's current review was
last looked at (written, or re-affirmed) REVIEW_DUE_DAYS ago or earlier, when a fact of the tool was
observed later than that, or when there is no review.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

WHYS = {"old": "Not looked at for long", "facts": "Facts changed since", "missing": "No review yet"}

DUE = """
FROM tools_tool AS tool
CROSS JOIN reviews_reviewer AS reviewer
LEFT JOIN reviews_review AS review
    ON review.tool_id = tool.id AND review.reviewer_id = reviewer.id AND review.is_current
LEFT JOIN LATERAL (
    SELECT greatest(review.reviewed_on, max(reaffirmation."on")) AS looked_on
    FROM reviews_reaffirmation AS reaffirmation WHERE reaffirmation.review_id = review.id
) AS last ON true
LEFT JOIN LATERAL (
    SELECT max(fact.observed_on) AS observed_on
    FROM tools_fact AS fact WHERE fact.tool_id = tool.id
) AS facts ON true
WHERE tool.published_at <= %(now)s AND reviewer.is_active
    AND (%(reviewer)s::bigint IS NULL OR reviewer.id = %(reviewer)s)
    AND (
        (%(why)s IN ('', 'missing') AND review.id IS NULL)
        OR (%(why)s IN ('', 'old') AND last.looked_on <= %(due)s)
        OR (%(why)s IN ('', 'facts') AND facts.observed_on > last.looked_on)
    )
"""
COUNT = f"SELECT count(*) {DUE}"
PAGE = f"""
SELECT tool.id, tool.name, reviewer.id, reviewer.name, review.id, last.looked_on, facts.observed_on
{DUE}
ORDER BY last.looked_on NULLS LAST, tool.name, tool.id, reviewer.position, reviewer.id
LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class DueRow:
    tool_id: int
    tool: str
    reviewer_id: int
    reviewer: str
    review_id: int | None
    looked_on: date | None
    facts_observed_on: date | None
    today: date

    @property
    def whys(self):
        """Every reason why the row is due, in words."""
        if self.review_id is None:
            return ["The scorecard is incomplete: no review yet."]
        whys = []
        days = (self.today - self.looked_on).days
        if days >= settings.REVIEW_DUE_DAYS:
            whys.append(f"Last looked at {days} days ago.")
        if self.facts_observed_on and self.facts_observed_on > self.looked_on:
            whys.append(f"Facts were observed on {self.facts_observed_on:%-d %B %Y}, after that.")
        return whys


class DueRows:
    """The rows that are due, oldest look first and missing ones last; for a Paginator."""

    def __init__(self, *, reviewer=None, why=""):
        self.today = timezone.localdate()
        self.params = {
            "now": timezone.now(),
            "due": self.today - timedelta(days=settings.REVIEW_DUE_DAYS),
            "reviewer": reviewer and reviewer.pk,
            "why": why,
        }

    def count(self):
        with connection.cursor() as cursor:
            cursor.execute(COUNT, self.params)
            return cursor.fetchone()[0]

    def __getitem__(self, page):
        limits = {"limit": page.stop - page.start, "offset": page.start}
        with connection.cursor() as cursor:
            cursor.execute(PAGE, self.params | limits)
            return [DueRow(*row, self.today) for row in cursor]
