"""Reviewers, their reviews with every revision, and the scorecard of a tool."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path

from api.catalogue import Panel, ToolSlug, panel_data, published_tool
from api.data import PAGING, SLUG, Data, Limit, Page, RowCursor, number, page, page_url
from api.endpoints import endpoint, get_or_moved
from api.past_day import OnDay, asked_day
from reviews import models
from reviews.queries import public_reviewers, scorecards, with_review_counts
from tools.models import Tool
from tools.past_day import ON, PastDay
from votes.page_validators import CATALOG_PAGE, TOOL_HISTORY_PAGE
from votes.past import read_past


class Reviewer(Data):
    slug: str
    name: str
    url: str
    kind: Literal["human", "ai_assisted"]
    is_active: bool
    motto: str
    bio: str
    """Markdown."""
    excited_about: str
    tired_of: str
    reviews: int
    """Current reviews of published tools."""
    ships: int
    mean_score: float | None


class Correction(Data):
    """A typing error that was corrected."""

    at: datetime
    old_body: str
    new_body: str


class Review(Data):
    """A published review never changes, except for typing errors: a new opinion is a new revision with a reason."""

    id: int
    tool: str
    """The slug of the tool."""
    reviewer: str
    """The slug of the reviewer."""
    revision: int
    is_current: bool
    """Whether it is the newest revision of its reviewer."""
    score: int
    """From 0 to 100."""
    verdict: Literal["ship", "skip"]
    basis: Literal["hands_on", "first_look", "documentation"]
    body: str
    """Markdown."""
    tested_version: str
    reviewed_on: date
    published_at: datetime
    reason: str
    """Why the opinion changed; empty for the first revision."""
    confirmed_on: list[date]
    """When it was confirmed that it still stands."""
    corrections: list[Correction]
    """The oldest first."""


class ScorecardLine(Data):
    reviewer: str
    score: int
    verdict: Literal["ship", "skip"]
    revision: int
    reviewed_on: date
    last_confirmed_on: date
    """When it was written or last checked again."""


class Scorecard(Data):
    tool: str
    panel: Panel
    lines: list[ScorecardLine]
    """The current reviews, in panel order."""
    on: date | None
    """The day (UTC) given by the parameter of this name: the answer is as it was at its end."""


@endpoint("reviewers/", name="api_reviewers", answer=list[Reviewer], validator=CATALOG_PAGE)
def reviewers(request: HttpRequest) -> list[Reviewer]:
    """The members of the panel, active and retired, in panel order."""
    return [_reviewer_data(row) for row in with_review_counts(public_reviewers())]


@endpoint(
    "reviewers/{any_slug:slug}/", name="api_reviewer", answer=Reviewer, validator=CATALOG_PAGE
)
def reviewer(
    request: HttpRequest,
    slug: Annotated[
        str, Path(description="The slug of a reviewer.", pattern=SLUG, examples=["builder"])
    ],
) -> Reviewer:
    """One member of the panel."""
    rows = with_review_counts(public_reviewers())
    return _reviewer_data(get_or_moved(rows, slug, "api_reviewer"))


@endpoint(
    "reviews/", name="api_reviews", answer=Page[Review], validator=CATALOG_PAGE, params=PAGING
)
def reviews(request: HttpRequest, cursor: RowCursor = "0", limit: Limit = 50) -> Page[Review]:
    """Every revision of every published review of a published tool, by id."""
    rows = _with_references(models.Review.objects.published()).filter(
        pk__gt=int(cursor), tool__published_at__lte=timezone.now()
    )
    found = list(rows.order_by("pk")[: limit + 1])
    shown, following = page(request, found, limit, lambda review: review.pk)
    return Page(items=[_review_data(review) for review in shown], next=following)


@endpoint(
    "tools/{any_slug:slug}/reviews/",
    name="api_tool_reviews",
    answer=list[Review],
    validator=TOOL_HISTORY_PAGE,
)
def tool_reviews(request: HttpRequest, slug: ToolSlug) -> list[Review]:
    """Every revision of the reviews of one tool, in panel order, the newest of each reviewer first."""
    tool = published_tool(slug, "api_tool_reviews")
    rows = _with_references(models.Review.objects.published()).filter(tool=tool.pk)
    return [_review_data(review) for review in rows.in_panel_order()]


@endpoint(
    "tools/{any_slug:slug}/scorecard/",
    name="api_scorecard",
    answer=Scorecard,
    validator=TOOL_HISTORY_PAGE,
    uncached_params=(ON,),
)
def scorecard(request: HttpRequest, slug: ToolSlug, on: OnDay = "") -> Scorecard:
    """The current reviews of one tool, and the figures computed from them."""
    tool = published_tool(slug, "api_scorecard")
    if day := asked_day(request):
        past = read_past([tool], day)
        return _scorecard_data(past.tools[0], past.scorecards[tool.pk], day)
    return _scorecard_data(tool, scorecards([tool])[tool.pk])


def _scorecard_data(
    tool: Tool, reviews: Iterable[models.Review], day: PastDay | None = None
) -> Scorecard:
    return Scorecard(
        tool=tool.slug,
        panel=panel_data(tool),
        lines=list(_lines(reviews)),
        on=day.day if day else None,
    )


def _lines(reviews: Iterable[models.Review]) -> Iterable[ScorecardLine]:
    for review in reviews:
        yield ScorecardLine.of(
            reviewer=review.reviewer.slug,
            score=review.points,
            verdict=review.verdict,
            revision=review.revision,
            reviewed_on=review.reviewed_on,
            last_confirmed_on=review.last_looked_on,
        )


def _with_references(rows: models.ReviewQuerySet) -> models.ReviewQuerySet:
    reaffirmations = Prefetch("reaffirmations", models.Reaffirmation.objects.order_by("on"))
    return rows.select_related("tool", "reviewer").prefetch_related(reaffirmations, "corrections")


def _reviewer_data(reviewer: models.Reviewer) -> Reviewer:
    """Describe a reviewer from `with_review_counts`."""
    return Reviewer.of(
        slug=reviewer.slug,
        name=reviewer.name,
        url=page_url(reviewer.get_absolute_url()),
        kind=reviewer.kind,
        is_active=reviewer.is_active,
        motto=reviewer.motto,
        bio=reviewer.bio,
        excited_about=reviewer.excited_about,
        tired_of=reviewer.tired_of,
        reviews=reviewer.review_count,
        ships=reviewer.ship_count or 0,
        mean_score=number(reviewer.mean_score),
    )


def _review_data(review: models.Review) -> Review:
    return Review.of(
        id=review.pk,
        tool=review.tool.slug,
        reviewer=review.reviewer.slug,
        revision=review.revision,
        is_current=review.is_current,
        score=review.points,
        verdict=review.verdict,
        basis=review.basis,
        body=review.body,
        tested_version=review.tested_version,
        reviewed_on=review.reviewed_on,
        published_at=review.published_at,
        reason=review.reason,
        confirmed_on=[look.on for look in review.reaffirmations.all()],
        corrections=[
            Correction(at=correction.at, old_body=correction.old_body, new_body=correction.new_body)
            for correction in review.corrections.all()
        ],
    )
