"""The stored close calls: computed by a job, and the same as computed anew."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from pages.management.commands.recount import STORED
from reviews import close_calls
from reviews.models import CloseCall
from reviews.tasks import refresh_close_calls
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import unpublish_tool
from tools.models import CatalogVersion, Tool

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

    refresh_close_calls(timestamp=0)

    assert stored() == [("Ada", "Bert", Decimal("0.6667")), ("Cleo", "Dora", Decimal("1.0000"))]


def test_only_changed_categories_are_computed_anew(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    assert close_calls.refresh() == 1

    assert close_calls.refresh() == 0
    Tool.objects.filter(slug="bert").update(status="discontinued")
    assert close_calls.refresh() == 1
    assert stored() == []


def test_a_category_that_lost_its_last_tool_keeps_no_close_calls(scored):
    tools = [scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)]
    close_calls.refresh()

    for tool in tools:
        unpublish_tool(tool=tool, reason="Both are gone.")
    close_calls.refresh()

    assert stored() == []


def test_the_same_pairs_are_not_written_again(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    close_calls.refresh()
    before = CatalogVersion.objects.get().number

    assert close_calls.recount() == 0
    assert CatalogVersion.objects.get().number == before


def test_new_pairs_make_kept_pages_new(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    before = CatalogVersion.objects.get().number

    close_calls.refresh()

    assert CatalogVersion.objects.get().number > before


def test_a_difference_is_found_and_rebuilt(scored):
    ada, bert = scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)
    close_calls.refresh()
    assert list(close_calls.differences()) == []

    CloseCall.objects.update(gap=5)

    assert list(close_calls.differences()) == [
        f"{ada.category}: close calls are [(Decimal('5.0000'), {ada.pk}, {bert.pk})], "
        f"not [(Decimal('1.0000'), {ada.pk}, {bert.pk})]"
    ]
    assert close_calls.recount() == 1
    assert list(close_calls.differences()) == []


def test_what_changed_since_is_left_to_the_job(scored):
    scored("Ada", 80, 80, 80)
    scored("Bert", 81, 81, 81)
    close_calls.refresh()

    Tool.objects.filter(slug="bert").update(status="paused")

    assert list(close_calls.differences()) == []


def test_recount_proves_close_calls():
    assert STORED["Close calls"] is close_calls


def test_a_pair_is_stored_once_and_one_way(scored):
    ada, bert = scored("Ada", 80, 80, 80), scored("Bert", 81, 81, 81)
    close_calls.refresh()
    pair = CloseCall.objects.get()

    for first, second, rule in [
        (ada, bert, "one_close_call_per_pair"),
        (bert, ada, "close_call_names_the_older_tool_first"),
    ]:
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            CloseCall.objects.create(list=pair.list, first=first, second=second, gap=1)
