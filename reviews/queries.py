import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    DecimalField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, Round
from django.utils import timezone
from django.utils.safestring import SafeString

from reviews.models import Review, Reviewer, ReviewerQuerySet
from reviews.text_difference import mark_words
from tools.models import LedgerEntryQuerySet, Tool
from web.joined_rows import JoinedRows

CURRENT_REVIEWS = JoinedRows(
    """
    SELECT {review}, {reviewer}, greatest(review.reviewed_on, (
        SELECT max(look."on") FROM reviews_reaffirmation AS look WHERE look.review_id = review.id
    ))
    FROM reviews_review AS review
    JOIN reviews_reviewer AS reviewer ON reviewer.id = review.reviewer_id
    WHERE review.is_current AND review.tool_id = ANY(%s)
    ORDER BY reviewer.position, reviewer.name
    """,
    review=Review,
    reviewer=Reviewer,
)


@dataclass(frozen=True)
class TextCorrection:
    """A correction of the text of a published review."""

    at: datetime
    old: str
    new: str

    @property
    def difference(self) -> SafeString:
        return mark_words(self.old, self.new)


PANEL = JoinedRows(
    """
    SELECT {reviewer}, {review}, (
        SELECT max(look."on") FROM reviews_reaffirmation AS look WHERE look.review_id = review.id
    ), (
        SELECT json_agg(json_build_array(at, old_body, new_body) ORDER BY at DESC)::text
        FROM reviews_reviewcorrection WHERE review_id = review.id
    )
    FROM reviews_reviewer AS reviewer LEFT JOIN reviews_review AS review
        ON review.reviewer_id = reviewer.id AND review.tool_id = %s AND review.published_at IS NOT NULL
    WHERE reviewer.is_active OR review.id IS NOT NULL
    ORDER BY reviewer.position, reviewer.name, review.revision DESC
    """,
    reviewer=Reviewer,
    review=Review,
)


def with_panel[Tools: QuerySet[Tool]](tools: Tools) -> Tools:
    """Select the category and the stored panel verdict in the same query: `tool.panel.verdict`."""
    return tools.select_related("category", "panel")


def with_reviewers(entries: LedgerEntryQuerySet) -> LedgerEntryQuerySet:
    """Annotate `reviewer_name`: the author of the review of an entry, or of the entry that it corrects."""
    review = Coalesce("review_id", "corrects__review_id")
    name = Review.objects.filter(pk=OuterRef("of_review")).values("reviewer__name")
    with_review = entries.annotate(of_review=review)
    return with_review.annotate(reviewer_name=Subquery(name[:1]))  # type: ignore[no-redef]  # declared there


def scorecards(tools: Iterable[Tool]) -> dict[int, list[Review]]:
    """Return {tool.pk: current reviews in panel order}, in one query; [] for an unreviewed tool.

    `review.last_looked_on` is when the review was written or last re-affirmed.
    """
    cards: dict[int, list[Review]] = {tool.pk: [] for tool in tools}
    for review, reviewer, last_looked_on in CURRENT_REVIEWS.read([list(cards)]):
        review.reviewer, review.last_looked_on = reviewer, last_looked_on
        cards[review.tool_id].append(review)
    return cards


def panel_of(tool: Tool) -> Iterator[tuple[Reviewer, Review | None, date | None]]:
    """Yield the active reviewers, and everyone else who reviewed `tool`, in one query.

    In panel order, each once per published revision, newest first, with that review and the date of its last
    reaffirmation; once, with None, without a review. `review.corrected` are its corrections, newest first.
    """
    for reviewer, review, last_looked_on, corrections in PANEL.read([tool.pk]):
        if review:
            review.corrected = text_corrections(corrections)
        yield reviewer, review, last_looked_on


def text_corrections(rows: str | None) -> list[TextCorrection]:
    """Return corrections that were read as a JSON array of [time, old text, new text]."""
    return [
        TextCorrection(datetime.fromisoformat(at), old, new)
        for at, old, new in json.loads(rows or "[]")
    ]


def public_reviewers() -> ReviewerQuerySet:
    """Return the reviewers whom readers can see: not those who are not active yet, and wrote nothing."""
    wrote = Review.objects.current().filter(reviewer=OuterRef("pk"))
    return Reviewer.objects.filter(Q(is_active=True) | Exists(wrote))


def with_review_counts(reviewers: QuerySet[Reviewer]) -> QuerySet[Reviewer]:
    """Add `review_count`, `ship_count` and `mean_score` over the current reviews of published tools.

    From stored counts, in panel order. `mean_score` has one decimal, rounded half up; None without reviews.
    """
    due = Q(counts__since__lte=timezone.now())
    points: Combinable = Cast(Sum("counts__points", filter=due), DecimalField())
    return reviewers.annotate(  # type: ignore[no-redef]  # declared there
        review_count=Sum("counts__reviews", filter=due, default=0),
        ship_count=Sum("counts__ships", filter=due, default=0),
        mean_score=Round(points / NullIf(F("review_count"), 0), precision=1),
    ).order_by("position", "name")
