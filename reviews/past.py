"""The published reviews as they were at the end of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reviews.models import Review, Reviewer
from reviews.queries import text_corrections
from tools.models import Tool
from tools.past_day import PastDay
from web.joined_rows import JoinedRows

# The newest revision of each reviewer first. A confirmation that was imported counts from its own date on, any other
# from when it was made; the text is that before the first later correction.
REVISIONS = JoinedRows(
    """
    SELECT {review}, {reviewer}, (
        SELECT max(look."on") FROM reviews_reaffirmation AS look WHERE look.review_id = review.id
            AND CASE WHEN look.by_id IS NULL THEN look."on" <= %(day)s ELSE look.made_at <= %(until)s END
    ), (
        SELECT json_agg(json_build_array(at, old_body, new_body) ORDER BY at DESC)::text
        FROM reviews_reviewcorrection WHERE review_id = review.id AND at <= %(until)s
    ), (
        SELECT old_body FROM reviews_reviewcorrection
        WHERE review_id = review.id AND at > %(until)s ORDER BY at LIMIT 1
    )
    FROM reviews_review AS review
    JOIN reviews_reviewer AS reviewer ON reviewer.id = review.reviewer_id
    WHERE review.tool_id = ANY (%(tools)s) AND review.published_at <= %(until)s
    ORDER BY reviewer.position, reviewer.name, review.revision DESC
    """,
    review=Review,
    reviewer=Reviewer,
)


@dataclass(frozen=True)
class Revision:
    """A published review as it was, and when it was last confirmed until then."""

    reviewer: Reviewer
    review: Review
    confirmed_on: date | None


def revisions_then(tools: Iterable[Tool], day: PastDay) -> dict[int, list[Revision]]:
    """Return the reviews of each tool at the end of a day, by tool.pk: in panel order, newest first; one query.

    Their texts, corrections and confirmations are those of then. So is `is_current`; `last_looked_on` is when a review
    was written or last confirmed.
    """
    found: dict[int, list[Revision]] = {tool.pk: [] for tool in tools}
    params = {"tools": list(found), "day": day.day, "until": day.until}
    for review, reviewer, confirmed_on, corrections, body in REVISIONS.read(params):
        of_tool = found[review.tool_id]
        review.reviewer, review.corrected = reviewer, text_corrections(corrections)
        review.body = body or review.body
        review.is_current = not of_tool or of_tool[-1].reviewer != reviewer
        review.last_looked_on = max(review.reviewed_on, confirmed_on or review.reviewed_on)
        of_tool.append(Revision(reviewer, review, confirmed_on))
    return found
