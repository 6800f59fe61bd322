from datetime import date

import pytest
from django.utils import timezone

from tests.admin_client import make_staff
from tests.factories import make_tool
from tests.votes.ballots import make_vote, make_votes
from votes.actions import void_votes
from votes.models import Reason, Vote, VoteDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool():
    return make_tool(slug="alpha")


@pytest.fixture
def reason():
    return Reason.objects.filter(side="ship").earliest("pk")


def days(client, query=""):
    return client.get(f"/api/v1/tools/alpha/votes/{query}").json()


def test_the_log_says_side_state_and_rule(client, tool):
    make_vote(tool, "skip", rule="burst")

    (day,) = days(client)["items"]

    assert day["day"] == str(timezone.now().date())
    assert day["counts"] == [
        {"event": "cast", "side": "skip", "state": "", "rule": "", "reason": None, "count": 1},
        {"event": "held", "side": "skip", "state": "counted", "rule": "burst", "reason": None, "count": 1},
    ]  # fmt: skip


@pytest.mark.parametrize(("votes", "shown"), [(9, None), (10, "slug")])
def test_reasons_are_named_from_ten_votes_of_their_side_on(client, tool, reason, votes, shown):
    make_votes(tool, ships=votes, reason=reason)
    make_votes(tool, ships=2)

    (day,) = days(client)["items"]

    expected = reason.slug if shown else None
    by_reason = {count["reason"]: count["count"] for count in day["counts"]}
    assert by_reason == ({None: 2, expected: votes} if shown else {None: votes + 2})


def test_staff_are_named_by_their_role(client, tool):
    make_votes(tool, ships=2)
    staff = make_staff(username="paula")
    void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="One person.")

    answer = client.get("/api/v1/tools/alpha/votes/")

    (action,) = answer.json()["items"][0]["staff_actions"]
    assert (action["role"], action["action"], action["votes"]) == ("publisher", "voided", 2)
    assert (action["ships_before"], action["ships_after"]) == (2, 0)
    assert "paula" not in answer.content.decode()


def test_days_come_in_parts_the_oldest_first(client, tool):
    for day in [3, 1, 2]:
        VoteDay.objects.create(tool=tool, day=date(2026, 3, day), event="cast", count=day)

    first = days(client, "?limit=2")
    rest = client.get(first["next"]).json()

    assert [day["day"] for day in first["items"]] == ["2026-03-01", "2026-03-02"]
    assert [day["day"] for day in rest["items"]] == ["2026-03-03"]
    assert rest["next"] is None
