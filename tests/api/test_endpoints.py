"""What is true of every endpoint: caching, CORS, problem details, pages of lists, old slugs."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from api.problems import CONTENT_TYPE
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.page_writes import cast
from tools.actions import change_tool, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool():
    return make_tool(slug="alpha", name="Alpha")


def rename(tool, slug):
    tool.slug = slug
    change_tool(tool=tool, reason="A new name.")


def problem_of(response):
    assert response["Content-Type"] == CONTENT_TYPE
    problem = response.json()
    assert problem["status"] == response.status_code
    return problem


def all_items(client, url):
    items = []
    while url:
        answer = client.get(url).json()
        items += answer["items"]
        url = answer["next"]
    return items


def test_an_answer_that_has_not_changed_is_304_until_a_vote_is_cast(client, settings, tool):
    settings.PAGE_CACHE = True
    first = client.get("/api/v1/tools/alpha/")
    again = client.get("/api/v1/tools/alpha/", headers={"If-None-Match": first["ETag"]})

    cast("alpha", "ship")

    after = client.get("/api/v1/tools/alpha/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert after.status_code == 200
    assert after.json()["community"]["ships"] == 1


def test_an_answer_from_the_cache_and_a_304_can_be_read_by_any_site(client, settings, tool):
    settings.PAGE_CACHE = True
    first = client.get("/api/v1/tools/alpha/")
    kept = client.get("/api/v1/tools/alpha/")
    same = client.get("/api/v1/tools/alpha/", headers={"If-None-Match": first["ETag"]})

    for response in [first, kept, same]:
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response


def test_a_preflight_allows_reading(client):
    response = client.options("/api/v1/tools/", headers={"Origin": "https://other.example"})

    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/api/v1/tools/none/", 404, "No tool has this slug."),
        ("/api/v1/tools/?category=none", 404, "No category has this slug."),
        ("/api/v1/reviewers/none/", 404, "No reviewer has this slug."),
        ("/api/v1/comparisons/alpha/", 404, "A comparison names 2 to 4 tools of the catalogue."),
        ("/api/v1/nothing/", 404, "Nothing is at this address."),
        ("/api/nothing", 404, "Nothing is at this address."),
        ("/api/v1/tools/%00/", 400, "The request is malformed."),
        ("/api/v1/tools/?limit=101", 422, "A parameter is not valid."),
        ("/api/v1/tools/?cursor=x", 422, "A parameter is not valid."),
        ("/api/v1/rankings/none/", 422, "A parameter is not valid."),
    ],
)
def test_every_error_is_a_problem(client, tool, path, status, detail):
    response = client.get(path)

    assert response.status_code == status
    assert problem_of(response)["detail"] == detail
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"


def test_an_invalid_parameter_is_named(client):
    problem = problem_of(client.get("/api/v1/tools/?limit=0"))

    assert [error["name"] for error in problem["errors"]] == ["limit"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_the_api_can_only_be_read(client, method):
    response = getattr(client, method)("/api/v1/tools/", "", content_type="text/plain")

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert "GET" in problem_of(response)["detail"]


def test_without_the_database_the_answer_is_503(client, monkeypatch):
    def fail(*args):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("api.catalogue.tools_on_record", fail)

    response = client.get("/api/v1/tools/alpha/")

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "database" in problem_of(response)["detail"]


def test_an_old_slug_redirects_with_its_parameters(client, tool):
    rename(tool, "beta")

    response = client.get("/api/v1/tools/alpha/votes/?limit=3")

    assert response.status_code == 301
    assert response["Location"] == "/api/v1/tools/beta/votes/?limit=3"


def test_a_withdrawn_tool_is_gone(client, tool):
    unpublish_tool(tool=tool, reason="A duplicate.")

    assert client.get("/api/v1/tools/alpha/").status_code == 410
    assert client.get("/api/v1/tools/").json()["items"] == []


def test_a_draft_is_in_no_answer(client):
    make_tool(slug="draft", name="Draft", published=False)

    assert client.get("/api/v1/tools/draft/").status_code == 404
    assert client.get("/api/v1/tools/").json()["items"] == []


def test_the_parts_of_a_list_are_the_list_though_a_tool_is_added_between(client):
    category, other = make_category(slug="coding"), make_category()
    tools = [make_tool(category=category) for _ in range(3)]
    make_tool(category=other)
    first = client.get("/api/v1/tools/?limit=2&category=coding").json()
    new = make_tool(category=category)

    rest = all_items(client, first["next"])

    assert len(first["items"]) == 2
    slugs = [item["slug"] for item in first["items"] + rest]
    assert slugs == [tool.slug for tool in [*tools, new]]


def test_reviews_are_listed_with_every_revision_of_published_tools_only(client):
    ada, tool = make_reviewer("Ada"), make_tool(slug="alpha")
    publish_review(tool, ada, 80)
    publish_review(tool, ada, 60, "skip", reason="It crashed.")
    hidden = make_tool(published=False)
    publish_review(hidden, ada, 10, "skip")

    items = all_items(client, "/api/v1/reviews/?limit=1")

    assert [(item["revision"], item["score"], item["reason"]) for item in items] == [
        (1, 80, ""),
        (2, 60, "It crashed."),
    ]
    assert client.get("/api/v1/tools/alpha/reviews/").json() == items[::-1]


def test_the_change_log_goes_on_from_since(client, monkeypatch, tool):
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))
    first = client.get("/api/v1/ledger/").json()
    tool.pricing = "$ 9"
    change_tool(tool=tool, reason="They said so.")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=3))

    answer = client.get(f"/api/v1/ledger/?cursor={first['since']}").json()

    assert [entry["kind"] for entry in first["items"]] == ["added"]
    (entry,) = answer["items"]
    assert (entry["kind"], entry["new"], entry["reason"]) == ("pricing", "$ 9", "They said so.")
    assert entry["text"] == "Price: was Free of charge, now $ 9"
    assert client.get(f"/api/v1/ledger/?cursor={answer['since']}").json() == {
        "items": [],
        "next": None,
        "since": answer["since"],
    }


def test_the_newest_entries_wait_until_no_older_one_can_follow(client, tool):
    assert client.get("/api/v1/ledger/").json()["items"] == []


def test_the_parts_of_the_change_log_split_no_event(client, monkeypatch, tool):
    tool.pricing, tool.tagline = "$ 9", "Does another thing."
    change_tool(tool=tool, reason="They said so.")
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    items = all_items(client, "/api/v1/ledger/?limit=1")

    assert sorted(item["kind"] for item in items) == ["added", "pricing", "tagline"]
    assert len({item["event"] for item in items}) == 2


def test_the_change_log_of_one_tool_has_its_entries_only(client, monkeypatch, tool):
    make_tool(slug="other")
    tool.pricing = "$ 9"
    change_tool(tool=tool, reason="They said so.")
    rename(tool, "beta")
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    for slug in ["beta", "alpha"]:  # also by its old slug
        items = all_items(client, f"/api/v1/ledger/?limit=1&tool={slug}")
        assert [(item["tool"], item["kind"]) for item in items] == [
            ("beta", "added"),
            ("beta", "pricing"),
            ("beta", "slug"),
        ]
    assert problem_of(client.get("/api/v1/ledger/?tool=none"))["detail"] == "No tool has this slug."


def test_an_event_of_two_tools_is_in_the_change_log_of_each_with_its_own_entries(
    client, monkeypatch, tool
):
    other = make_tool(slug="other")
    shared = LedgerEntry.objects.get(tool=tool)
    entry = LedgerEntry.objects.get(tool=other)
    entry.pk, entry.event, entry.at = None, shared.event, shared.at
    entry.save(force_insert=True)
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    items = client.get("/api/v1/ledger/?tool=alpha").json()["items"]

    assert [item["tool"] for item in items] == ["alpha"]


def test_head_answers_as_get_without_a_body(client, tool):
    response = client.head("/api/v1/tools/alpha/")

    assert (response.status_code, response.content) == (200, b"")


def test_the_page_about_the_api_names_every_endpoint(client):
    page = client.get("/api/").content.decode()

    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert [path for path in paths if f"GET {path}" not in page] == []
