from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from reviews.actions import publish_reviews, reaffirm
from reviews.models import Reaffirmation, Review
from reviews.queries import scorecards
from tests.factories import draft_review, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


def logged(tool):
    """The panel's part of a tool's change log, oldest first, without times."""
    entries = tool.ledger.exclude(kind="added").in_order()
    return list(entries.values_list("kind", "old", "new", "reason"))


def test_a_first_scorecard_is_published_at_once():
    tool = make_tool()
    builder, skeptic = make_reviewer("Builder"), make_reviewer("Skeptic")

    publish_reviews(
        tool=tool, reviews=[draft_review(tool, builder, 88), draft_review(tool, skeptic, 82)]
    )

    tool.panel.refresh_from_db()
    assert (tool.panel.verdict, tool.panel.ship_percent, tool.panel.score, tool.panel.spread) == (
        "ship",
        100,
        Decimal("85.0"),
        6,
    )
    assert logged(tool) == [
        ("reviewed", None, {"score": 88, "verdict": "ship"}, ""),
        ("reviewed", None, {"score": 82, "verdict": "ship"}, ""),
        ("verdict", "none", "ship", ""),
        ("score", None, 85.0, ""),
    ]


def test_a_changed_verdict_stays_on_record_with_the_reason():
    tool = make_tool()
    builder, skeptic = make_reviewer("Builder"), make_reviewer("Skeptic")
    publish_review(tool, builder, 80)
    publish_review(tool, skeptic, 40, "skip")
    seen = len(logged(tool))

    publish_review(tool, skeptic, 70, "ship", reason="Exports work now.")

    assert logged(tool)[seen:] == [
        (
            "reviewed",
            {"score": 40, "verdict": "skip"},
            {"score": 70, "verdict": "ship"},
            "Exports work now.",
        ),
        ("verdict", "split", "ship", ""),
        ("score", 60.0, 75.0, ""),
    ]
    revisions = Review.objects.filter(reviewer=skeptic).values_list("revision", "is_current")
    assert list(revisions) == [(1, False), (2, True)]


def test_every_move_of_the_score_is_recorded():
    tool = make_tool()
    reviewers = [make_reviewer() for _ in range(4)]
    for reviewer in reviewers:
        publish_review(tool, reviewer, 80)

    publish_review(tool, reviewers[0], 81, reason="A bit better.")

    assert logged(tool)[-1] == ("score", 80.0, 80.3, "")


def test_one_incomplete_review_keeps_all_of_them_back_and_says_which():
    tool = make_tool()
    complete = draft_review(tool, make_reviewer("Builder"))
    begun = draft_review(tool, make_reviewer("Skeptic"), score=None, body="")

    with pytest.raises(ValidationError, match="Skeptic: score, review text missing"):
        publish_reviews(tool=tool, reviews=[complete, begun])

    assert Review.objects.published().count() == 0
    assert logged(tool) == []


def test_a_revision_needs_a_reason():
    tool, reviewer = make_tool(), make_reviewer("Builder")
    publish_review(tool, reviewer)

    with pytest.raises(ValidationError, match="Builder: reason for the change missing"):
        publish_review(tool, reviewer, 60)


def test_a_scorecard_is_in_panel_order():
    tool = make_tool()
    last, first = make_reviewer("Last", position=2), make_reviewer("First", position=1)
    publish_review(tool, last)
    publish_review(tool, first)

    assert [review.reviewer for review in scorecards([tool])[tool.pk]] == [first, last]


def test_reaffirming_twice_a_day_counts_once():
    review = publish_review(make_tool(), make_reviewer())

    reaffirm(review=review)
    reaffirm(review=review)

    assert Reaffirmation.objects.count() == 1


def test_only_a_current_review_can_be_reaffirmed():
    tool, reviewer = make_tool(), make_reviewer()
    replaced = publish_review(tool, reviewer)
    publish_review(tool, reviewer, 60, reason="Slower now.")

    with pytest.raises(ValidationError, match="Only a current review"):
        reaffirm(review=replaced)
