from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reviews.models import PanelVerdict, Reaffirmation, Review, ReviewCorrection, ReviewQuerySet
from reviews.panel import recount_tools
from tools import ledger
from tools.actions import lock_tools
from tools.ledger import ReviewChange
from tools.ledger_state import Panel, state_of
from tools.models import Tool

# How long a confirmation can be undone; the database refuses it later.
UNDO = timedelta(hours=1)


@transaction.atomic
def publish_tool(*, tool: Tool, at: datetime | None = None) -> None:
    """Show `tool` to readers from `at` on (now, unless given). Publishing again changes nothing.

    It is in this app because the record of a publication includes the panel's figures. Raises
    ValidationError that says what is missing, or that a withdrawn tool cannot be scheduled.
    """
    (stored,) = lock_tools([tool.pk])
    now = timezone.now()
    at = at or now
    if stored.published_at is None:
        if missing := stored.missing_for_publishing():
            raise ValidationError(f"Not published: {', '.join(missing)} missing.")
        if stored.withdrawn_at and at > now:
            raise ValidationError("Not scheduled: a withdrawn tool is published again at once.")
        _record_publication(stored, at)
        stored.published_at, stored.withdrawn_at = at, None
        stored.save(update_fields=["published_at", "withdrawn_at"])
    tool.published_at, tool.withdrawn_at = stored.published_at, stored.withdrawn_at


def _record_publication(tool: Tool, at: datetime) -> None:
    state = state_of(tool, panel_of(tool.pk))
    before = ledger.replayed(tool).state if tool.withdrawn_at else None
    if before is None:
        ledger.write_added(tool=tool, state=state, at=at)
        return
    meanwhile = Review.objects.filter(tool=tool, published_at__gte=tool.withdrawn_at)
    reviews = [
        review_change(review, _published_before(review))
        for review in meanwhile.order_by("published_at", "pk")
    ]
    ledger.write_restored(tool=tool, before=before, after=state, reviews=reviews, at=at)


@transaction.atomic
def publish_reviews(*, tool: Tool, reviews: Iterable[Review], at: datetime | None = None) -> None:
    """Publish draft `reviews` of one `tool`: they become the current ones of their reviewers.

    The panel verdict is recounted in the same transaction. For a public tool the change log gets one
    event: the reviews, and the changes of verdict and score. Raises ValidationError, and changes
    nothing, when a review is incomplete: it names the reviewer and what is missing.
    """
    (stored,) = lock_tools([tool.pk])
    at = at or timezone.now()
    before = panel_of(tool.pk)
    problems, changes = [], []
    for review in reviews:
        newest = number_revision(review)
        review.reviewed_on = review.reviewed_on or timezone.localdate(at)
        if missing := review.missing_for_publishing():
            problems.append(f"{review.reviewer}: {', '.join(missing)} missing")
            continue
        _take_over(review, at)
        changes.append(review_change(review, newest))
    if problems:
        raise ValidationError([f"Not published. {problem}." for problem in problems])
    recount_tools([tool.pk])
    _record_reviews(stored, changes, before, at)


def _record_reviews(tool: Tool, changes: list[ReviewChange], before: Panel, at: datetime) -> None:
    if tool.published_at is None or not changes:
        return
    after = panel_of(tool.pk)
    if tool.published_at > timezone.now():
        state = state_of(tool, after)
        ledger.replace_scheduled(tool=tool, state=state, at=tool.published_at)
        return
    ledger.write(ledger.panel_event(tool=tool, reviews=changes, before=before, after=after, at=at))


def panel_of(tool_id: int) -> Panel:
    """Return the stored verdict and score of a tool, as the change log holds them."""
    return panels_of([tool_id])[tool_id]


def panels_of(tool_ids: list[int]) -> dict[int, Panel]:
    """Return the stored verdict and score by tool, as the change log holds them."""
    stored = PanelVerdict.objects.filter(tool__in=tool_ids)
    return {
        tool_id: Panel(verdict, None if score is None else float(score))
        for tool_id, verdict, score in stored.values_list("tool", "verdict", "score")
    }


def review_change(review: Review, replaced: Review | None) -> ReviewChange:
    return ReviewChange(
        review=review.pk,
        old=replaced.codes if replaced else None,
        new=review.codes,
        reason=review.reason,
    )


@transaction.atomic
def reaffirm(*, review: Review, by: User | None = None, on: date | None = None) -> Reaffirmation:
    """Record that a current `review` was checked again and still stands. Twice a day counts once.

    `by` is its reviewer, or the member of staff who confirms it on their behalf. Raises ValidationError for a
    review that is a draft or was replaced.
    """
    if not Review.objects.current().filter(pk=review.pk).exists():
        raise ValidationError("Only a current review can be re-affirmed.")
    record = {"by": by, "on_behalf": by is not None and review.reviewer.user_id != by.pk}
    day = on or timezone.localdate()
    return Reaffirmation.objects.get_or_create(review=review, on=day, defaults=record)[0]


@transaction.atomic
def undo_reaffirmation(*, reaffirmation: Reaffirmation) -> None:
    """Delete what was confirmed within the last hour. Raises ValidationError later."""
    if reaffirmation.made_at <= timezone.now() - UNDO:
        raise ValidationError("Not undone: a confirmation can be undone within an hour.")
    reaffirmation.delete()


@transaction.atomic
def correct_review(*, review: Review, body: str, by: User | None = None) -> ReviewCorrection:
    """Correct typing errors in a published `review`: only its text changes, and the earlier text is kept.

    The change log gets no entry. Raises ValidationError for a draft, and for a text that is empty or the same.
    """
    lock_tools([review.tool_id])
    stored = Review.objects.get(pk=review.pk)
    if stored.published_at is None:
        raise ValidationError("Only a published review is corrected. Edit the draft instead.")
    body = with_line_breaks_of(stored.body, body)
    if not body.strip() or body == stored.body:
        raise ValidationError("Nothing was corrected: the text is the same, or empty.")
    correction = ReviewCorrection.objects.create(
        review=stored, old_body=stored.body, new_body=body, by=by
    )
    review.body = body
    return correction


def with_line_breaks_of(old: str, new: str) -> str:
    """Return `new`, as a browser sent it, with the line breaks that `old` has, so that they are no difference."""
    return new if "\r\n" in old else new.replace("\r\n", "\n")


def number_revision(review: Review) -> Review | None:
    """Give a draft the number that it is published under, and return the revision that it replaces."""
    newest = _published_of(review).last()
    review.revision = newest.revision + 1 if newest else 1
    return newest


def _published_before(review: Review) -> Review | None:
    return _published_of(review).filter(revision__lt=review.revision).last()


def _published_of(review: Review) -> ReviewQuerySet:
    published = Review.objects.published().filter(tool=review.tool_id, reviewer=review.reviewer_id)
    return published.order_by("revision")


def _take_over(review: Review, at: datetime) -> None:
    Review.objects.current().filter(tool=review.tool_id, reviewer=review.reviewer_id).update(
        is_current=False
    )
    review.published_at = at
    review.is_current = True
    review.publish_at = None
    review.save()
