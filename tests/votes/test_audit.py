"""The public vote log of a tool."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from reviews.actions import publish_tool
from tests.admin_client import make_staff
from tests.factories import make_tool
from tests.pages.reading import links, words
from tests.votes.ballots import HOME_NETWORKS, make_vote, make_votes
from tools.actions import unpublish_tool
from votes.actions import void_votes, withdraw_vote
from votes.audit import DAYS_PER_PAGE, build_audit
from votes.models import Intervention, Vote, VoteDay

pytestmark = pytest.mark.django_db

TODAY = datetime.now(UTC).date()


def audit_of(client, tool, query=""):
    return client.get(reverse("vote_audit", args=[tool.slug]) + query)


def counts_of(tool):
    """{event: [(rule, how many)]} of today, from the audit."""
    (today,) = build_audit(tool, None).days
    assert today.day == TODAY
    return today.counts


def void(tool, votes=None, staff=None, **fields):
    votes = Vote.objects.all() if votes is None else votes
    staff = staff or make_staff("Publisher")
    return void_votes(staff=staff, tool=tool, votes=votes, reason="A bot.", **fields)


def make_days(tool, count):
    """Something on each of `count` days, up to yesterday."""
    days = [TODAY - timedelta(days=n + 1) for n in range(count)]
    VoteDay.objects.bulk_create(VoteDay(tool=tool, day=day, event="cast", count=1) for day in days)
    return days


def test_a_tool_without_votes_says_so(client):
    response = audit_of(client, make_tool(name="Ada"))

    assert "Nobody has voted on Ada yet." in words(response)


def test_what_happened_is_counted_per_day_and_rule():
    tool = make_tool()
    vote, *_ = make_votes(tool, ships=3)
    make_vote(tool, rule="pace")
    make_votes(tool, skips=2, rule="burst")
    Vote.objects.filter(pk=vote.pk).update(choice="skip")
    withdraw_vote(reader_id=vote.reader_id, slug=tool.slug, networks=HOME_NETWORKS)
    void(tool)

    assert counts_of(tool) == {
        "cast": [("", 6)],
        "changed": [("", 1)],
        "held": [("burst", 2), ("pace", 1)],
        "voided": [("staff", 5)],
        "withdrawn": [("", 1)],
    }


def test_a_released_vote_names_the_rule_that_held_it():
    tool = make_tool()
    make_vote(tool, rule="network-cap")

    Vote.objects.update(state="counted", rule="")

    assert counts_of(tool)["released"] == [("network-cap", 1)]


def test_a_day_is_printed_with_every_event_in_its_column(client):
    tool = make_tool()
    VoteDay.objects.bulk_create(
        VoteDay(tool=tool, day=date(2026, 3, 1), event=event, rule=rule, count=count)
        for event, rule, count in [("cast", "", 4), ("held", "burst", 2), ("held", "pace", 1)]
    )

    response = audit_of(client, tool)

    assert "Day (UTC) Cast Changed Withdrawn Held Released Voided" in words(response)
    assert "1 Mar 2026 4 0 0 2 burst 1 pace 0 0" in words(response)
    assert links(response)[-2:] == ["/voting/#burst", "/voting/#pace"]


def test_an_intervention_names_the_role_and_nobody(client):
    tool = make_tool()
    make_votes(tool, ships=3, skips=1)
    staff = make_staff("Publisher", username="pia.login", first_name="Pia", last_name="Smith")

    done = void(tool, Vote.objects.filter(choice="ship"), staff)

    text = words(audit_of(client, tool))
    assert (
        f"{done.at:%H:%M} UTC · A publisher voided 3 votes Reason: A bot. "
        "Tally: 3 ship / 1 skip → 0 ship / 1 skip"
    ) in text
    assert not re.search("pia|smith", text, re.IGNORECASE)


def test_a_voided_burst_tells_its_window(client):
    tool = make_tool()
    make_vote(tool)
    since = datetime(2026, 3, 1, 10, tzinfo=UTC)

    void(tool, since=since, until=since + timedelta(minutes=5))

    window = "voided 1 vote cast or changed between 1 March, 10:00:00 and 1 March, 10:05:00 UTC"
    assert window in words(audit_of(client, tool))


def test_what_staff_wrote_is_text(client):
    tool = make_tool()
    make_vote(tool)
    void_votes(staff=make_staff(), tool=tool, votes=Vote.objects.all(), reason="<b>bot</b>")

    assert "Reason: &lt;b&gt;bot&lt;/b&gt;" in audit_of(client, tool).content.decode()


def test_an_act_on_a_day_without_any_vote_is_not_lost(client, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    tool = make_tool()
    at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    figures = dict.fromkeys(["ships_before", "skips_before", "ships_after", "skips_after"], 0)
    Intervention.objects.create(
        staff=make_staff(), tool=tool, at=at, act="voided", reason="A bot.", votes=0, **figures
    )

    (day,) = build_audit(tool, None).days

    assert (day.day, day.counts, len(day.interventions)) == (date(2026, 3, 1), {}, 1)
    assert "1 March 2026, 23:59 UTC" in words(audit_of(client, tool))


def test_an_audit_is_of_one_tool_only():
    tool, other = make_tool(), make_tool()
    make_vote(other)
    void(other)

    assert build_audit(tool, None).days == []


def test_days_come_latest_first_and_in_pages():
    tool = make_tool()
    days = make_days(tool, DAYS_PER_PAGE + 2)

    first, second = build_audit(tool, None), build_audit(tool, "2")

    assert [day.day for day in first.days] == days[:DAYS_PER_PAGE]
    assert [day.day for day in second.days] == days[DAYS_PER_PAGE:]


@pytest.mark.parametrize(
    "asked, number", [("abc", 1), ("-1", 2), ("0", 2), ("9" * 30, 2), ("' OR 1", 1), ("", 1)]
)
def test_a_page_that_there_is_not_is_the_nearest(client, asked, number):
    tool = make_tool()
    make_days(tool, DAYS_PER_PAGE + 1)

    response = audit_of(client, tool, f"?page={asked}")

    assert response.status_code == 200
    assert f"Page {number} of 2" in words(response)


def test_a_withdrawn_tool_keeps_its_audit_and_a_draft_has_none(client):
    draft = make_tool(published=False)
    hidden = make_tool()
    unpublish_tool(tool=hidden, reason="A duplicate.")

    assert audit_of(client, draft).status_code == 404
    assert audit_of(client, hidden).status_code == 200
    assert client.get("/tools/nobody/votes/").status_code == 404

    publish_tool(tool=hidden)
    assert audit_of(client, hidden).status_code == 200


def test_an_audit_is_only_read(client):
    address = reverse("vote_audit", args=[make_tool().slug])

    assert client.post(address, "a=b", "application/x-www-form-urlencoded").status_code == 405


def test_an_audit_sets_no_cookie_and_is_the_same_for_everyone(client, admin_client):
    tool = make_tool()
    make_vote(tool)

    answers = [audit_of(client, tool), audit_of(admin_client, tool)]

    assert [answer.cookies for answer in answers] == [{}, {}]
    assert answers[0].content == answers[1].content
    assert answers[0]["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("rows", [1, 3])
def test_an_audit_takes_five_queries(client, django_assert_num_queries, rows):
    tool = make_tool()
    make_days(tool, rows)
    for _ in range(rows):
        make_vote(tool)
        void(tool)

    with django_assert_num_queries(5):
        audit_of(client, tool)
