"""When an issue is due: by the clocks of a place, right across clock changes, without hole or overlap."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.issues.schedule import Timetable
from newsletter.models import Cadence

TUESDAY, FRIDAY, SUNDAY = 1, 4, 6
WEEKLY, MONTHLY = Cadence.WEEKLY, Cadence.MONTHLY
BERLIN = ZoneInfo("Europe/Berlin")
# Half an hour of summer time; a quarter-hour zone; one that skipped a whole day in 2011; two at night.
ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "America/Santiago", "Africa/Cairo", "Pacific/Chatham",
]  # fmt: skip
MICROSECOND = timedelta(microseconds=1)

timetables = st.builds(
    Timetable,
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
moments = st.datetimes(datetime(2009, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
cadences = st.sampled_from(Cadence)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local_time(moment, zone):
    """The moment as the clocks of the zone show it."""
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M %Z")


def next_due(timetable, cadence, now):
    """The first time after `now` at which an issue is due, found by asking on each later day."""
    moment = now
    while (due := timetable.last_due(cadence, moment)) <= now:
        moment += timedelta(days=1)
    return due


def following(timetable, cadence, now, count):
    found = []
    for _ in range(count):
        now = next_due(timetable, cadence, now)
        found.append(local_time(now, timetable.zone))
    return found


@pytest.mark.parametrize(
    "zone, now, expected",
    [
        (
            "Europe/Berlin",
            "2026-03-23",
            ["Tue 2026-03-24 09:00 CET", "Tue 2026-03-31 09:00 CEST"],
        ),
        (
            "Europe/Berlin",
            "2026-10-19",
            ["Tue 2026-10-20 09:00 CEST", "Tue 2026-10-27 09:00 CET"],
        ),
        (
            "America/New_York",
            "2026-03-02",
            ["Tue 2026-03-03 09:00 EST", "Tue 2026-03-10 09:00 EDT"],
        ),
        (
            "America/New_York",
            "2026-10-26",
            ["Tue 2026-10-27 09:00 EDT", "Tue 2026-11-03 09:00 EST"],
        ),
    ],
)
def test_an_issue_is_due_at_the_same_hour_before_and_after_a_clock_change(zone, now, expected):
    timetable = Timetable(TUESDAY, 9, ZoneInfo(zone))

    assert following(timetable, WEEKLY, utc(now), 2) == expected


@pytest.mark.parametrize(
    "zone, hour, now, expected",
    [
        ("Europe/Berlin", 2, "2026-03-28", ("Sun 2026-03-29 03:00 CEST", "2026-03-29T01:00")),
        ("America/New_York", 2, "2026-03-07", ("Sun 2026-03-08 03:00 EDT", "2026-03-08T07:00")),
        (
            "Australia/Lord_Howe",
            2,
            "2026-10-02",
            ("Sun 2026-10-04 02:30 +11", "2026-10-03T15:30"),
        ),
    ],
)
def test_an_hour_that_clocks_skip_is_the_one_that_they_show_instead(zone, hour, now, expected):
    timetable = Timetable(SUNDAY, hour, ZoneInfo(zone))

    due = next_due(timetable, WEEKLY, utc(now))

    assert (local_time(due, timetable.zone), due) == (expected[0], utc(expected[1]))
    assert timetable.last_due(WEEKLY, due) == due


@pytest.mark.parametrize(
    "zone, hour, now, expected",
    [
        ("Europe/Berlin", 2, "2026-10-24", "2026-10-25T00:00"),
        ("America/New_York", 1, "2026-10-31", "2026-11-01T05:00"),
        ("Australia/Lord_Howe", 1, "2026-04-03", "2026-04-04T14:00"),
    ],
)
def test_an_hour_that_comes_twice_is_due_once_at_its_first_time(zone, hour, now, expected):
    timetable = Timetable(SUNDAY, hour, ZoneInfo(zone))

    due = next_due(timetable, WEEKLY, utc(now))

    assert due == utc(expected)
    assert next_due(timetable, WEEKLY, due) > due + timedelta(days=6)


def test_a_day_that_a_place_skipped_is_due_when_its_hour_would_have_come():
    apia = Timetable(FRIDAY, 9, ZoneInfo("Pacific/Apia"))

    assert following(apia, WEEKLY, utc("2011-12-25"), 2) == [
        "Sat 2011-12-31 09:00 +14",
        "Fri 2012-01-06 09:00 +14",
    ]


def test_the_monthly_issue_is_due_on_the_first_such_day_of_a_month():
    timetable = Timetable(TUESDAY, 9, BERLIN)

    assert following(timetable, MONTHLY, utc("2026-11-23"), 4) == [
        "Tue 2026-12-01 09:00 CET",
        "Tue 2027-01-05 09:00 CET",
        "Tue 2027-02-02 09:00 CET",
        "Tue 2027-03-02 09:00 CET",
    ]


def test_nothing_is_due_before_its_hour_and_something_at_it():
    timetable = Timetable(TUESDAY, 9, BERLIN)
    due, covered_until = utc("2026-11-24T08:00"), utc("2026-11-17T08:00")

    assert timetable.period(WEEKLY, due - MICROSECOND, covered_until) is None
    assert timetable.period(WEEKLY, due, covered_until) == (covered_until, due)
    assert timetable.period(WEEKLY, due, due) is None


def test_the_first_issue_of_all_tells_of_the_time_between_two_due_moments():
    timetable = Timetable(TUESDAY, 9, BERLIN)
    now = utc("2026-11-23")

    assert timetable.period(WEEKLY, now, None) == (utc("2026-11-10T08:00"), utc("2026-11-17T08:00"))
    assert timetable.period(MONTHLY, now, None) == (
        utc("2026-10-06T07:00"),
        utc("2026-11-03T08:00"),
    )


def test_a_worker_that_was_away_for_two_weeks_makes_one_issue_of_all_that_time():
    timetable = Timetable(TUESDAY, 9, BERLIN)
    covered_until = utc("2026-10-13T07:00")

    # Clocks were set back in between.
    period = timetable.period(WEEKLY, utc("2026-10-28T12:00"), covered_until)

    assert period == (covered_until, utc("2026-10-27T08:00"))


def test_another_day_in_the_settings_leaves_no_hole():
    tuesdays, fridays = Timetable(TUESDAY, 9, BERLIN), Timetable(FRIDAY, 9, BERLIN)
    _, covered_until = tuesdays.period(WEEKLY, utc("2026-11-18"), None)

    assert fridays.period(WEEKLY, utc("2026-11-19"), covered_until) is None
    since, until = fridays.period(WEEKLY, utc("2026-11-21"), covered_until)

    assert (since, until) == (covered_until, utc("2026-11-20T08:00"))


@given(timetables, cadences, moments)
def test_due_moments_follow_each_other_and_both_directions_agree(timetable, cadence, now):
    last, following = timetable.last_due(cadence, now), next_due(timetable, cadence, now)

    assert last <= now < following
    assert next_due(timetable, cadence, last) == following
    assert timetable.last_due(cadence, following - MICROSECOND) == last
    assert timetable.last_due(cadence, following) == following


@given(timetables, moments)
def test_a_week_lies_between_weekly_issues_but_for_what_clocks_change(timetable, now):
    last, following = timetable.last_due(WEEKLY, now), next_due(timetable, WEEKLY, now)

    assert timedelta(days=6) <= following - last <= timedelta(days=8)


@given(timetables, moments)
def test_clocks_show_the_wanted_day_and_hour_unless_they_skip_it(timetable, now):
    local = next_due(timetable, WEEKLY, now).astimezone(timetable.zone)
    shown = (local.weekday(), local.hour, local.minute)

    wanted = local.replace(hour=timetable.hour, minute=0)
    exists = wanted.astimezone(UTC).astimezone(timetable.zone) == wanted
    is_wanted = shown == (timetable.weekday, timetable.hour, 0)
    just_changed = local.utcoffset() != (local - timedelta(days=2)).utcoffset()
    assert is_wanted or not exists or just_changed


@given(
    timetables,
    cadences,
    moments,
    st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=70)), max_size=12),
)
def test_periods_tile_the_time_whenever_the_worker_looks(timetable, cadence, start, pauses):
    now, covered_until, periods = start, None, []
    for pause in [timedelta(0), *pauses]:
        now += pause
        if period := timetable.period(cadence, now, covered_until):
            periods.append(period)
            covered_until = period[1]

    assert all(since < until <= now for since, until in periods)
    assert [until for _, until in periods[:-1]] == [since for since, _ in periods[1:]]
    # The periods cover all the time until the last due one.
    assert covered_until == timetable.last_due(cadence, now)
