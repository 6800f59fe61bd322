from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from reviews.models import PanelVerdict, Reaffirmation, Review
from reviews.panel import recount
from tools.models import LedgerEntry, Tool

# The least change of a panel score that the ledger tells of, in points.
SCORE_MOVED = 1


@transaction.atomic
def publish_reviews(*, tool, reviews, at=None):
    """Publish draft `reviews` of one `tool`: they become the current ones of their reviewers.

    The panel verdict is counted anew in the same transaction, and the ledger gets a line for each
    review and one each for a changed verdict and a moved score. Raises ValidationError, and changes
    nothing, when a review is incomplete: it names the reviewer and what is missing.
    """
    Tool.objects.select_for_update(of=("self",)).get(pk=tool.pk)
    at = at or timezone.now()
    before = PanelVerdict.objects.get(tool=tool)
    problems = []
    entries = []
    for review in reviews:
        newest = _newest_published(review)
        review.revision = newest.revision + 1 if newest else 1
        review.reviewed_on = review.reviewed_on or timezone.localdate(at)
        if missing := review.missing_for_publishing():
            problems.append(f"{review.reviewer}: {', '.join(missing)} missing")
            continue
        _take_over(review, at)
        entries.append(
            LedgerEntry(
                tool=tool,
                kind=LedgerEntry.Kind.REVIEWED,
                subject=review.reviewer.name,
                old=newest.summary if newest else "",
                new=review.summary,
                reason=review.reason,
                at=at,
            )
        )
    if problems:
        raise ValidationError([f"Not published. {problem}." for problem in problems])
    recount([tool.pk])
    after = PanelVerdict.objects.get(tool=tool)
    entries += panel_entries(tool, before, after, reason=reasons_of(reviews), at=at)
    LedgerEntry.objects.bulk_create(entries)


def panel_entries(tool, before, after, *, reason, at):
    """Return the ledger entries, not saved, for what became of a tool's panel verdict."""
    entries = []
    if before.verdict != after.verdict:
        entries.append(
            LedgerEntry(
                tool=tool,
                kind=LedgerEntry.Kind.VERDICT_CHANGED,
                old=before.get_verdict_display(),
                new=after.get_verdict_display(),
                reason=reason,
                at=at,
            )
        )
    if None not in (before.score, after.score) and abs(after.score - before.score) >= SCORE_MOVED:
        entries.append(
            LedgerEntry(
                tool=tool,
                kind=LedgerEntry.Kind.SCORE_MOVED,
                old=str(before.score),
                new=str(after.score),
                reason=reason,
                at=at,
            )
        )
    return entries


def reasons_of(reviews):
    """The reviewers' reasons for their revisions, in one text: "Skeptic: the API is stable now."."""
    return " ".join(f"{review.reviewer}: {review.reason}" for review in reviews if review.reason)


@transaction.atomic
def reaffirm(*, review, on=None):
    """Record that a current `review` was looked at again and stands. Twice a day counts once.

    Raises ValidationError for a review that is a draft or was replaced.
    """
    if not Review.objects.current().filter(pk=review.pk).exists():
        raise ValidationError("Only a current review can be re-affirmed.")
    return Reaffirmation.objects.get_or_create(review=review, on=on or timezone.localdate())[0]


def _newest_published(review):
    return (
        Review.objects.published()
        .filter(tool=review.tool_id, reviewer=review.reviewer_id)
        .order_by("revision")
        .last()
    )


def _take_over(review, at):
    Review.objects.current().filter(tool=review.tool_id, reviewer=review.reviewer_id).update(
        is_current=False
    )
    review.published_at = at
    review.is_current = True
    review.save()
