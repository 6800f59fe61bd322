from decimal import Decimal

from pages.comparison.leads import Lead, leads
from reviews.models import Review


def scorecard(**scores):
    return [Review(reviewer_id=reviewer, score=score) for reviewer, score in scores.items()]


def test_two_tools_differ_by_the_mean_over_those_who_scored_both():
    ada, bert = leads(["Ada", "Bert"], [scorecard(a=80, b=70, c=0), scorecard(a=71, b=66)])

    assert ada == Lead(Decimal("6.5"), "Bert")
    assert bert == Lead(Decimal("-6.5"), "Ada")
    assert (ada.text, bert.text) == ("+6.5", "−6.5")


def test_of_several_rivals_the_strongest_counts():
    cards = [scorecard(a=80), scorecard(a=75), scorecard(a=90)]

    assert list(leads(["Ada", "Bert", "Cleo"], cards)) == [
        Lead(Decimal(-10), "Cleo"),
        Lead(Decimal(-15), "Cleo"),
        Lead(Decimal(10), "Ada"),
    ]


def test_a_tool_that_shares_no_reviewer_has_no_lead():
    assert list(leads(["Ada", "Bert"], [scorecard(a=80), scorecard(b=75)])) == [None, None]


def test_the_same_average_has_no_sign():
    assert Lead(Decimal("0.0"), "Bert").text == "0"
