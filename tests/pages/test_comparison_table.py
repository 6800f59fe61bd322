"""The decision table: what differs, what is better, and what nobody knows."""

from datetime import date

import pytest

from comparisons.decision_table import decision_table
from reviews.queries import with_panel
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review
from tools.models import Fact, Tool
from votes.models import Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def tools():
    return [make_tool(name="Ada", slug="ada"), make_tool(name="Bert", slug="bert")]


def table_of(tools):
    facts = Fact.objects.filter(tool__in=tools).select_related("kind")
    return decision_table(
        list(with_panel(Tool.objects.filter(pk__in=[tool.pk for tool in tools]))), facts
    )


def row(tools, label):
    """The row of that label, None if the table has none."""
    rows = [row for group in table_of(tools).groups for row in group.rows]
    return next((row for row in rows if row.label == label), None)


def texts(row):
    return [cell.text for cell in row.cells]


def better(row):
    return [cell.is_better for cell in row.cells]


def facts_of(tools, kind, *values):
    for tool, value in zip(tools, values, strict=True):
        if value is not None:
            make_fact(tool, kind, value)


def test_the_rows_come_in_their_order(tools):
    facts_of(tools, make_fact_kind(name="Late", group="Model", position=2), "a", "a")
    facts_of(tools, make_fact_kind(name="Early", group="Access", position=1), "a", "a")
    facts_of(tools, make_fact_kind(name="Last", group="Access", position=3), "a", "a")

    assert [
        (group.heading, [row.label for row in group.rows]) for group in table_of(tools).groups
    ] == [
        ("Verdict", ["Panel verdict", "Community"]),
        ("What it is", ["Pricing", "Entry", "Best for", "Skip if", "Category", "Status"]),
        ("Access", ["Early", "Last"]),
        ("Model", ["Late"]),
    ]


def test_the_panel_verdict_stands_with_its_counts(tools):
    publish_review(tools[0], make_reviewer(), 88)

    assert texts(row(tools, "Panel verdict")) == ["Ship · 1 ship / 0 skip", "Not reviewed yet"]


def test_the_higher_panel_score_alone_is_not_better(tools):
    reviewer = make_reviewer()
    publish_review(tools[0], reviewer, 70)
    publish_review(tools[1], reviewer, 71)

    assert texts(row(tools, "Panel score")) == ["70.0/100", "71.0/100"]
    assert better(row(tools, "Panel score")) == [False, False]


def test_the_score_of_the_pick_is_better_and_no_other(tools):
    reviewer = make_reviewer()
    for tool, score in zip(tools, (70, 71), strict=True):
        publish_review(tool, reviewer, score)

    marked = table_of(tools).with_better_score(0)

    assert better(marked.verdict.rows[1]) == [True, False]
    assert better(table_of(tools).with_better_score(None).verdict.rows[1]) == [False, False]


def test_one_panel_score_alone_is_not_better_than_unknown(tools):
    publish_review(tools[0], make_reviewer(), 70)

    assert texts(row(tools, "Panel score")) == ["70.0/100", "unknown"]
    assert better(row(tools, "Panel score")) == [False, False]


def test_the_community_row_shows_the_tally_of_each_tool(tools):
    community = row(tools, "Community")

    assert [cell.tally_of for cell in community.cells] == tools
    assert not community.differs


@pytest.mark.parametrize(
    ("first", "second", "differs"),
    [((50, 50), (65, 35), True), ((50, 50), (60, 40), False), ((9, 0), (0, 60), False)],
)
def test_the_community_row_differs_where_newcombe_says_so(tools, first, second, differs):
    for tool, (ships, skips) in zip(tools, (first, second), strict=True):
        Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)

    assert row(tools, "Community").differs == differs


def test_free_text_is_never_marked_and_is_kept_among_the_differences(tools):
    Tool.objects.filter(slug="ada").update(pricing="From $9", best_for="Somebody else.")

    assert not row(tools, "Pricing").differs
    assert not row(tools, "Best for").differs
    assert [each.label for each in table_of(tools).only_differences().offer.rows] == [
        "Pricing", "Best for",
    ]  # fmt: skip


def test_values_are_compared_by_type_and_not_by_how_they_are_written(tools):
    facts_of(tools, make_fact_kind(name="Licence"), "MIT", "mit ")
    facts_of(tools, make_fact_kind("number", name="Window"), 16, "16.0000")

    assert not row(tools, "Licence").differs
    assert not row(tools, "Window").differs


def test_what_to_choose_by_is_entry_and_facts_that_differ(tools):
    Tool.objects.filter(slug="ada").update(entry="paid", pricing="$9", status="paused")
    facts_of(tools, make_fact_kind(name="Licence"), "MIT", "Apache-2.0")
    facts_of(tools, make_fact_kind(name="Hosted"), "a", None)

    assert table_of(tools).differing_offer == ["Entry", "Licence"]


@pytest.mark.parametrize(
    ("direction", "values", "marked"),
    [
        ("higher", [8, 16], [False, True]),
        ("lower", [8, 16], [True, False]),
        ("", [8, 16], [False, False]),
        ("higher", [16, 16], [False, False]),
        ("higher", [16, None], [False, False]),
    ],
)
def test_the_direction_of_a_kind_says_what_is_better(tools, direction, values, marked):
    facts_of(tools, make_fact_kind("number", name="Window", better=direction), *values)

    assert better(row(tools, "Window")) == marked


def test_a_tie_for_the_best_of_three_marks_nobody(tools):
    tools.append(make_tool(name="Cleo", slug="cleo"))
    facts_of(tools, make_fact_kind("number", name="Window", better="higher"), 16, 16, 8)

    assert better(row(tools, "Window")) == [False, False, False]


def test_unknown_is_neither_equal_to_no_nor_different_from_it(tools):
    facts_of(tools, make_fact_kind("boolean", name="Hosted"), False, None)
    hosted = row(tools, "Hosted")

    assert texts(hosted) == ["No", "unknown"]
    assert (hosted.differs, hosted.is_same) == (False, False)


def test_a_row_that_is_unknown_for_all_is_left_out(tools):
    make_fact_kind(name="Window")

    assert row(tools, "Window") is None
    assert row(tools, "Panel score") is None


def test_values_are_printed_with_separators_and_unit(tools):
    facts_of(tools, make_fact_kind("number", name="Window", unit="tokens"), 200_000, 7.5)
    facts_of(tools, make_fact_kind("boolean", name="Hosted"), True, False)
    facts_of(tools, make_fact_kind("number", name="Since", unit="year"), 2023, 2024)

    assert texts(row(tools, "Window")) == ["200,000 tokens", "7.5 tokens"]
    assert texts(row(tools, "Hosted")) == ["Yes", "No"]
    assert texts(row(tools, "Since")) == ["2023", "2024"]


def test_a_fact_names_its_source_and_the_day_it_was_seen(tools):
    make_fact(tools[0], make_fact_kind(name="Licence"), "MIT", observed_on=date(2026, 6, 30))

    source = row(tools, "Licence").cells[0].source
    assert (source.url, source.host, source.observed_on) == (
        "https://source.example/",
        "source.example",
        date(2026, 6, 30),
    )


def test_a_discontinued_tool_names_its_day_and_its_successor(tools):
    Tool.objects.filter(slug="ada").update(
        status="discontinued", status_date=date(2026, 5, 31), successor=tools[1]
    )

    assert texts(row(tools, "Status")) == [
        "Discontinued on 31 May 2026; use Bert",
        "Active",
    ]
    assert row(tools, "Status").cells[0].link == "/tools/bert/"


def test_a_successor_that_readers_may_not_see_is_not_named(tools):
    draft = make_tool(published=False)
    Tool.objects.filter(slug="ada").update(status="discontinued", successor=draft)

    assert texts(row(tools, "Status"))[0] == "Discontinued"


def test_only_differences_hides_what_is_the_same_and_nothing_that_is_unknown(tools):
    facts_of(tools, make_fact_kind(name="Same", group="Facts"), "a", "a")
    facts_of(tools, make_fact_kind(name="Partly", group="Facts"), "a", None)
    facts_of(tools, make_fact_kind(name="Other", group="Facts"), "a", "b")

    assert [
        (group.heading, [row.label for row in group.rows])
        for group in table_of(tools).only_differences().groups
    ] == [("Facts", ["Other", "Partly"])]


def test_what_the_page_says_above_the_table_is_marked_in_it(tools):
    Tool.objects.update(best_for="Everybody.", pricing="Free.")

    assert row(tools, "Best for").is_above
    assert not row(tools, "Pricing").is_above
