"""What a digest quotes from the reviews."""

import pytest

from newsletter.digest.quotes import MAX_QUOTE, quotes_from, strongest_quotes
from reviews.models import Review, Reviewer


def reviewed(name, score, verdict, body="It held up all week long.", kind="human"):
    return Review(reviewer=Reviewer(name=name, kind=kind), score=score, verdict=verdict, body=body)


def test_the_highest_ship_and_the_lowest_skip_are_quoted():
    reviews = [
        reviewed("Builder", 70, "ship"),
        reviewed("Founder", 91, "ship"),
        reviewed("Skeptic", 30, "skip"),
        reviewed("Futurist", 12, "skip"),
    ]

    quotes = strongest_quotes(reviews)

    assert [quote.source for quote in quotes] == ["Founder (Ship, 91)", "Futurist (Skip, 12)"]


def test_of_equal_scores_the_first_in_panel_order_is_quoted():
    reviews = [reviewed("Builder", 80, "ship"), reviewed("Founder", 80, "ship")]

    assert [quote.reviewer for quote in strongest_quotes(reviews)] == ["Builder"]


def test_a_side_that_nobody_takes_has_no_quote():
    assert [quote.verdict for quote in strongest_quotes([reviewed("Bo", 9, "skip")])] == ["skip"]
    assert strongest_quotes([]) == ()


def test_an_ai_assisted_reviewer_is_named_as_one():
    (quote,) = strongest_quotes([reviewed("Bo", 80, "ship", kind="ai_assisted")])

    assert quote.source == "Bo, AI-assisted (Ship, 80)"


@pytest.mark.parametrize(
    "body, sentences",
    [
        ("It **held up** all week long. Then it broke in our hands.", ["It held up all week long.", "Then it broke in our hands."]),
        ("Yes. It held up all week long.", ["Yes. It held up all week long."]),
        ("Without a full stop", ["Without a full stop"]),
        ("[A link](https://a.example/) and `code` in one line.", ["A link and code in one line."]),
        ("Turned \u202e around in the middle.", ["Turned around in the middle."]),
        ("", []),
    ],
)  # fmt: skip
def test_a_quote_is_a_whole_sentence_without_markdown(body, sentences):
    assert [quote.text for quote in quotes_from(reviewed("Bo", 80, "ship", body))] == sentences


def test_a_long_sentence_is_cut_between_words():
    (quote,) = quotes_from(reviewed("Bo", 80, "ship", "word " * 9000))

    assert quote.text.endswith("word…")
    assert MAX_QUOTE - 5 <= len(quote.text) <= MAX_QUOTE + 1


def test_staff_choose_from_the_first_sentences():
    body = "This is sentence number one. " * 50

    assert len(quotes_from(reviewed("Bo", 80, "ship", body))) == 4
