from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from reviews.actions import publish_reviews, reaffirm
from reviews.models import Reaffirmation, Review
from reviews.queries import scorecards
from tests.factories import draft_review, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


def told(tool):
    """The panel's part of a tool's ledger, oldest first, without times."""
    entries = tool.ledger.exclude(kind="published").order_by("pk")
    return list(entries.values_list("kind", "subject", "old", "new", "reason"))


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
    assert told(tool) == [
        ("reviewed", "Builder", "", "88/100 · ship", ""),
        ("reviewed", "Skeptic", "", "82/100 · ship", ""),
        ("verdict_changed", "", "Not reviewed yet", "Ship", ""),
    ]


def test_a_changed_verdict_leaves_its_old_self_and_a_reason_behind():
    tool = make_tool()
    builder, skeptic = make_reviewer("Builder"), make_reviewer("Skeptic")
    publish_review(tool, builder, 80)
    publish_review(tool, skeptic, 40, "skip")
    seen = len(told(tool))

    publish_review(tool, skeptic, 70, "ship", reason="Exports work now.")

    assert told(tool)[seen:] == [
        ("reviewed", "Skeptic", "40/100 · skip", "70/100 · ship", "Exports work now."),
        ("verdict_changed", "", "Split", "Ship", "Skeptic: Exports work now."),
        ("score_moved", "", "60.0", "75.0", "Skeptic: Exports work now."),
    ]
    revisions = Review.objects.filter(reviewer=skeptic).values_list("revision", "is_current")
    assert list(revisions) == [(1, False), (2, True)]


def test_a_score_that_moves_by_less_than_a_point_is_no_news():
    tool = make_tool()
    reviewers = [make_reviewer() for _ in range(4)]
    for reviewer in reviewers:
        publish_review(tool, reviewer, 80)

    publish_review(tool, reviewers[0], 83, reason="A bit better.")

    assert "score_moved" not in [kind for kind, *_ in told(tool)]


def test_one_incomplete_review_keeps_all_of_them_back_and_says_which():
    tool = make_tool()
    complete = draft_review(tool, make_reviewer("Builder"))
    begun = draft_review(tool, make_reviewer("Skeptic"), score=None, body="")

    with pytest.raises(ValidationError, match="Skeptic: score, review text missing"):
        publish_reviews(tool=tool, reviews=[complete, begun])

    assert Review.objects.published().count() == 0
    assert told(tool) == []


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
