"""The page that explains how votes are counted prints the current settings."""

import re

import pytest

from tests.factories import make_tool
from tests.pages.reading import links, words
from tests.votes.ballots import make_vote, make_votes
from votes.models import Rule

pytestmark = pytest.mark.django_db


def said(client):
    return words(client.get("/voting/"))


@pytest.mark.parametrize(
    "setting, value, sentence",
    [
        (
            "VOTE_NEW_READERS_PER_HOUR",
            7,
            "More than 7 readers from one network cast their first vote",
        ),
        (
            "VOTE_PACE",
            (3, 1440),
            "more than 3 in a row, and then more than one every 2.5 seconds.",
        ),
        (
            "VOTE_NETWORK_CAP",
            13,
            "More than 13 votes, changes and withdrawals on one tool came from one network",
        ),
        ("VOTE_NETWORK_CAP", 13, "get at most 13 × k votes and changes per day"),
        ("VOTE_NETWORK_CAP", 13, "One IPv4 /24, or one IPv6 /48 13 1 8 77"),
        (
            "VOTE_NETWORK_CAP",
            13,
            "61 votes from 5 networks within an hour have every vote of that hour",
        ),
        ("WIDE_NETWORK_FACTOR", 7, "One IPv6 /32 70 1 2 15"),
        ("WIDE_NETWORK_FACTOR", 7, "An IPv6 /32 is a network too, with 7 times the figures."),
        ("VOTE_BURST_FLOOR", 41, "A pool of proxies in 1,000 networks 984 1 1 2"),
        ("VOTE_BURST_FLOOR", 41, "at most 41 votes count in an hour on a tool without a history"),
        ("VOTE_BURST_FLOOR", 41, "More than 41 votes on one tool came within a clock hour"),
        (
            "VOTE_BURST_FACTOR",
            9,
            "more than 9 times its hourly mean of counted votes of the last 30 days",
        ),
        ("VOTE_BURST_HISTORY_DAYS", 12, "hourly mean of counted votes of the last 12 days"),
        (
            "VOTE_LIMIT_READER",
            (31, 121),
            "a reader can send 31 votes and withdrawals at once and then 121 an hour",
        ),
        ("VOTE_LIMIT_NETWORK", (122, 1201), "a network 122 at once and then 1201 an hour"),
    ],
)
def test_the_page_prints_the_current_setting(client, settings, setting, value, sentence):
    setattr(settings, setting, value)

    assert sentence in said(client)


def test_every_rule_has_its_place_on_the_page(client):
    page = client.get("/voting/").content.decode()

    assert re.findall(r'<div id="([^"]+)">\s*<dt>([^<]+)</dt>', page) == [
        (rule.value, rule.value) for rule in Rule
    ]


def test_the_examples_show_how_more_votes_make_a_narrower_interval(client):
    page = said(client)

    assert "8 of 10 say ship 49–94% ship, n = 10" in page
    assert "80 of 100 say ship 71–87% ship, n = 100" in page
    assert "800 of 1000 say ship 77–82% ship, n = 1000" in page


@pytest.mark.parametrize(
    "sentence",
    [
        "One reader, one vote, and no hidden weights.",
        "A tool with fewer than 10 votes shows its counts but is not ranked.",
        "with our signature, and expires 400 days after your last visit, vote or bookmark.",
        "is deleted from our database within 48 hours",
        "Someone who deletes the cookie, or uses another browser, is a new reader to us",
        "A voided vote stays on record. The public vote log of the tool says when a publisher voided it",
    ],
)
def test_what_is_promised_is_said(client, sentence):
    assert sentence in said(client)


def test_the_example_is_the_vote_log_of_the_tool_that_ranks_first(client):
    make_vote(make_tool(name="Ada", slug="ada"))
    make_votes(make_tool(name="Bea", slug="bea"), ships=9, skips=1)
    make_votes(make_tool(published=False, slug="draft"), ships=20)

    response = client.get("/voting/")

    assert [link for link in links(response) if link.endswith("/votes/")] == ["/tools/bea/votes/"]
    assert "/method/" in links(response)


def test_without_a_tool_there_is_no_example(client):
    assert "See, for example" not in said(client)


def test_every_link_within_the_page_leads_somewhere(client):
    response = client.get("/voting/")
    places = set(re.findall(r' id="([^"]+)"', response.content.decode()))

    assert {link[1:] for link in links(response) if link.startswith("#")} <= places


def test_the_page_is_for_everyone(client):
    first, second = client.get("/voting/"), client.get("/voting/")

    assert first.cookies == {}
    assert first.content == second.content


def test_the_page_takes_three_queries(client, django_assert_num_queries):
    make_vote(make_tool())

    with django_assert_num_queries(3):
        client.get("/voting/")
