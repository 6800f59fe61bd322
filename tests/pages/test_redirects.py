"""One address per page: an old slug, and a slug in another case, redirect to the present one."""

import pytest

from tests.factories import make_category, make_reviewer, make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["tools", "categories", "reviewers"])
def moved(request):
    """The path of the pages of something whose slug was "before" and is "after"."""
    make = {"tools": make_tool, "categories": make_category, "reviewers": make_reviewer}
    row = make[request.param](slug="before")
    row.slug = "after"
    row.save()
    return f"/{request.param}/"


def redirect_of(client, path):
    response = client.get(path)
    return response.status_code, response.headers.get("Location")


@pytest.mark.parametrize("slug", ["before", "BEFORE", "After", "AFTER"])
def test_an_old_slug_or_another_case_redirects_with_the_query(client, moved, slug):
    assert redirect_of(client, f"{moved}{slug}/?page=2") == (301, f"{moved}after/?page=2")


def test_the_present_slug_does_not_redirect(client, moved):
    assert redirect_of(client, f"{moved}after/") == (200, None)


@pytest.mark.parametrize("slug", ["nowhere", "Nowhere", "before-", "Ä", "%00"])
def test_an_unknown_slug_does_not_redirect(client, moved, slug):
    assert redirect_of(client, f"{moved}{slug}/")[0] in (400, 404)


def test_a_comparison_in_another_case_redirects(client):
    make_tool(slug="ada")
    make_tool(slug="bert")

    assert redirect_of(client, "/compare/Ada-VS-Bert/?diff=1") == (
        301,
        "/compare/ada-vs-bert/?diff=1",
    )
    assert redirect_of(client, "/compare/?tools=Ada,BERT") == (302, "/compare/ada-vs-bert/")


def test_a_draft_is_not_revealed_by_its_slug_in_another_case(client):
    make_tool(slug="draft", published=False)

    assert redirect_of(client, "/tools/Draft/") == (404, None)
