"""What is not public is in no answer: drafts, what is scheduled, what was withdrawn, and names of reviewers to come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tests.votes.ballots import make_votes
from tools.actions import change_tool, unpublish_tool
from votes.rankings.figures import RANKINGS

pytestmark = pytest.mark.django_db
LISTS = [
    "tools/?limit=100",
    "reviews/?limit=100",
    "ledger/?limit=100",
    "rankings/panel/",
    "rankings/community/",
]
OF_A_TOOL = ["", "scorecard/", "reviews/", "votes/"]


@pytest.fixture(autouse=True)
def change_log_at_once(monkeypatch):
    """It shows what a test has just written."""
    monkeypatch.setattr("api.ledger.SETTLED_UNTIL", "%(now)s")


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Ada", "Bea", "Cid")]


@pytest.fixture
def tool(panel):
    tool = make_tool(slug="public")
    for reviewer in panel:
        publish_review(tool, reviewer)
    return tool


def scheduled(slug, panel):
    tool = make_tool(slug=slug, published_at=timezone.now() + timedelta(days=1))
    for reviewer in panel:
        publish_review(tool, reviewer)
    return tool


def draft(slug, panel):
    tool = make_tool(slug=slug, published=False)
    for reviewer in panel:
        publish_review(tool, reviewer)
    return tool


@pytest.mark.parametrize("make", [draft, scheduled])
def test_a_tool_that_is_not_published_yet_is_in_no_answer(client, tool, panel, make):
    hidden = make("hidden", panel)
    for each in (hidden, tool):
        make_votes(each, ships=20)
    tool.status, tool.successor = "acquired", hidden
    change_tool(tool=tool, reason="It was sold.")
    RANKINGS.refresh()

    for path in LISTS:
        text = client.get(f"/api/v1/{path}").content.decode()
        assert "hidden" not in text, path
        assert '"public"' in text, path
    for path in OF_A_TOOL:
        assert client.get(f"/api/v1/tools/hidden/{path}").status_code == 404, path
    assert client.get("/api/v1/ledger/?tool=hidden").status_code == 404
    assert client.get("/api/v1/comparisons/hidden-vs-public/").status_code == 404
    assert client.get("/api/v1/tools/public/").json()["successor"] is None


def test_a_withdrawn_tool_keeps_its_change_log_and_nothing_else(client, tool, panel):
    make_tool(slug="other")
    unpublish_tool(tool=tool, reason="A duplicate.")

    for path in OF_A_TOOL:
        response = client.get(f"/api/v1/tools/public/{path}")
        assert response.status_code == 410, path
        assert response.json()["detail"] == "This tool was withdrawn from the catalogue."
    gone = client.get("/api/v1/comparisons/other-vs-public/")
    assert (gone.status_code, gone.json()["detail"]) == (
        410,
        "Withdrawn from the catalogue: public.",
    )
    assert client.get("/api/v1/reviews/").json()["items"] == []
    entries = client.get("/api/v1/ledger/?tool=public").json()["items"]
    assert entries[-1]["kind"] == "withdrawn"


def test_a_draft_of_a_review_is_in_no_answer(client, tool):
    draft_review(tool, make_reviewer("Dan"), 7, body="A secret.").save()

    for path in [*LISTS, *(f"tools/public/{path}" for path in OF_A_TOOL)]:
        assert "A secret" not in client.get(f"/api/v1/{path}").content.decode(), path
    assert len(client.get("/api/v1/tools/public/reviews/").json()) == 3


def test_a_reviewer_to_come_is_not_named_and_a_retired_one_is(client, tool, panel):
    make_reviewer("Later", is_active=False)
    panel[0].is_active = False
    panel[0].save()

    listed = client.get("/api/v1/reviewers/").json()

    assert [(row["slug"], row["is_active"]) for row in listed] == [
        ("ada", False),
        ("bea", True),
        ("cid", True),
    ]
    assert client.get("/api/v1/reviewers/later/").status_code == 404
    assert client.get("/api/v1/reviewers/ada/").status_code == 200
