import html
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words
from tools.actions import change_tool, correct_ledger, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db
EVENT = "0" * 32
HOSTILE_CURSORS = [
    f"{name}={cursor}"
    for name in ("before", "after")
    for cursor in [
        "abc", "-1", f"-{EVENT}", f"1-{EVENT[:-1]}", f"1-{'x' * 32}", f"9999999999999999999999-{EVENT}",
        f"999999999999999999-{EVENT}", f"٣-{EVENT}", "1" * 10_000, f"1.5-{EVENT}",
    ]
]  # fmt: skip


def test_changes_stand_under_their_day_newest_first(client):
    tool = make_tool(name="Tool", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    for day, new in [(3, "Old price"), (5, "New price")]:
        at = datetime(2026, 2, day, 12, tzinfo=UTC)
        LedgerEntry.objects.create(tool=tool, kind="pricing", old="Free", new=new, at=at)

    text = words(client.get("/changes/"))

    assert "5 February 2026 Tool Price: Free → , now New price 3 February 2026 Tool" in text


@pytest.mark.parametrize("asked", ["ada", "Ada", "first-ada"])
def test_a_tool_is_found_by_its_slug_in_any_case_and_by_an_old_one(client, asked):
    tool = make_tool(name="Ada", slug="first-ada")
    tool.slug = "ada"
    change_tool(tool=tool)
    make_tool(name="Bea")

    text = words(client.get(f"/changes/?tool={asked}"))

    assert "What changed for Ada" in text
    assert "Bea" not in text


def test_an_unknown_tool_is_named(client):
    make_tool(name="Ada")

    text = words(client.get("/changes/?tool=nobody"))

    assert "Unknown tool “ nobody ”. This filter was not applied." in text
    assert "Ada" in text


def test_a_verdict_that_changed_says_from_what_to_what_and_why(client):
    tool, builder = make_tool(name="Tool"), make_reviewer("Builder")
    publish_review(tool, builder, 40, "skip")
    publish_review(tool, builder, 80, reason="It was fixed.")

    text = words(client.get("/changes/"))

    assert (
        "Builder updated their review: 40/100 · Skip → , now 80/100 · Ship "
        "Verdict: Skip → , now Ship Panel score: 40.0 → , now 80.0 Builder: It was fixed."
    ) in text
    assert "Builder reviewed it: 40/100 · Skip First verdict: Skip" in text


def test_the_other_kinds_of_change_are_sentences_too(client):
    tool = make_tool(name="Before")
    tool.name, tool.entry, tool.pricing, tool.status = "After", "paid", "9 a month", "paused"
    change_tool(tool=tool, reason="New owner.")
    correct_ledger(entry=tool.ledger.get(kind="name"), correction="Afters", reason="A typo.")

    text = words(client.get("/changes/"))

    assert "Name: Before → , now After Corrected: it should have said “Afters”." in text
    assert "Entry: Free → , now Paid" in text
    assert "Price: Free of charge → , now 9 a month" in text
    assert "Status: Active → , now Paused" in text
    assert "Correction: “Name: was Before, now After” should have said “Afters” A typo." in text
    assert "Added to the catalogue" in text


def test_the_ledger_can_be_read_by_kind_and_by_tool(client):
    one, other = make_tool(name="One", slug="one"), make_tool(name="Other")
    publish_review(one, make_reviewer(), 80)
    publish_review(other, make_reviewer(), 80)

    text = words(client.get("/changes/?kind=reviewed&tool=one"))

    assert "One Reviewer" in text
    assert "Added to the catalogue" not in text
    assert "Other" not in text.replace("Other changes", "")


def test_drafts_and_what_is_still_to_come_are_not_shown(client):
    make_tool(name="Open")
    make_tool(name="Secret", slug="secret", published_at=datetime(2999, 1, 1, tzinfo=UTC))
    draft = make_tool(name="Secret draft", slug="draft", published=False)
    draft.name = "Secret too"
    change_tool(tool=draft)

    for address in ("/changes/", "/changes/?tool=secret", "/changes/?tool=draft"):
        text = words(client.get(address))
        assert "Open Added to the catalogue" in text
        assert "Secret" not in text


def test_what_a_withdrawn_tool_had_stays(client):
    tool = make_tool(name="Ada", slug="ada")
    unpublish_tool(tool=tool, reason="It is a copy.")

    for address in ("/changes/", "/changes/?tool=ada"):
        text = words(client.get(address))
        assert "Ada Withdrawn from the catalogue It is a copy. Ada Added to the catalogue" in text


def test_a_small_move_of_the_score_is_shown_to_who_asks_for_scores(client):
    tool, panel = make_tool(), [make_reviewer() for _ in range(3)]
    for reviewer in panel:
        publish_review(tool, reviewer, 80)
    publish_review(tool, panel[0], 81, reason="A bit better.")

    assert "Panel score" not in words(client.get("/changes/")).partition("Show")[2][200:]
    assert "Panel score: 80.0 → , now 80.3" in words(client.get("/changes/?kind=score"))


@pytest.mark.parametrize(
    "query",
    ["kind=gossip", "tool=nobody", "tool=" + "a" * 10_000, "tool=%FF", *HOSTILE_CURSORS],
)
def test_what_the_ledger_does_not_understand_is_as_if_not_asked(client, query):
    make_tool(name="Open")

    assert "Open Added to the catalogue" in words(client.get(f"/changes/?{query}"))


def priced(tool, number, **fields):
    """So many changes of the price, each an event, one a minute."""
    start = datetime(2026, 2, 1, tzinfo=UTC)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            tool=tool, kind="pricing", new=f"Price {n};", at=start + timedelta(minutes=n), **fields
        )
        for n in range(number)
    )


def prices_on(response):
    return re.findall(r"Price (\d+);", words(response))


def step(client, response, name):
    """Follow "Older" or "Newer"."""
    (address,) = re.findall(rf'href="([^"]+)" rel="{name}"', response.content.decode())
    return client.get(html.unescape(address))


def test_older_and_newer_pages_hold_every_event_once_in_order(client):
    priced(make_tool(slug="tool", published_at=datetime(2026, 1, 1, tzinfo=UTC)), 120)

    first = client.get("/changes/?kind=pricing&tool=tool&x=y")
    second = step(client, first, "next")
    third = step(client, second, "next")
    back = step(client, third, "prev")

    assert [*prices_on(first), *prices_on(second), *prices_on(third)] == [
        str(n) for n in reversed(range(120))
    ]
    assert prices_on(back) == prices_on(second)
    assert prices_on(step(client, back, "prev")) == prices_on(first)
    assert "kind=pricing&amp;tool=tool&amp;before=" in first.content.decode()
    assert 'rel="next"' not in third.content.decode()
    assert 'rel="prev"' not in first.content.decode()


def test_an_event_is_never_split_over_pages(client):
    tool = make_tool(published_at=datetime(2026, 1, 1, tzinfo=UTC))
    at = datetime(2026, 2, 1, tzinfo=UTC)
    for n in range(60):  # all at one moment
        event = uuid4()
        LedgerEntry.objects.bulk_create(
            LedgerEntry(tool=tool, kind=kind, new=f"{kind} {n};", at=at, event=event)
            for kind in ("name", "pricing", "tagline")
        )

    first = client.get("/changes/")
    second = step(client, first, "next")

    for page, events in [(first, 50), (second, 10)]:
        text = words(page)
        found = [re.findall(rf"{kind} (\d+);", text) for kind in ("name", "pricing", "tagline")]
        assert [len(numbers) for numbers in found] == [events] * 3
        assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize(("query", "queries"), [("", 4), ("?kind=reviewed", 4), ("?tool=tool", 5)])
def test_the_change_log_takes_as_many_queries_for_one_event_as_for_a_full_page(
    client, django_assert_num_queries, rows, query, queries
):
    for _ in range(rows):
        publish_review(make_tool(), make_reviewer())
    make_tool(slug="tool")

    # The state of the catalogue, which events, their entries, corrections (and the tool asked for).
    with django_assert_num_queries(queries):
        client.get(f"/changes/{query}")


def test_an_empty_ledger_is_said_in_words(client):
    assert "Nothing has changed yet." in words(client.get("/changes/"))


def test_the_ledger_can_be_read_by_days_both_included(client):
    tool = make_tool(name="Tool", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    for day in (2, 3, 4, 5):
        at = datetime(2026, 2, day, 23, 59, tzinfo=UTC)
        LedgerEntry.objects.create(tool=tool, kind="pricing", new=f"Price {day}", at=at)

    response = client.get("/changes/?since=2026-02-03&until=2026-02-04&kind=pricing")

    text = words(response)
    assert [day for day in (2, 3, 4, 5) if f"Price {day}" in text] == [3, 4]
    assert "Remove from 3 February 2026 to 4 February 2026" in text
    assert "/changes/?kind=pricing" in links(response)


@pytest.mark.parametrize(
    "query",
    ["since=x", "until=0001-01-01", "since=9999-12-31&until=9999-12-31", "since=2026-02-30"],
)
def test_days_that_are_none_are_not_asked_for(client, query):
    make_tool(name="Open")

    assert "Open Added to the catalogue" in words(client.get(f"/changes/?{query}"))


def test_pages_of_some_days_stay_among_them(client):
    priced(make_tool(name="Tool"), 60)

    response = client.get("/changes/?since=2026-01-01")

    assert "?since=2026-01-01&amp;before=" in response.content.decode()
