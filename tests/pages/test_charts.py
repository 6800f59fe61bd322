from datetime import UTC, date, datetime, timedelta

import pytest

from pages.charts.entry_chart import entry_chart, stacked
from pages.charts.scale import Scale, score_scale, tick_step
from pages.charts.score_history import Moment, score_history
from pages.charts.votes_per_day import vote_chart
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.reading import words
from tools.actions import change_tool
from tools.ledger import write_correction
from tools.models import Tool

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_an_axis_lays_values_out_evenly_and_one_value_in_the_middle():
    assert [Scale(0, 10, 100, 0).at(value) for value in (0, 5, 10)] == [100, 50, 0]
    assert Scale(3, 3, 0, 80).at(3) == 40


@pytest.mark.parametrize(("span", "step"), [(1, 1), (3, 1), (4, 2), (7, 5), (31, 20), (301, 200)])
def test_ticks_are_one_two_or_five_times_a_power_of_ten(span, step):
    assert tick_step(span, most=3) == step


@pytest.mark.parametrize(
    ("scores", "ends"),
    [
        ((62, 71), (60, 80)),
        ((70,), (60, 80)),
        ((0, 100), (0, 100)),
        ((97,), (80, 100)),
        ((1,), (0, 20)),
    ],
)
def test_a_score_axis_is_cut_to_whole_tens_of_the_data(scores, ends):
    scale = score_scale(scores, 0, 1)

    assert (scale.low, scale.high) == ends


def test_the_vote_chart_has_axes_a_peak_and_rows_of_the_days_with_votes():
    chart = vote_chart([0, 4, 1], date(2026, 3, 3))

    assert chart.points == "30.0,104.0 220.0,10.0 410.0,80.5"
    assert [tick.label for tick in chart.y_ticks] == ["0", "2", "4"]
    assert [day for _, day, _ in chart.x_ticks] == [date(2026, 3, n) for n in (1, 2, 3)]
    assert chart.rows == ((date(2026, 3, 3), 1), (date(2026, 3, 2), 4))
    assert (chart.total, chart.peak) == (5, 4)
    assert vote_chart([0, 0], date(2026, 3, 3)) is None


def moments(*rows):
    return [Moment(START + timedelta(days=day), *rest) for day, *rest in rows]


def test_a_score_that_never_changed_has_no_picture():
    assert score_history(moments((0, 70.0, "ship", "Added")), START + timedelta(days=9)) is None


def test_the_history_steps_at_each_change_and_stops_where_there_is_no_score():
    chart = score_history(
        moments(
            (0, None, "none", "Added"),
            (25, 60.0, "ship", "Ship"),
            (50, None, "none", "Not reviewed yet"),
            (75, 40.0, "skip", "Skip"),
        ),
        START + timedelta(days=100),
    )

    # The axis runs from 30 to 70 over 144 units from below, and from 30 to 398 across.
    assert chart.path == "M122.0 60.0H214.0M306.0 132.0H398"
    assert [(mark.verdict, mark.label) for mark in chart.marks] == [
        ("ship", "60.0"),
        ("skip", "40.0"),
    ]
    assert [event.number for event in chart.events] == [1, 2, 3, 4]
    assert [row.number for row in chart.rows] == [4, 3, 2, 1]


def test_labels_that_would_overlap_leave_the_newer_one():
    chart = score_history(
        moments((0, 60.0, "ship", "Added"), (98, 70.0, "ship"), (99, 72.0, "ship")),
        START + timedelta(days=100),
    )

    assert [mark.label for mark in chart.marks] == ["60.0", "", "72.0"]


def test_the_label_of_todays_change_stands_left_of_its_mark():
    """Right of it the chart ends. The label before it gives way to both."""
    chart = score_history(
        moments((0, 60.0, "ship", "Added"), (85, 70.0, "ship"), (100, 72.0, "ship")),
        START + timedelta(days=100),
    )

    assert [mark.label_is_left for mark in chart.marks] == [False, False, True]
    assert [mark.label for mark in chart.marks] == ["60.0", "", "72.0"]


def test_numbers_of_events_that_would_overlap_leave_the_newest():
    chart = score_history(
        moments((0, None, "none", "Added"), (2, 60.0, "ship", "Ship"), (50, 70.0, "ship", "Paid")),
        START + timedelta(days=100),
    )

    assert [(event.number, event.has_room) for event in chart.events] == [
        (1, False),
        (2, True),
        (3, True),
    ]


def test_dots_that_would_overlap_are_stacked():
    assert stacked([100.0, 105.0, 112.0, 103.0]) == [0, 1, 0, 2]


@pytest.mark.django_db
def test_the_entry_chart_has_a_lane_per_entry_that_occurs_and_names_its_best():
    reviewer = make_reviewer()
    for name, entry, score in [("A", "free", 90), ("B", "free", 60), ("C", "paid", 70)]:
        publish_review(make_tool(name=name, entry=entry), reviewer, score)
    make_tool(name="Unscored", entry="trial")

    tools = list(Tool.objects.select_related("panel").order_by("name"))
    chart = entry_chart(tools)

    assert [(lane.label, lane.best, len(lane.dots)) for lane in chart.lanes] == [
        ("Free", "A", 2),
        ("Paid", "C", 1),
    ]
    assert chart.lanes[0].dots[0].title == "A: 90.0, Ship"
    assert entry_chart(tools[:1]) is None


@pytest.mark.django_db
def test_a_category_shows_the_picture_and_its_figures_as_a_table(client):
    category, reviewer = make_category(slug="category"), make_reviewer()
    for name, score in [("Ada", 90), ("Bert", 60)]:
        publish_review(make_tool(name=name, category=category), reviewer, score)

    page = client.get("/categories/category/")

    assert "Score by entry as a table" in words(page)
    assert "Ada Free 90.0, Ship Bert Free 60.0, Ship" in words(page)
    assert "style=" not in page.text


@pytest.mark.django_db
def test_a_tool_shows_its_score_over_time_with_events_as_a_table(client):
    builder, tool = make_reviewer("Builder"), make_tool(slug="tool")
    publish_review(tool, builder, 80)
    publish_review(tool, builder, 40, "skip", reason="It lost my data.")
    tool.refresh_from_db()
    tool.status = "paused"
    change_tool(tool=tool, reason="Its makers said so.")

    page = client.get("/tools/tool/")

    assert "40.0 4: Paused" in words(page)
    assert "40.0 3: Skip" in words(page)
    assert "80.0 2: Ship" in words(page)
    assert "None 1: Added" in words(page)
    assert "style=" not in page.text


@pytest.mark.django_db
def test_a_corrected_score_is_drawn_as_corrected(client):
    builder, tool = make_reviewer("Builder"), make_tool(slug="tool")
    publish_review(tool, builder, 80)
    publish_review(tool, builder, 40, "skip", reason="It lost my data.")
    entry = tool.ledger.get(kind="score", new=40)
    write_correction(entry=entry, new=45, references={}, reason="A slip of the pen.")

    assert "45.0 3: Skip" in words(client.get("/tools/tool/"))
