"""The newest events of the change log, as the home page and the page of a tool read them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.latest_entries import latest_entries, latest_entries_of
from reviews.queries import with_reviewers
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool, correct_ledger
from tools.ledger import corrected
from tools.ledger_words import event_texts
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


def change(tool, **fields):
    for name, value in fields.items():
        setattr(tool, name, value)
    change_tool(tool=tool)


def make_history():
    """A tool with an entry of each kind of reference, and a corrected review."""
    tool = make_tool()
    publish_review(tool, make_reviewer("Skeptic"), 80)
    make_fact(tool, make_fact_kind(), "MIT")
    change(tool, category=make_category())
    change(tool, status="renamed", successor=make_tool())
    review = tool.ledger.get(kind="reviewed")
    correct_ledger(entry=review, correction=review.new, reason="Typed wrongly.")
    return tool


def worded(entries):
    return [(text.tool, text.at, text.lines, text.reasons) for text in event_texts(entries)]


def test_entries_come_with_all_that_their_wording_prints(django_assert_num_queries):
    tool = make_history()
    expected = worded(with_reviewers(tool.ledger.public().with_references()))

    entries = latest_entries_of(tool, 20)
    corrected(entries)
    with django_assert_num_queries(3):  # the corrections and what they correct
        found = worded(entries)

    assert found == expected
    assert "Skeptic" in str(found)
    assert len(found) == 6


def test_the_latest_entries_of_the_site_are_of_all_tools():
    make_history()

    found = latest_entries(20)

    assert worded(found) == worded(with_reviewers(LedgerEntry.objects.public().with_references()))
    assert len({entry.tool_id for entry in found}) == 2


def test_the_latest_events_are_whole():
    tool = make_tool()
    change(tool, name="Bea", pricing="$5", tagline="Two.")

    entries = latest_entries_of(tool, 1)

    assert {entry.kind for entry in entries} == {"name", "pricing", "tagline"}
    assert {entry.kind for entry in latest_entries(1)} == {"name", "pricing", "tagline"}


def test_an_entry_in_the_future_is_not_read():
    scheduled = make_tool(published_at=timezone.now() + timedelta(days=1))

    assert latest_entries(5) == []
    assert latest_entries_of(scheduled, 5) == []


@pytest.mark.parametrize("changes", [1, 7])
def test_any_number_of_entries_takes_two_queries(django_assert_num_queries, changes):
    tool = make_tool()
    for number in range(changes):
        change(tool, pricing=f"${number}")

    with django_assert_num_queries(2):
        latest_entries(5)
    with django_assert_num_queries(1):
        latest_entries_of(tool, 5)
