"""A list of packages in a browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from bookmarks.models import Bookmark
from tests.factories import make_fact, make_fact_kind, make_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    make_fact(make_tool(slug="ada", name="Ada"), make_fact_kind("packages"), "pkg:pypi/ada")
    return live_server.url


@pytest.mark.parametrize("kind_of_page", ["page", "plain_page"])
def test_a_file_is_checked_and_its_tools_are_bookmarked_and_removed_again(
    request, kind_of_page, site, tmp_path
):
    page = request.getfixturevalue(kind_of_page)
    file = tmp_path / "requirements.txt"
    file.write_text("ada>=1\nother\n")
    page.goto(site + "/stack/")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Check my stack").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 tool in your stack")
    assert page.context.cookies() == []

    page.get_by_role("button", name="Bookmark all").click()
    expect(page.locator("main")).to_contain_text("1 added.")
    assert Bookmark.objects.get(removed_at=None).tool.slug == "ada"

    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(site + "/bookmarks/")
    assert not Bookmark.objects.filter(removed_at=None).exists()
