from datetime import UTC, datetime

import pytest

from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words
from tools.actions import change_tool, correct_ledger
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


def test_changes_stand_under_their_day_newest_first(client):
    tool = make_tool(name="Tool", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    for day, new in [(3, "Old price"), (5, "New price")]:
        at = datetime(2026, 2, day, 12, tzinfo=UTC)
        LedgerEntry.objects.create(tool=tool, kind="price_changed", old="Free", new=new, at=at)

    text = words(client.get("/changes/"))

    assert "5 February 2026 Tool Price: Free → , now New price 3 February 2026 Tool" in text


def test_a_verdict_that_changed_says_from_what_to_what_and_why(client):
    tool, builder = make_tool(name="Tool"), make_reviewer("Builder")
    publish_review(tool, builder, 40, "skip")
    publish_review(tool, builder, 80, reason="It was mended.")

    text = words(client.get("/changes/"))

    assert (
        "Builder reviewed it again: 40/100 · skip → , now 80/100 · ship "
        "Panel verdict: Skip → , now Ship Panel score: 40.0 → , now 80.0 Builder: It was mended."
    ) in text
    assert "Builder reviewed it: 40/100 · skip First panel verdict: Skip" in text


def test_the_other_kinds_of_change_are_sentences_too(client):
    tool = make_tool(name="Before")
    tool.name, tool.entry, tool.pricing, tool.status = "After", "paid", "9 a month", "paused"
    change_tool(tool=tool, reason="New owner.")
    correct_ledger(entry=tool.ledger.get(kind="renamed"), correction="Afters", reason="A typo.")

    text = words(client.get("/changes/"))

    assert "Renamed: Before → , now After" in text
    assert "Entry: Free → , now Paid" in text
    assert "Price: Free of charge → , now 9 a month" in text
    assert "Status: Active → , now Paused" in text
    assert "Correction of “Renamed”: After → , now Afters A typo." in text
    assert "Added to the catalogue" in text


def test_the_ledger_can_be_read_by_kind_and_by_tool(client):
    one, other = make_tool(name="One", slug="one"), make_tool(name="Other")
    publish_review(one, make_reviewer(), 80)
    publish_review(other, make_reviewer(), 80)

    text = words(client.get("/changes/?kind=reviewed&tool=one"))

    assert "One Reviewer" in text
    assert "Added to the catalogue" not in text
    assert "Other" not in text.replace("Other changes", "")


def test_drafts_and_what_is_still_to_come_are_not_told(client):
    tool = make_tool(name="Open")
    later = datetime(2999, 1, 1, tzinfo=UTC)
    LedgerEntry.objects.create(tool=tool, kind="price_changed", new="Still secret", at=later)
    draft = make_tool(name="Secret", slug="secret", published=False)
    LedgerEntry.objects.create(tool=draft, kind="price_changed", new="Hidden")

    for address in ("/changes/", "/changes/?tool=secret"):
        text = words(client.get(address))
        assert "Open Added to the catalogue" in text
        assert "ecret" not in text
        assert "Hidden" not in text


@pytest.mark.parametrize(
    "query",
    ["kind=gossip", "tool=nobody", "tool=" + "a" * 10_000, "page=abc", "page=-1", "tool=%FF"],
)
def test_what_the_ledger_does_not_understand_is_as_if_not_asked(client, query):
    make_tool(name="Open")

    assert "Open Added to the catalogue" in words(client.get(f"/changes/?{query}"))


def test_the_pages_of_the_ledger_keep_its_filters(client):
    tool = make_tool(slug="tool")
    for n in range(51):
        LedgerEntry.objects.create(tool=tool, kind="price_changed", new=f"{n}")

    page = client.get("/changes/?kind=price_changed&tool=tool&x=y")

    assert "?kind=price_changed&tool=tool&page=2" in links(page)


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize(("query", "queries"), [("", 3), ("?kind=reviewed", 3), ("?tool=tool", 4)])
def test_the_ledger_takes_as_many_queries_for_one_line_as_for_a_full_page(
    client, django_assert_num_queries, rows, query, queries
):
    for _ in range(rows):
        publish_review(make_tool(), make_reviewer())
    make_tool(slug="tool")

    # The state of the catalogue, how many lines, which (and the tool that was asked for).
    with django_assert_num_queries(queries):
        client.get(f"/changes/{query}")


def test_an_empty_ledger_is_said_in_words(client):
    assert "Nothing has changed yet." in words(client.get("/changes/"))


def test_the_ledger_can_be_read_by_days_both_included(client):
    tool = make_tool(name="Tool", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    for day in (2, 3, 4, 5):
        at = datetime(2026, 2, day, 23, 59, tzinfo=UTC)
        LedgerEntry.objects.create(tool=tool, kind="price_changed", new=f"Price {day}", at=at)

    response = client.get("/changes/?since=2026-02-03&until=2026-02-04&kind=price_changed")

    told = words(response)
    assert [day for day in (2, 3, 4, 5) if f"Price {day}" in told] == [3, 4]
    assert "Remove from 3 February 2026 to 4 February 2026" in told
    assert "/changes/?kind=price_changed" in links(response)


@pytest.mark.parametrize(
    "query",
    ["since=x", "until=0001-01-01", "since=9999-12-31&until=9999-12-31", "since=2026-02-30"],
)
def test_days_that_are_none_are_not_asked_for(client, query):
    make_tool(name="Open")

    assert "Open Added to the catalogue" in words(client.get(f"/changes/?{query}"))


def test_pages_of_some_days_stay_among_them(client):
    tool = make_tool(name="Tool")
    LedgerEntry.objects.bulk_create(
        LedgerEntry(tool=tool, kind="price_changed", new=f"Price {n}") for n in range(60)
    )

    response = client.get("/changes/?since=2026-01-01")

    assert "?since=2026-01-01&page=2" in links(response)
