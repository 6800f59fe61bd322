"""What is true of every endpoint: caching, CORS, problem details, pages of lists, old slugs."""

import re
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from api.problems import CONTENT_TYPE
from tests.factories import make_reviewer, make_tool
from tests.pages.page_writes import cast
from tests.pages.reading import words
from tools.actions import change_tool, unpublish_tool

pytestmark = pytest.mark.django_db
NOWHERE = (
    "Nothing is at this address. The addresses are described at /api/ and in /api/v1/openapi.json."
)


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
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        exposed = response["Access-Control-Expose-Headers"].split(", ")
        assert exposed == ["ETag", "Retry-After", "RateLimit", "RateLimit-Policy"]
        assert "Access-Control-Allow-Credentials" not in response
        assert not response.cookies


def test_a_preflight_allows_reading(client):
    response = client.options("/api/v1/tools/", headers={"Origin": "https://other.example"})

    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert response["Access-Control-Max-Age"] == "86400"
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/api/v1/tools/none/", 404, "No tool has this slug."),
        ("/api/v1/tools/?category=none", 404, "No category has this slug."),
        ("/api/v1/reviewers/none/", 404, "No reviewer has this slug."),
        ("/api/v1/comparisons/alpha-vs-none/", 404, "Not in the catalogue: none."),
        ("/api/v1/nothing/", 404, NOWHERE),
        ("/api/nothing", 404, NOWHERE),
        ("/api/v1/", 404, NOWHERE),
        ("/api/v1/tools/%00/", 400, "The request is malformed."),
        ("/api/v1/tools/?limit=101", 422, "A parameter is not valid."),
        ("/api/v1/tools/?cursor=x", 422, "A parameter is not valid."),
        ("/api/v1/tools/alpha/votes/?limit=32", 422, "A parameter is not valid."),
        ("/api/v1/ledger/?cursor=1-x", 422, "A parameter is not valid."),
        (f"/api/v1/tools/?category={'a' * 81}", 422, "A parameter is not valid."),
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


def test_an_old_slug_of_a_reviewer_redirects_and_that_of_a_category_is_understood(client, tool):
    reviewer, category = make_reviewer("Ada", slug="ada"), tool.category
    old = category.slug
    reviewer.slug, category.slug = "ada-2", "new"
    reviewer.save()
    category.save()

    moved = client.get("/api/v1/reviewers/ada/")
    listed = client.get(f"/api/v1/tools/?category={old}").json()["items"]

    assert (moved.status_code, moved["Location"]) == (301, "/api/v1/reviewers/ada-2/")
    assert [item["slug"] for item in listed] == ["alpha"]


def test_times_have_microseconds_and_texts_are_not_escaped(client):
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    make_tool(slug="alpha", name="علّام", published_at=at)

    response = client.get("/api/v1/tools/alpha/")

    assert response.json()["published_at"] == "2026-01-02T03:04:05.678901Z"
    assert "علّام" in response.content.decode()


def test_head_has_the_etag_of_get_and_is_304_with_it(client, settings, tool):
    settings.PAGE_CACHE = True
    got = client.get("/api/v1/tools/alpha/")
    head = client.head("/api/v1/tools/alpha/")

    same = client.head("/api/v1/tools/alpha/", headers={"If-None-Match": head["ETag"]})

    assert (head["ETag"], head.content, same.status_code) == (got["ETag"], b"", 304)


def test_json_is_sent_whatever_is_accepted(client, tool):
    response = client.get("/api/v1/tools/alpha/", headers={"Accept": "text/html"})

    assert response["Content-Type"] == "application/json; charset=utf-8"


def test_a_withdrawn_tool_is_gone(client, tool):
    unpublish_tool(tool=tool, reason="A duplicate.")

    assert client.get("/api/v1/tools/alpha/").status_code == 410
    assert client.get("/api/v1/tools/").json()["items"] == []


def test_a_draft_is_in_no_answer(client):
    make_tool(slug="draft", name="Draft", published=False)

    assert client.get("/api/v1/tools/draft/").status_code == 404
    assert client.get("/api/v1/tools/").json()["items"] == []


def test_head_answers_as_get_without_a_body(client, tool):
    response = client.head("/api/v1/tools/alpha/")

    assert (response.status_code, response.content) == (200, b"")


def test_the_page_about_the_api_names_every_endpoint(client):
    page = words(client.get("/api/"))

    paths = client.get("/api/v1/openapi.json").json()["paths"]
    assert [path for path in paths if f"GET {path}" not in page] == []
    assert "limit (optional): The most days to return. 31 if it is left out, 31 at most." in page
    assert "ranking : One of panel, community, divisive, gap." in page
    assert "spread integer or null The highest score minus the lowest." in page


def test_the_document_has_the_statuses_that_a_path_can_have(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    any_path = {"200", "304", "400", "404", "405", "414", "422", "429", "503"}
    for path, methods in paths.items():
        assert set(methods) == {"get"}
        named = {"301", "410"} if "{" in path else set()
        assert set(methods["get"]["responses"]) == any_path | named, path


def test_every_schema_and_endpoint_has_an_anchor_on_the_page_about_the_api(client):
    page = client.get("/api/").content.decode()

    anchors = set(re.findall(r'id="([^"]+)"', page))
    named = set(re.findall(r'href="#([^"]+)"', page))
    assert named <= anchors
    assert {"tool", "page-of-tool", "comparison", "problem", "tools", "statuses"} <= named
    assert not [anchor for anchor in anchors if "__" in anchor]  # two schemas of one name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tools/?limit=1&limit=2", "limit"),
        ("tools/?category=coding&category=", "category"),
        ("ledger/?cursor=0&cursor=0", "cursor"),
        ("rankings/panel/?category=coding&category=coding", "category"),
    ],
)
def test_a_parameter_that_is_given_twice_is_not_valid(client, db, path, name):
    response = client.get(f"/api/v1/{path}")

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"name": name, "detail": "It is given 2 times. Give it once."}
    ]
