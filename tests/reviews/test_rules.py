"""Every rule of the panel that the database itself keeps, broken once each."""

import pytest
from django.db import IntegrityError

from reviews.models import PanelVerdict, Review, Reviewer
from tests.factories import draft_review, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize("score", [101, 32_000])
def test_a_score_is_0_to_100(score):
    with refused_by("review_score_is_0_to_100"):
        draft_review(make_tool(), make_reviewer(), score=score).save()


def test_a_negative_score_is_refused():
    with refused_by("score"):
        draft_review(make_tool(), make_reviewer(), score=-1).save()


def test_a_verdict_is_ship_or_skip():
    with refused_by("review_verdict_is_ship_or_skip"):
        draft_review(make_tool(), make_reviewer(), verdict="hold").save()


@pytest.mark.parametrize(
    "field, empty",
    [("score", None), ("verdict", ""), ("basis", ""), ("body", ""), ("reviewed_on", None)],
)
def test_a_published_review_is_complete(field, empty):
    review = publish_review(make_tool(), make_reviewer())
    review.pk, review.is_current, review.revision = None, False, 2
    setattr(review, field, empty)

    with refused_by("published_review_is_complete"):
        review.save()


def test_a_published_revision_has_a_reason():
    review = publish_review(make_tool(), make_reviewer())
    review.pk, review.is_current, review.revision = None, False, 2

    with refused_by("published_revision_has_a_reason"):
        review.save()


def test_a_draft_is_never_the_current_review():
    review = draft_review(make_tool(), make_reviewer(), is_current=True)

    with refused_by("current_review_is_published"):
        review.save()


def test_one_current_review_per_reviewer_and_tool():
    review = publish_review(make_tool(), make_reviewer())
    review.pk, review.revision, review.reason = None, 2, "Again."

    with refused_by("one_current_review_per_reviewer_and_tool"):
        review.save()


def test_one_draft_per_reviewer_and_tool():
    tool, reviewer = make_tool(), make_reviewer()
    draft_review(tool, reviewer).save()

    with refused_by("one_draft_per_reviewer_and_tool"):
        draft_review(tool, reviewer, revision=2).save()


def test_one_review_per_revision():
    review = publish_review(make_tool(), make_reviewer())

    with refused_by("one_review_per_revision"):
        draft_review(review.tool, review.reviewer).save()


@pytest.mark.parametrize(
    "write",
    [
        lambda reviews: reviews.update(score=99),
        lambda reviews: reviews.update(body="Rewritten."),
        lambda reviews: reviews.update(published_at=None, is_current=False),
        lambda reviews: reviews.delete(),
    ],
)
def test_a_published_review_never_changes(write):
    publish_review(make_tool(), make_reviewer())

    with refused_by("cannot be changed or deleted"):
        write(Review.objects.all())


def test_a_retired_review_does_not_become_current_again():
    tool, reviewer = make_tool(), make_reviewer()
    publish_review(tool, reviewer)
    publish_review(tool, reviewer, 70, reason="Slower now.")

    with refused_by("cannot be changed or deleted"):
        Review.objects.filter(revision=1).update(is_current=True)


def test_a_draft_may_be_changed_and_deleted():
    draft_review(make_tool(), make_reviewer()).save()

    Review.objects.update(score=1)

    assert Review.objects.all().delete()[0] == 1


@pytest.mark.parametrize(
    "figures",
    [
        {"verdict": "skip", "ships": 2, "skips": 1, "score": 50},
        {"verdict": "ship", "ships": 1, "skips": 1, "score": 50},
        {"verdict": "split", "ships": 0, "skips": 0},
        {"verdict": "none", "ships": 1, "skips": 0, "score": 50},
        {"verdict": "ship", "ships": 1, "skips": 0, "score": 101},
    ],
)
def test_a_panel_verdict_follows_its_counts(figures):
    tool = make_tool()

    with refused_by("panel_verdict_follows_its_counts"):
        PanelVerdict.objects.filter(tool=tool).update(**figures)


def test_every_tool_has_a_panel_verdict_from_the_start():
    assert make_tool(published=False).panel.get_verdict_display() == "Not reviewed yet"


def test_a_reviewers_user_leaves_without_the_reviewer(django_user_model):
    user = django_user_model.objects.create_user("skeptic")
    reviewer = make_reviewer(user=user)

    user.delete()

    assert Reviewer.objects.get(pk=reviewer.pk).user is None
