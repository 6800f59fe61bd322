"""Sorted lists of tools by facets."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from reviews.listing.facets import Facets
from reviews.models import Listing
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.votes.ballots import make_votes
from tools.models import Tool
from votes.listed import ORDERS, in_order, listed_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    """A tool for every entry in two categories; some of them are reviewed, some have votes."""
    one, two, three = (make_reviewer() for _ in range(3))
    categories = [make_category(), make_category()]
    for place, (category, entry) in enumerate(product(categories, Tool.Entry.values)):
        tool = make_tool(category=category, entry=entry, name=f"Tool {place % 7}")
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


@pytest.mark.parametrize("order", ORDERS)
def test_known_tools_are_sorted_the_same_way(catalogue, order):
    some = list(Listing.objects.order_by("?").values_list("tool", flat=True)[:6])
    expected = [pk for pk in by_python(Facets(), order) if pk in some]

    assert in_order(some, order) == expected


def test_a_tool_is_not_listed_before_its_time(catalogue):
    Tool.objects.update(published_at=timezone.now() + timedelta(days=1))

    assert listed_ids(Facets(), "score", limit=100) == []
