"""The picture from which a burst is selected, and the times of the list of votes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool
from tests.pages.reading import words
from tests.votes.ballots import make_vote, make_votes
from votes.burst_chart import build_burst_chart
from votes.models import Vote, VoteDay
from votes.time_window import TimeWindow, last_days

pytestmark = pytest.mark.django_db

VOTES = reverse("admin:votes_vote_changelist")
AT = datetime(2026, 3, 9, 14, 5, 30, tzinfo=UTC)
DAY = "2026-03-09T00:00:00Z/2026-03-10T00:00:00Z"
HOUR = "2026-03-09T14:00:00Z/2026-03-09T15:00:00Z"
MINUTE = "2026-03-09T14:05:00Z/2026-03-09T14:06:00Z"


@pytest.fixture
def ada():
    """A tool with votes at 14:05:30 (three), 14:05:59, 14:06:00 and 16:00:00."""
    tool = make_tool(name="Ada", slug="ada")
    for seconds in [0, 0, 0, 29, 30, 30 + 114 * 60]:
        at = AT + timedelta(seconds=seconds)
        make_vote(tool, cast_at=at, changed_at=at)
    make_vote(make_tool(), cast_at=AT, changed_at=AT)
    return tool


def listed(response):
    return list(response.context["cl"].result_list)


def shown(chart):
    return [(f"{column.window.start:%d %H:%M:%S}", column.count) for column in chart.columns]


# Times in addresses


def test_a_time_is_read_as_it_is_written():
    window = TimeWindow.parse(MINUTE)

    assert window == TimeWindow(AT.replace(second=0), AT.replace(minute=6, second=0))
    assert str(window) == MINUTE


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "/", MINUTE + "Z", MINUTE + "\n", " " + MINUTE, MINUTE.replace("Z", ""), MINUTE.partition("/")[0],
        "2026-03-09T14:06:00Z/2026-03-09T14:05:00Z", "2026-03-09T14:05:00Z/2026-03-09T14:05:00Z",
        "2026-02-30T14:05:00Z/2026-03-09T14:05:00Z", "2026-03-09T24:05:00Z/2026-03-10T14:05:00Z",
        "0001-01-01T00:00:00Z/9999-12-31T23:59:59Z", "٢٠٢٦-03-09T14:05:00Z/2026-03-09T14:06:00Z", "9" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(publisher, ada, text):
    assert TimeWindow.parse(text) is None

    response = publisher.get(VOTES, {"tool": "ada", "time": text})

    assert response.status_code == 200
    assert listed(response) == ([] if text else listed(publisher.get(VOTES, {"tool": "ada"})))


def test_the_longest_and_the_earliest_times_are_answered(publisher, ada):
    for text in [
        "2000-01-01T00:00:00Z/2099-12-31T23:59:59Z",
        "2000-01-01T00:00:00Z/2000-01-01T00:00:01Z",
        "2099-12-31T23:59:58Z/2099-12-31T23:59:59Z",
    ]:
        assert publisher.get(VOTES, {"tool": "ada", "time": text}).status_code == 200


# The list


def test_the_list_prints_seconds(publisher, ada):
    assert "9\xa0Mar\xa02026, 14:05:59\xa0UTC" in publisher.get(VOTES).text


def test_a_selected_time_lists_its_votes_from_its_start_to_before_its_end(publisher, ada):
    votes = listed(publisher.get(VOTES, {"tool": "ada", "time": MINUTE}))

    assert [f"{vote.changed_at:%H:%M:%S}" for vote in votes] == ["14:05:59", *["14:05:30"] * 3]
    assert {vote.tool for vote in votes} == {ada}


def test_a_time_without_a_tool_lists_nothing(publisher, ada):
    assert listed(publisher.get(VOTES, {"time": MINUTE})) == []


def test_the_filters_narrow_each_other(publisher, ada):
    wanted = make_vote(ada, rule="pace", network=b"\xab\xcd" * 8, changed_at=AT)
    query = {"tool": "ada", "time": MINUTE, "network": "abcdabcd", "rule__exact": "pace"}

    assert listed(publisher.get(VOTES, query)) == [wanted]
    assert listed(publisher.get(VOTES, query | {"network": "01010101"})) == []


# The picture


def test_hours_minutes_and_seconds_are_counted(ada):
    charts = {text: build_burst_chart(ada, TimeWindow.parse(text)) for text in [DAY, HOUR, MINUTE]}

    assert {chart.step: shown(chart) for chart in charts.values()} == {
        "hour": [("09 14:00:00", 5), ("09 16:00:00", 1)],
        "minute": [("09 14:05:00", 4), ("09 14:06:00", 1)],
        "second": [("09 14:05:30", 3), ("09 14:05:59", 1)],
    }
    assert [str(chart.wider) for chart in charts.values()] == ["None", DAY, HOUR]


def test_days_are_read_from_the_stored_counts(ada):
    today = timezone.now().date()
    VoteDay.objects.all().delete()
    for days, event, count in [
        (0, "cast", 7),
        (1, "cast", 5),
        (1, "changed", 2),
        (1, "held", 4),
        (60, "cast", 9),
    ]:
        day = today - timedelta(days=days)
        VoteDay.objects.create(tool=ada, day=day, event=event, count=count)

    chart = build_burst_chart(ada, last_days(60, timezone.now()))

    assert (chart.step, [column.count for column in chart.columns]) == ("day", [7, 7])
    assert chart.columns[-1].window.end == last_days(1, timezone.now()).end
    assert chart.wider is None


def test_a_bar_stands_where_its_time_is_and_is_as_high_as_its_count(ada):
    chart = build_burst_chart(ada, TimeWindow.parse(MINUTE))

    first, last = chart.columns
    assert (first.x, first.width, first.y, first.height) == (360.9, 10.2, 0, 120)
    assert (last.x, last.y, last.height) == (708.9, 80, 40)
    assert all(column.x >= 0 and column.x + column.width <= chart.width for column in chart.columns)


def test_one_vote_is_seen_beside_thousands(ada):
    VoteDay.objects.all().delete()
    for days, count in [(0, 100_000), (1, 1)]:
        day = timezone.now().date() - timedelta(days=days)
        VoteDay.objects.create(tool=ada, day=day, event="cast", count=count)

    assert build_burst_chart(ada, last_days(60, timezone.now())).columns[0].height == 2


def test_each_bar_leads_to_its_votes_and_the_table_says_the_same(publisher, ada):
    response = publisher.get(VOTES, {"tool": "ada", "time": HOUR})

    link = f"?tool=ada&amp;time={MINUTE}"
    assert response.text.count(f'href="{link}"') == 2
    assert f'<a href="{link}" aria-label="9 Mar 2026, 14:05:00 UTC: 4">' in response.text
    said = words(response)
    assert "Votes on Ada per minute" in said
    assert "5 votes, at most 4 in one minute." in said
    assert "From (UTC) Votes 9 Mar 2026, 14:05:00 4 9 Mar 2026, 14:06:00 1" in said


def test_a_time_leads_to_the_page_that_voids_it(publisher, ada):
    response = publisher.get(VOTES, {"tool": "ada", "time": MINUTE, "network": "01010101"})

    page = publisher.get(response.context["void_burst"])
    assert page.context["preview"].votes == 4
    assert page.context["burst"].cleaned_data["network"] == "01010101"
    assert 'name="since" value="2026-03-09T14:05:00"' in page.text
    assert "Void the votes of this time…" in response.text


def test_an_editor_sees_the_picture_and_voids_nothing(ada):
    response = sign_in(make_staff("Editor")).get(VOTES, {"tool": "ada", "time": MINUTE})

    assert "Votes on Ada per second" in response.text
    assert "Void the votes" not in response.text


def test_a_tool_without_votes_says_so(publisher):
    make_tool(name="Bea", slug="bea")

    response = publisher.get(VOTES, {"tool": "bea"})

    assert "UTC. No votes." in words(response)
    assert "<svg viewBox" not in response.text


@pytest.mark.parametrize("tool", ["nobody", "'", "x" * 9000])
def test_no_picture_without_a_tool(publisher, tool):
    assert "burst_chart" not in publisher.get(VOTES, {"tool": tool}).context


@pytest.mark.parametrize("votes", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [({}, 12), ({"time": HOUR}, 12)])
def test_the_picture_costs_the_same_queries_whatever_it_shows(
    publisher, django_assert_num_queries, votes, query, queries
):
    make_votes(make_tool(slug="bea"), ships=votes, changed_at=AT)

    with django_assert_num_queries(queries):
        publisher.get(VOTES, {"tool": "bea"} | query)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"tool": "ada"}, "vote_tool_changed"),
        ({"network": "01010101"}, "vote_network"),
        ({"rule__exact": "staff"}, "vote_rule"),
        ({"state__exact": "held"}, "vote_state_tool_changed"),
        ({"tool": "ada", "time": HOUR}, "vote_tool_changed"),
    ],
)
def test_an_index_serves_each_filter(publisher, ada, query, index):
    other = make_tool()
    Vote.objects.bulk_create(
        Vote(tool=other, choice="ship", network=n.to_bytes(16)) for n in range(3000)
    )
    with CaptureQueriesContext(connection) as asked:
        publisher.get(VOTES, query)
    (statement,) = [
        entry["sql"]
        for entry in asked
        if 'FROM "votes_vote"' in entry["sql"] and "LIMIT 101" in entry["sql"]
    ]

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE votes_vote")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert index in plan
