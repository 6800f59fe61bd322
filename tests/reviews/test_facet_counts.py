"""How many tools each choice of a facet lists, beside what else is chosen."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from reviews.listing import facet_counts
from reviews.listing.counts import COUNTS, fold_counts
from reviews.listing.facet_counts import count_by_facets, count_found
from reviews.listing.facets import Facets, fact_value, kind_of
from reviews.listing.query import understand
from reviews.models import Listing, ListingCount
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.models import Fact, FactKind, Tool
from tools.models.fact import MOST_FILTER_VALUES

pytestmark = pytest.mark.django_db

TOOLS = COUNTS["Tools by facet"]


class Catalogue:
    def __init__(self):
        self.categories = [make_category(), make_category()]
        self.licence = make_fact_kind(is_filter=True)
        self.hosting = make_fact_kind("boolean", is_filter=True)
        make_fact_kind()
        reviewer = make_reviewer()
        for n, (category, entry) in enumerate(product(self.categories * 2, ["free", "paid"])):
            status = "paused" if n % 3 == 0 else "active"
            name = f"Editor {n}" if n % 4 else f"Viewer {n}"
            tool = make_tool(category=category, entry=entry, status=status, name=name)
            if n % 2:
                publish_review(tool, reviewer, 80)
            make_fact(tool, self.licence, "MIT" if n % 3 else "It's \\ own")
            if n != 2:
                make_fact(tool, self.hosting, n % 4 < 2)
        make_tool(published=False)

    @property
    def kinds(self):
        return [self.licence.pk, self.hosting.pk]

    def choices(self):
        """Every combination of some choices of each facet."""
        licences = [
            (),
            (fact_value(self.licence, "MIT"),),
            (fact_value(self.licence, "It's \\ own"),),
        ]
        hostings = [(), (fact_value(self.hosting, "yes"),)]
        for category, entry, verdict, status, licence, hosting in product(
            [None, self.categories[0]],
            ["", "paid"],
            ["", "ship"],
            ["", "paused"],
            licences,
            hostings,
        ):
            yield Facets(category, entry, verdict, status, licence + hosting)


@pytest.fixture
def catalogue():
    return Catalogue()


def by_python(facets, kinds, rows):
    """The same counts, one facet after the other."""

    def matching(**dropped):
        wanted = replace(facets, **dropped)
        return [
            row
            for row in rows
            if (not wanted.category or row.category_id == wanted.category.pk)
            and wanted.entry in ("", row.entry)
            and wanted.verdict in ("", row.verdict)
            and wanted.status in ("", row.status)
            and set(wanted.values) <= set(row.fact_values)
        ]

    counts = defaultdict(lambda: defaultdict(int))
    for name in ["category", "entry", "verdict", "status"]:
        for row in matching(**{name: None if name == "category" else ""}):
            counts[name][str(getattr(row, "category_id" if name == "category" else name))] += 1
    for kind in map(str, kinds):
        others = tuple(value for value in facets.values if kind_of(value) != kind)
        for row in matching(values=others):
            for value in row.fact_values:
                if kind_of(value) == kind:
                    counts[kind][value] += 1
    return len(matching()), {name: dict(found) for name, found in counts.items()}


def of_facets(counts):
    return {
        name: found
        for name, found in counts.by_facet.items()
        if name not in ("", "is_more") and found
    }


def test_counts_are_those_of_all_tools_for_every_choice_of_the_other_facets(catalogue):
    rows = list(Listing.objects.all())
    for facets in catalogue.choices():
        counts = count_by_facets(facets, catalogue.kinds)

        assert (counts.total, of_facets(counts)) == by_python(facets, catalogue.kinds, rows)
        assert (counts.is_more, counts.lower_bounds) == (False, ()) or counts.lower_bounds == []


def test_counts_of_a_search_are_those_of_the_tools_that_match(catalogue):
    rows = list(Listing.objects.filter(name__startswith="Editor"))
    for facets in catalogue.choices():
        counts = count_found(understand("editor"), facets, catalogue.kinds)

        assert (counts.total, of_facets(counts)) == by_python(facets, catalogue.kinds, rows)
        assert not counts.is_more


def test_more_tools_than_are_counted_give_lower_bounds(catalogue, monkeypatch):
    monkeypatch.setattr(facet_counts, "MOST", 1)
    licence, hosting = fact_value(catalogue.licence, "MIT"), fact_value(catalogue.hosting, "yes")

    one = count_by_facets(Facets(values=(licence,)), catalogue.kinds)
    both = count_by_facets(Facets(values=(licence, hosting)), catalogue.kinds)
    found = count_found(understand("editor"), Facets(), catalogue.kinds)

    # What is stored stays exact beside one value.
    assert (one.total, one.lower_bounds) == (5, [str(catalogue.hosting.pk)])
    assert both.is_more
    assert both.total >= 1
    assert found.is_more
    assert "entry" in found.lower_bounds


def test_only_choices_beside_chosen_ones_are_lower_bounds_if_all_that_match_are_counted(
    catalogue, monkeypatch
):
    monkeypatch.setattr(facet_counts, "MOST", 2)
    values = (fact_value(catalogue.licence, "MIT"), fact_value(catalogue.hosting, "yes"))

    counts = count_by_facets(Facets(entry="paid", values=values), catalogue.kinds)

    # Two tools have both values and are paid, three have both values.
    assert (counts.total, counts.is_more) == (2, False)
    assert counts.lower_bounds == ["entry", *map(str, catalogue.kinds)]


def test_counts_follow_a_fact_and_a_status_in_the_same_transaction(catalogue):
    value = fact_value(catalogue.licence, "MIT")
    before = count_by_facets(Facets(status="paused"), catalogue.kinds)

    Fact.objects.filter(text="MIT").update(text="Apache-2.0")
    Tool.objects.update(status="paused")

    after = count_by_facets(Facets(status="paused"), catalogue.kinds)
    assert (before.total, after.total) == (3, 8)
    assert value not in after.by_facet[str(catalogue.licence.pk)]
    assert (
        after.by_facet[str(catalogue.licence.pk)][fact_value(catalogue.licence, "Apache-2.0")] == 5
    )
    assert list(TOOLS.differences()) == []


def test_a_kind_that_becomes_a_filter_is_counted_and_one_that_is_none_any_more_is_not(catalogue):
    FactKind.objects.update(is_filter=False)
    fold_counts()
    assert not ListingCount.objects.exclude(value="").exists()
    assert list(TOOLS.differences()) == []

    FactKind.objects.filter(pk=catalogue.licence.pk).update(is_filter=True)

    counts = count_by_facets(Facets(), [catalogue.licence.pk])
    assert sum(counts.by_facet[str(catalogue.licence.pk)].values()) == 8
    assert str(catalogue.hosting.pk) not in counts.by_facet
    assert list(TOOLS.differences()) == []


def test_long_texts_and_numbers_are_no_values_of_a_filter():
    tool = make_tool()
    make_fact(tool, make_fact_kind(), "x" * 61)
    make_fact(tool, make_fact_kind("number"), 3)
    longest = make_fact_kind()
    make_fact(tool, longest, "x" * 60)

    assert Listing.objects.get().fact_values == [fact_value(longest, "x" * 60)]


def test_a_kind_of_numbers_is_no_filter():
    with pytest.raises(IntegrityError, match="filters_are_texts_or_yes_or_no"):
        make_fact_kind("number", is_filter=True)


def test_a_kind_with_too_many_values_is_no_filter():
    kind = make_fact_kind()
    for n in range(MOST_FILTER_VALUES):
        make_fact(make_tool(), kind, f"Licence {n}")
    kind.is_filter = True
    kind.full_clean()

    make_fact(make_tool(), kind, "One more")

    with pytest.raises(ValidationError, match="more than 30 different values"):
        kind.full_clean()
