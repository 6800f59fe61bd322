"""Sorted lists of tools by facets."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from reviews.listing.facets import Facets, fact_value
from reviews.models import Listing
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.votes.ballots import make_votes
from tools.models import FactKind, Tool
from votes import listed
from votes.listed import ORDERS, in_order, listed_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    """A tool for every entry in two categories; some of them are reviewed, some have votes."""
    one, two, three = (make_reviewer() for _ in range(3))
    categories = [make_category(), make_category()]
    licence = make_fact_kind(slug="licence", is_filter=True)
    for place, (category, entry) in enumerate(product(categories, Tool.Entry.values)):
        status = "paused" if place % 4 == 1 else "active"
        tool = make_tool(category=category, entry=entry, status=status, name=f"Tool {place % 7}")
        if place % 2 == 0:
            make_fact(tool, licence, "MIT" if place % 3 else "It's \\ own")
        if place % 3 == 0:
            for reviewer in (one, two, three):
                publish_review(tool, reviewer, 50 + place, "ship" if place % 2 else "skip")
        if place % 4 == 0:
            make_votes(tool, ships=10 + place, skips=5)
    make_tool(category=categories[0], published=False)
    return categories


def by_python(facets, order):
    """The same list, sorted here."""

    def key(row):
        value = {
            "score": row.ranking_score,
            "community": row.tool.tally.rank_bound,
            "newest": row.last_reviewed_on and row.last_reviewed_on.toordinal(),
            "divisive": row.spread,
            "name": 0,
        }[order]
        name = "" if order == "community" else row.name
        return value is None, -(value or 0), name, row.tool_id

    rows = Listing.objects.select_related("tool__tally")
    wanted = {
        name: value
        for name, value in [
            ("category", facets.category),
            ("entry", facets.entry),
            ("verdict", facets.verdict),
            ("status", facets.status),
            ("fact_values__contains", list(facets.values)),
        ]
        if value
    }
    return [row.tool_id for row in sorted(rows.filter(**wanted), key=key)]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_and_filter_lists_what_sorting_all_tools_gives(catalogue, order):
    choices = product([None, *catalogue], ["", "free", "paid"], ["", "none", "ship", "skip"])
    for category, entry, verdict in choices:
        facets = Facets(category, entry, verdict)
        expected = by_python(facets, order)

        assert listed_ids(facets, order, limit=100) == expected
        assert listed_ids(facets, order, limit=2, offset=1) == expected[1:3]
        assert facets.count() == len(expected)


@pytest.mark.parametrize("scanned", [1000, 3])
@pytest.mark.parametrize("order", ORDERS)
def test_status_and_facts_filter_every_list_also_beyond_its_beginning(
    catalogue, monkeypatch, order, scanned
):
    monkeypatch.setattr(listed, "SCANNED", scanned)
    kind = FactKind.objects.get()
    values = [(), (fact_value(kind, "MIT"),), (fact_value(kind, "It's \\ own"),)]
    for category, status, value in product([None, catalogue[0]], ["", "active", "paused"], values):
        facets = Facets(category, status=status, values=value)
        expected = by_python(facets, order)

        assert listed_ids(facets, order, limit=100) == expected
        assert listed_ids(facets, order, limit=2, offset=1) == expected[1:3]
        assert facets.count() == len(expected)


def test_a_list_of_more_than_is_looked_through_begins_with_the_first_ones(catalogue, monkeypatch):
    monkeypatch.setattr(listed, "SCANNED", 3)
    monkeypatch.setattr(listed, "MATCHING", 2)
    expected = by_python(Facets(status="active"), "name")

    found = listed_ids(Facets(status="active"), "name", limit=100)

    assert found[:2] == expected[:2]
    assert 2 <= len(found) <= 5
    assert found == [pk for pk in expected if pk in found]


@pytest.mark.parametrize("order", ORDERS)
def test_known_tools_are_sorted_the_same_way(catalogue, order):
    some = list(Listing.objects.order_by("?").values_list("tool", flat=True)[:6])
    expected = [pk for pk in by_python(Facets(), order) if pk in some]

    assert in_order(some, order) == expected


def test_a_tool_is_not_listed_before_its_time(catalogue):
    Tool.objects.update(published_at=timezone.now() + timedelta(days=1))

    assert listed_ids(Facets(), "score", limit=100) == []
