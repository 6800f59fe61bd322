from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from pages.close_calls import build_close_calls
from reviews.close_calls import CLOSE_CALLS
from reviews.models import Reviewer
from tests.clock import Clock
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words
from tools.actions import unpublish_tool
from votes.models import Tally
from votes.rankings.figures import RANKINGS
from web.excerpts import SOURCE_LENGTH, excerpt_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(db):
    """Make a tool to which three reviewers all give the same score."""
    panel = [make_reviewer() for _ in range(3)]

    def make(name, score, **fields):
        tool = make_tool(name=name, slug=name.lower(), **fields)
        for reviewer in panel:
            publish_review(tool, reviewer, score)
        return tool

    return make


def test_an_empty_site_says_so_in_words(client):
    text = words(client.get("/"))

    assert "No tools are published yet." in text
    assert "No two tools of the same category are that close yet." in text
    assert "Nothing has changed yet." in text


def test_a_catalogue_without_reviews_says_so(client):
    make_tool()

    text = words(client.get("/"))

    assert "1 tool, no reviews yet." in text
    assert "Latest verdicts No reviews yet. Browse tools" in text


def test_the_newest_verdict_comes_first_with_a_line_of_its_newest_review(client):
    today = timezone.localdate()
    one, two = make_reviewer("One"), make_reviewer("Two")
    old, new = make_tool(name="Old"), make_tool(name="New")
    publish_review(old, one, reviewed_on=today - timedelta(days=5))
    publish_review(new, one, body="An older line.", reviewed_on=today - timedelta(days=2))
    publish_review(new, two, body="The *newest* line.", reviewed_on=today)

    text = words(client.get("/"))

    assert text.index("“The newest line.” Two ,") < text.index("Old")
    assert "An older line." not in text


def test_close_calls_are_the_nearest_scores_of_one_category_nearest_first(client, scored):
    one, other = make_category(), make_category()
    scored("Aaa", 80, category=one)
    scored("Bbb", 78, category=one)
    scored("Ccc", 50, category=one)
    scored("Ddd", 79, category=other)
    scored("Eee", 80, category=other)
    CLOSE_CALLS.refresh()

    pairs = [
        link for link in links(client.get("/")) if link.startswith("/compare/") and "-" in link
    ]

    assert pairs == ["/compare/ddd-vs-eee/", "/compare/aaa-vs-bbb/"]


def test_a_tool_that_is_hidden_gone_or_barely_reviewed_is_no_close_call(client, scored):
    category = make_category()
    scored("Aaa", 80, category=category)
    scored("Draft", 80, category=category, published=False)
    scored("Gone", 80, category=category, status="discontinued")
    publish_review(make_tool(name="Barely", category=category), make_reviewer(), 80)
    CLOSE_CALLS.refresh()

    assert "Close calls No two tools" in words(client.get("/"))


def test_the_figures_of_a_close_call_are_those_of_today(client, scored):
    scored("Aaa", 80)
    bbb = scored("Bbb", 81)
    CLOSE_CALLS.refresh()
    publish_review(bbb, Reviewer.objects.first(), 72, reason="It broke.")

    assert "Aaa vs Bbb 2 points apart, 3 reviewers" in words(client.get("/"))


def test_a_stored_close_call_of_a_tool_that_is_gone_is_not_shown(client, scored):
    scored("Aaa", 80)
    bbb = scored("Bbb", 81)
    CLOSE_CALLS.refresh()
    unpublish_tool(tool=bbb, reason="It is gone.")

    assert "/compare/aaa-vs-bbb/" not in client.get("/").text


def test_close_calls_take_two_queries_however_many_there_are(scored, django_assert_num_queries):
    for number, score in enumerate([80, 81, 83, 84]):
        scored(f"Tool{number}", score)
    CLOSE_CALLS.refresh()

    # The second tool of each pair is ahead, and so its category is printed.
    with django_assert_num_queries(2):
        assert len([call.first.category.name for call in build_close_calls()]) > 2


def test_moves_and_gaps_are_shown_only_where_there_are_some(client, scored, monkeypatch):
    assert "Biggest moves" not in words(client.get("/"))
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() - timedelta(days=40))
    tool = scored("Mover", 60)
    monkeypatch.undo()
    reviewers = list(Reviewer.objects.order_by("pk"))
    for reviewer in reviewers[:2]:
        publish_review(tool, reviewer, 30, "skip", reason="It broke.")
    Tally.objects.filter(tool=tool).update(ships=9, skips=1)
    RANKINGS.refresh()

    text = words(client.get("/"))

    assert "Mover Now Skip, was Ship · panel score 40.0, was 60.0 (−20)" in text
    assert "Mover panel 33% (1 of 3), community 90% of 10 votes" in text


def test_a_change_of_an_earlier_year_says_which(client, monkeypatch):
    clock = Clock(monkeypatch, datetime(2026, 11, 16, 6, tzinfo=UTC))
    publish_review(make_tool(), make_reviewer())

    clock.move(datetime(2027, 11, 27, 12, tzinfo=UTC))

    assert "16 Nov 2026" in words(client.get("/"))


def test_drafts_are_neither_shown_nor_counted(client):
    publish_review(make_tool(name="Secret", published=False), make_reviewer("One"), 80)
    make_tool(name="Open")

    text = words(client.get("/"))

    assert "Secret" not in text
    assert "1 tool, no reviews yet." in text


@pytest.mark.parametrize("tools", [1, 12])
def test_the_home_page_takes_ten_queries_whatever_is_on_it(
    client, django_assert_num_queries, tools
):
    for _ in range(tools):
        publish_review(make_tool(category=make_category()), make_reviewer())

    # The verdicts; change log, its tools and corrections; close calls and their reviews; moves; gaps; categories; the panel.
    with django_assert_num_queries(10):
        client.get("/")


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("Short. " + "a" * 60 + ". Third.", "Short. " + "a" * 60 + "."),
        ("**Bold** [link](https://a.example/) & more", "Bold link & more"),
        ("b" * 300, "b" * 179 + "…"),
        # No excerpt ends in the middle of a word, unless one word fills most of it.
        ("worded " * 60, "worded " * 24 + "worded…"),
        ("c " + "b" * 300, "c " + "b" * 177 + "…"),
        ("", ""),
    ],
)
def test_an_excerpt_is_the_first_sentences_without_markup(body, excerpt):
    assert excerpt_from(body) == excerpt


def test_an_excerpt_costs_the_same_for_a_long_review():
    address = "\n\n[A link]: https://a.example/"
    filler = "word " * SOURCE_LENGTH

    # An address that is read makes a link of its name; the one at the end of a long review is not read.
    assert excerpt_from(f"[A link] {address}") == "A link"
    assert excerpt_from(f"[A link] {filler}{address}").startswith("[A link] word")


def test_current_reviews_of_a_retired_reviewer_are_counted_with_their_author(client):
    tool = make_tool()
    publish_review(tool, make_reviewer("Active"))
    publish_review(tool, make_reviewer("Retired", is_active=False))
    make_reviewer("Newcomer")

    text = words(client.get("/"))

    assert "1 tool, 2 current reviews by 2 reviewers." in text
    assert "The reviewers Active" in text
    assert "Retired" not in text.split("The reviewers")[1]
