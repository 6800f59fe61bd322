"""The stored close calls: computed by a job, and equal to what a new computation gives."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from pages.management.commands.recount import STORED
from reviews.close_calls import CLOSE_CALLS
from reviews.models import CloseCall
from reviews.tasks import refresh_stored_figures
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import unpublish_tool
from tools.models import Tool
from votes.page_validators import FIGURES_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(db):
    """Make a tool with a score by each of three reviewers."""
    panel = [make_reviewer() for _ in range(3)]

    def make(name, *scores, **fields):
        tool = make_tool(name=name, slug=name.lower(), **fields)
        for reviewer, score in zip(panel, scores, strict=True):
            publish_review(tool, reviewer, score)
        return tool

    return make


def stored():
    return [(pair.first.name, pair.second.name, pair.gap) for pair in CloseCall.objects.all()]


def test_the_job_stores_the_nearest_pairs_of_each_category(scored):
    one, other = make_category(), make_category()
    scored("Ada", 80, 80, 80, category=one)
    scored("Bert", 81, 81, 80, category=one)
    scored("Cleo", 70, 70, 70, category=other)
    scored("Dora", 71, 71, 71, category=other)

    refresh_stored_figures(timestamp=0)

    assert stored() == [("Ada", "Bert", Decimal("0.6667")), ("Cleo", "Dora", Decimal("1.0000"))]


def test_a_tool_that_ended_is_in_no_close_call(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    CLOSE_CALLS.refresh()

    Tool.objects.filter(slug="bert").update(status="discontinued")

    assert CLOSE_CALLS.refresh() is True
    assert stored() == []


def test_a_category_that_lost_its_last_tool_keeps_no_close_calls(scored):
    tools = [scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)]
    CLOSE_CALLS.refresh()

    for tool in tools:
        unpublish_tool(tool=tool, reason="Both are gone.")
    CLOSE_CALLS.refresh()

    assert stored() == []


def test_the_same_pairs_are_not_written_again(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    CLOSE_CALLS.refresh()
    before = CloseCall.objects.get().pk

    assert CLOSE_CALLS.recount() == 0
    assert CloseCall.objects.get().pk == before


def test_new_pairs_make_kept_pages_new(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    before = FIGURES_PAGE.read({})

    CLOSE_CALLS.refresh()

    assert FIGURES_PAGE.read({}) != before


def test_a_difference_is_found_and_rebuilt(scored):
    ada, bert = scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)
    CLOSE_CALLS.refresh()
    assert list(CLOSE_CALLS.differences()) == []

    CloseCall.objects.update(gap=5)

    assert list(CLOSE_CALLS.differences()) == [
        f"close call {ada.pk}/{bert.pk}: gap is 5.0000, not 1.0000"
    ]
    assert CLOSE_CALLS.recount() == 1
    assert list(CLOSE_CALLS.differences()) == []


def test_what_changed_since_is_left_to_the_job(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    CLOSE_CALLS.refresh()

    Tool.objects.filter(slug="bert").update(status="paused")

    assert list(CLOSE_CALLS.differences()) == []


def test_recount_proves_close_calls():
    assert STORED["Close calls"] is CLOSE_CALLS


def test_a_pair_is_stored_once_and_one_way(scored):
    ada, bert = scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)
    CLOSE_CALLS.refresh()

    for first, second, rule in [
        (ada, bert, "one_close_call_per_pair"),
        (bert, ada, "close_call_names_the_older_tool_first"),
    ]:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            CloseCall.objects.create(first=first, second=second, gap=1)
