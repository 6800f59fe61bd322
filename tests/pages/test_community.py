"""What the public pages print of the readers' votes."""

import pytest

from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import names, words
from votes.community import reasons_text
from votes.models import Reason, Tally, Vote

pytestmark = pytest.mark.django_db


def fill_tally(tool, ships, skips):
    Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)


def give_reasons(tool, choice, *slugs):
    reasons = {reason.slug: reason for reason in Reason.objects.filter(side=choice)}
    Vote.objects.bulk_create(
        Vote(tool=tool, choice=choice, reason=reasons[slug], network=b"n") for slug in slugs
    )


def test_a_tool_without_votes_says_so(client):
    make_tool(slug="ada")

    assert "No community votes yet" in words(client.get("/tools/ada/"))


def test_a_tally_is_printed_with_its_interval(client):
    fill_tally(make_tool(slug="ada"), 31, 12)

    page = words(client.get("/tools/ada/"))

    assert "72% ship 57–83% ship, n = 43 31 ship / 12 skip" in page


def test_the_directory_ranks_by_the_lower_bound_and_leaves_few_votes_unranked(client):
    few, many, best = make_tool(name="Few"), make_tool(name="Many"), make_tool(name="Best")
    fill_tally(few, 9, 0)
    fill_tally(many, 60, 40)
    fill_tally(best, 19, 1)

    assert names(client.get("/tools/?sort=community")) == ["Best", "Many", "Few"]


def test_the_bottom_line_says_that_readers_disagree_with_the_panel(client):
    ada, bob = make_tool(name="Ada", slug="ada"), make_tool(name="Bob", slug="bob")
    for _ in range(3):
        reviewer = make_reviewer()
        publish_review(ada, reviewer, 90)
        publish_review(bob, reviewer, 60)
    fill_tally(ada, 10, 90)
    fill_tally(bob, 90, 10)

    assert "Panel and community disagree" in words(client.get("/compare/ada-vs-bob/"))


def test_leading_reasons_are_shown_once_there_are_ten(client):
    ada, bob = make_tool(slug="ada"), make_tool(slug="bob")
    give_reasons(ada, "skip", *["price"] * 6, *["lock-in"] * 3)
    give_reasons(bob, "skip", "price")

    assert "Readers say" not in words(client.get("/compare/ada-vs-bob/"))
    give_reasons(ada, "skip", "immature")
    page = words(client.get("/compare/ada-vs-bob/"))

    assert "Skip for price and lock-in" in page


def test_reasons_of_both_sides_make_one_sentence():
    sides = {"ship": [("Quality", 9), ("Price", 3)], "skip": [("Lock-in", 12)]}

    assert reasons_text(sides) == "Ship for quality and price; skip for lock-in"
    assert reasons_text(sides | {"skip": []}) == "Ship for quality and price"
    assert reasons_text(sides | {"ship": []}) == "Skip for lock-in"
    assert reasons_text({"ship": [], "skip": []}) is None
