"""Bookmarks from one browser to another, as a file and by a private link; and forgotten. Two real browsers."""

import pytest
from playwright.sync_api import expect

from accounts.models import Reader
from bookmarks.models import Bookmark
from tests.factories import make_tool
from votes.models import Vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    make_tool(name="Ada", slug="ada")
    make_tool(name="Bob", slug="bob")
    return live_server.url


@pytest.fixture
def other_page(browser):
    """A page of another device: it shares nothing with `page`."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def bookmark(page, site, slug, note=""):
    """Bookmark a tool on the form page, which works in any browser."""
    page.goto(f"{site}/tools/{slug}/bookmark/")
    page.locator("main").get_by_role("button", name="Bookmark").click()
    expect(page.locator("main")).to_contain_text("Remove bookmark")
    if note:
        page.reload()
        page.get_by_label("Your note").fill(note)
        page.get_by_role("button", name="Save note").click()
        expect(page.locator("main")).to_contain_text("Note saved")


def make_link(page, site):
    page.goto(site + "/bookmarks/transfer/")
    page.get_by_role("button", name="Create a private link").click()
    return page.get_by_label("Private link").input_value()


def names(page, site):
    page.goto(site + "/bookmarks/")
    return page.locator("#bookmark-list").get_by_role("heading").all_inner_texts()


def test_a_link_brings_the_bookmarks_to_another_browser_once(page, other_page, site):
    bookmark(page, site, "ada", note="Of the first")
    bookmark(other_page, site, "ada", note="Of the second")
    bookmark(page, site, "bob")

    other_page.goto(make_link(page, site))
    other_page.get_by_role("button", name="Copy 2 bookmarks to this browser").click()

    expect(other_page.locator("main")).to_contain_text("1 added, 1 already there.")
    assert sorted(names(other_page, site)) == ["Ada", "Bob"]
    notes = other_page.locator("#bookmark-list textarea").all()
    assert "Of the second\n———\nOf the first" in [note.input_value() for note in notes]
    assert sorted(names(page, site)) == ["Ada", "Bob"]


def test_a_link_that_was_used_by_somebody_else_says_so(page, other_page, site):
    bookmark(page, site, "ada")
    link = make_link(page, site)
    other_page.goto(link)
    other_page.get_by_role("button", name="Copy 1 bookmark").click()
    expect(other_page.locator("main")).to_contain_text("1 added")

    page.goto(link)

    expect(page.locator("h1")).to_have_text("This link was already used")
    assert names(page, site) == ["Ada"]


def test_the_address_is_no_referer(page, other_page, site):
    bookmark(page, site, "ada")
    link = make_link(page, site)
    referers = []
    other_page.on("request", lambda request: referers.append(request.headers.get("referer", "")))

    other_page.goto(link)
    other_page.get_by_role("button", name="Copy 1 bookmark").click()
    other_page.get_by_role("link", name="Go to your bookmarks").click()
    expect(other_page.locator("h1")).to_have_text("Your bookmarks")

    assert {referer for referer in referers if "/transfer/" in referer} == set()


def test_deleting_my_data_empties_this_browser_and_keeps_the_vote_counted(page, site):
    bookmark(page, site, "ada")
    page.goto(site + "/tools/ada/vote/")
    page.get_by_role("button", name="Ship").click()
    expect(page.locator("main")).to_contain_text("You voted ship")

    page.goto(site + "/bookmarks/forget/")
    page.get_by_role("button", name="Delete my data").click()

    expect(page.locator("h1")).to_have_text("Your data was deleted")
    # This one lasts a minute and says nothing of the reader.
    assert [cookie["name"] for cookie in page.context.cookies()] == ["last_write"]
    assert names(page, site) == []
    page.goto(site + "/tools/ada/vote/")
    expect(page.locator("main")).to_contain_text("1 ship / 0 skip")
    expect(page.locator("main")).not_to_contain_text("You voted")
    assert Vote.objects.get().reader is None
    assert not Reader.objects.exists()


def test_a_feed_is_made_renewed_and_ended(page, site):
    bookmark(page, site, "ada")
    page.goto(site + "/bookmarks/feed/")

    page.get_by_role("button", name="Create my feed").click()
    first = page.get_by_label("Feed address").input_value()
    page.get_by_role("button", name="Renew the address").click()
    expect(page.get_by_label("Feed address")).not_to_have_value(first)
    second = page.get_by_label("Feed address").input_value()
    assert page.request.get(first).status == 404
    assert page.request.get(second).ok
    page.get_by_role("button", name="Delete the feed").click()

    expect(page.get_by_role("button", name="Create my feed")).to_be_visible()
    assert page.request.get(second).status == 404


def test_everything_works_without_javascript(plain_page, other_page, site, tmp_path):
    bookmark(other_page, site, "bob")
    bookmark(plain_page, site, "ada")
    link = make_link(other_page, site)

    plain_page.goto(link)
    plain_page.get_by_role("button", name="Copy 1 bookmark").click()
    expect(plain_page.locator("main")).to_contain_text("1 added.")

    plain_page.goto(site + "/bookmarks/")
    with plain_page.expect_download() as download:
        plain_page.get_by_role("link", name="JSON", exact=True).click()
    file = tmp_path / "bookmarks.json"
    download.value.save_as(file)
    plain_page.goto(site + "/bookmarks/forget/")
    plain_page.get_by_role("button", name="Delete my data").click()
    assert names(plain_page, site) == []

    plain_page.goto(site + "/bookmarks/import/")
    plain_page.get_by_label("File").set_input_files(file)
    plain_page.get_by_role("button", name="Import").click()

    expect(plain_page.locator("main")).to_contain_text("2 added.")
    assert sorted(names(plain_page, site)) == ["Ada", "Bob"]


def test_a_file_that_is_none_is_told_and_pasted_text_is_taken(page, site, tmp_path):
    file = tmp_path / "cat.json"
    file.write_bytes(b"\xff\xd8 a picture")
    page.goto(site + "/bookmarks/import/")

    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was imported.")

    page.get_by_label("Or paste its content").fill(
        '{"format": "ship-or-skip/bookmarks", "version": 1,'
        ' "bookmarks": [{"slug": "ada", "name": "Ada"}]}'
    )
    page.get_by_role("button", name="Import").click()
    expect(page.locator("main")).to_contain_text("1 added.")
    assert Bookmark.objects.get().tool.slug == "ada"
