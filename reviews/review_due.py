"""What the panel should check again: old reviews, changed facts, incomplete scorecards.

A row is one active reviewer and one published tool. It is due when the reviewer's current review was
last checked (written, or confirmed) at least REVIEW_DUE_DAYS ago, when a fact of the tool is new or
changed since then, or when there is no review. A fact that was only checked again, with the same value,
is as old as that value: the change log says since when. A fact whose date the log does not explain is new.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import ngettext

from reviews.models import Reviewer
from tools import oldest_tools

REASONS = {"old": "Old review", "facts": "Newer facts", "missing": "No review yet"}

# Of the tool `tool`, what is newer than `last.checked_on`. The index ledger_tool_kind_newest finds the entries.
NEW_FACTS = """
SELECT max(
    CASE WHEN log.last_on = fact.observed_on THEN coalesce(log.changed_on, log.first_on) ELSE fact.observed_on END
) AS observed_on
FROM tools_fact AS fact
LEFT JOIN LATERAL (
    SELECT
        (array_agg(entry.new ->> 'observed_on' ORDER BY entry.at DESC, entry.id DESC))[1]::date AS last_on,
        (
            array_agg(entry.new ->> 'observed_on' ORDER BY entry.at DESC, entry.id DESC)
            FILTER (WHERE entry.old -> 'value' IS DISTINCT FROM entry.new -> 'value')
        )[1]::date AS changed_on,
        (array_agg(entry.old ->> 'observed_on' ORDER BY entry.at, entry.id))[1]::date AS first_on
    FROM tools_ledgerentry AS entry
    WHERE entry.tool_id = tool.id AND entry.kind = 'fact' AND entry.fact_kind_id = fact.kind_id
        AND entry.at <= %(now)s
) AS log ON true
WHERE fact.tool_id = tool.id AND fact.observed_on > last.checked_on
"""
DUE = f"""
FROM (
    SELECT id, name, published_at FROM tools_tool WHERE id > %(after)s ORDER BY id LIMIT %(tools)s
) AS tool
CROSS JOIN reviews_reviewer AS reviewer
LEFT JOIN reviews_review AS review
    ON review.tool_id = tool.id AND review.reviewer_id = reviewer.id AND review.is_current
LEFT JOIN LATERAL (
    SELECT greatest(review.reviewed_on, max(reaffirmation."on")) AS checked_on
    FROM reviews_reaffirmation AS reaffirmation WHERE reaffirmation.review_id = review.id
) AS last ON true
LEFT JOIN LATERAL ({NEW_FACTS}) AS facts ON true
WHERE tool.published_at <= %(now)s AND reviewer.is_active
    AND (%(reviewer)s::bigint IS NULL OR reviewer.id = %(reviewer)s)
    AND (
        (%(reason)s IN ('', 'missing') AND review.id IS NULL)
        OR (%(reason)s IN ('', 'old') AND last.checked_on <= %(due)s)
        OR (%(reason)s IN ('', 'facts') AND facts.observed_on > last.checked_on)
    )
"""  # noqa: S608 - our own
COUNT = f"SELECT count(*) FROM (SELECT {DUE} LIMIT %(limit)s) AS due"  # noqa: S608 - our own
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
    """The rows of the oldest tools after `after` that are due, for a Paginator.

    Oldest check first, missing reviews last.
    """

    def __init__(
        self, *, reviewer: Reviewer | None = None, reason: str = "", after: int = 0
    ) -> None:
        self.today = timezone.localdate()
        self.params: dict[str, Any] = {
            "now": timezone.now(),
            "due": self.today - timedelta(days=settings.REVIEW_DUE_DAYS),
            "reviewer": reviewer.pk if reviewer else None,
            "reason": reason,
            "after": after,
            "tools": oldest_tools.MOST_TOOLS,
        }

    def count(self) -> int:
        return self.bounded_count(None)

    def bounded_count(self, limit: int | None) -> int:
        """Return how many rows are due, at most `limit`."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT, self.params | {"limit": limit})
            return cursor.fetchone()[0]

    def __getitem__(self, page: slice) -> list[DueRow]:
        limits = {"limit": page.stop - page.start, "offset": page.start}
        with connection.cursor() as cursor:
            cursor.execute(PAGE, self.params | limits)
            rows = cursor.fetchall()
        return [DueRow(*row, self.today) for row in rows]  # type: ignore[call-arg]  # as PAGE selects
