"""Bookmarks in a real browser: the drawer, by keyboard, and again without any JavaScript."""

import pytest
from playwright.sync_api import expect

from bookmarks.models import Bookmark
from tests.factories import make_tool
from tools.actions import change_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tools():
    return [
        make_tool(name=name, slug=name.lower(), pricing="$10") for name in ("Ada", "Bob", "Cid")
    ]


@pytest.fixture
def site(live_server, tools):
    return live_server.url


def bookmark(page, *slugs):
    for slug in slugs:
        page.locator(f"[data-bookmark={slug}] button").click()
        expect(page.locator(f"[data-bookmark={slug}]")).to_contain_text("Remove bookmark")


def focused(page):
    return page.evaluate("document.activeElement.innerText").split("\n")[0]


def bookmarks_link(page):
    return page.locator("#bookmarks-link")


def drawer(page):
    return page.get_by_role("dialog", name="Bookmarks")


@pytest.mark.parametrize("path", ["/tools/", "/tools/ada/", "/compare/ada-vs-bob/"])
def test_a_tool_is_bookmarked_and_let_go_by_keyboard(page, site, path):
    page.goto(site + path)
    button = page.locator("[data-bookmark=ada] button")

    button.focus()
    page.keyboard.press("Enter")
    expect(bookmarks_link(page)).to_contain_text("1")
    expect(page.locator("#announcements")).to_have_text("Ada bookmarked.")
    assert focused(page) == "Remove bookmark"
    page.keyboard.press("Enter")

    expect(button).to_contain_text("Bookmark")
    expect(page.locator(".header__count")).to_have_count(0)
    assert focused(page) == "Bookmark"


def test_reading_sets_no_cookie_and_the_count_follows_to_every_page(page, site):
    page.goto(site + "/tools/")
    page.locator("[data-bookmark=ada] button").wait_for()
    assert page.context.cookies() == []
    bookmark(page, "ada", "bob")

    page.goto(site + "/method/")

    expect(page.locator(".header__count")).to_have_text("2")


def test_the_drawer_opens_lists_and_gives_the_focus_back(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada")

    bookmarks_link(page).focus()
    page.keyboard.press("Enter")

    expect(drawer(page)).to_contain_text("Ada")
    assert page.evaluate("document.querySelector('#site-search').matches(':focus')") is False
    page.evaluate("document.querySelector('#site-search').focus()")  # inert behind a modal dialog
    assert page.evaluate("document.activeElement.closest('dialog')?.id") == "bookmarks"
    page.keyboard.press("Escape")
    expect(drawer(page)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "bookmarks-link"


def test_the_drawer_says_that_it_loads_and_then_that_there_is_nothing(page, site):
    page.route(
        "**/bookmarks/drawer/", lambda route: page.wait_for_timeout(300) or route.continue_()
    )
    page.goto(site + "/tools/")
    page.locator("[data-bookmark=ada] button").wait_for()

    bookmarks_link(page).click()

    expect(drawer(page)).to_contain_text("Loading bookmarks…")
    expect(drawer(page)).to_contain_text("No bookmarks yet")
    expect(drawer(page)).to_contain_text("Bookmark tools to save them for later.")


def test_a_drawer_that_cannot_be_loaded_says_so_and_can_be_tried_again(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada")
    page.route("**/bookmarks/drawer/", lambda route: route.fulfill(status=503, body="away"))

    bookmarks_link(page).click()
    expect(page.get_by_text("Your bookmarks could not be loaded")).to_be_visible()
    page.keyboard.press("Escape")
    page.unroute("**/bookmarks/drawer/")
    bookmarks_link(page).click()

    expect(drawer(page)).to_contain_text("Ada")
    expect(page.get_by_text("Your bookmarks could not be loaded")).to_be_hidden()


def test_removing_in_the_drawer_is_undone_with_the_focus_kept(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada", "bob")
    Bookmark.objects.filter(tool__slug="ada").update(note="mine")
    bookmarks_link(page).click()
    row = drawer(page).locator("[data-bookmark-row=ada]")

    row.get_by_role("button", name="Remove").focus()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Ada removed.")
    expect(page.locator(".header__count")).to_have_text("1")
    expect(page.locator("[data-bookmark=ada] button")).to_contain_text("Bookmark")
    assert focused(page) == "Undo"
    page.keyboard.press("Enter")

    expect(row).to_contain_text("mine")
    expect(page.locator(".header__count")).to_have_text("2")
    assert focused(page) == "Remove"


def test_two_to_four_are_ticked_and_compared(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "cid", "ada")
    bookmarks_link(page).click()
    compare = drawer(page).get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()

    drawer(page).get_by_label("Compare Cid").check()
    drawer(page).get_by_label("Compare Ada").check()
    compare.click()

    page.wait_for_url(site + "/compare/ada-vs-cid/")


def test_a_change_is_marked_in_header_and_drawer_until_it_is_seen(page, site, tools):
    page.goto(site + "/tools/")
    bookmark(page, "ada")
    tools[0].pricing = "$20"
    change_tool(tool=tools[0])

    page.goto(site + "/tools/")
    expect(bookmarks_link(page)).to_contain_text("1 changed")
    bookmarks_link(page).click()
    expect(drawer(page)).to_contain_text("Price: was $10, now $20")
    drawer(page).get_by_role("button", name="Mark all as seen").click()

    expect(drawer(page).locator(".bookmark-row__new")).to_have_count(0)
    expect(bookmarks_link(page)).not_to_contain_text("changed")
    expect(drawer(page)).to_contain_text("Price: was $10")


def test_a_note_is_written_on_the_page(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada")
    page.goto(site + "/bookmarks/")

    page.get_by_label("Your note on Ada").fill("ask them")
    page.get_by_role("button", name="Save note").click()

    expect(page.locator(".note__message")).to_have_text("Note saved.")
    page.reload()
    expect(page.get_by_label("Your note on Ada")).to_have_value("ask them")


def test_a_second_tab_follows_count_button_and_open_list(page, site):
    page.goto(site + "/tools/")
    other, listing = page.context.new_page(), page.context.new_page()
    bookmark(page, "bob")
    other.goto(site + "/tools/ada/")
    listing.goto(site + "/bookmarks/")
    expect(bookmarks_link(other)).to_contain_text("1")

    bookmark(page, "ada")
    expect(bookmarks_link(other)).to_contain_text("2")
    expect(other.locator("[data-bookmark=ada]")).to_contain_text("Remove bookmark")
    expect(listing.locator("[data-bookmark-row=ada]")).to_be_visible()
    other.locator("[data-bookmark=ada] button").click()

    expect(bookmarks_link(page)).to_contain_text("1")
    expect(page.locator("[data-bookmark=ada]")).not_to_contain_text("Remove")
    expect(listing.locator("[data-bookmark-row]")).to_have_count(1)


def test_a_page_brought_back_by_the_back_button_shows_the_bookmarks_of_now(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada")
    Bookmark.objects.all().delete()

    # Chromium keeps no pages while a program controls it.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(page.locator(".header__count")).to_have_count(0)
    expect(page.locator("[data-bookmark=ada]")).not_to_contain_text("Remove")


def test_the_last_bookmark_removed_leaves_no_count_in_a_second_tab(page, site):
    page.goto(site + "/tools/")
    bookmark(page, "ada")
    other = page.context.new_page()
    other.goto(site + "/method/")
    expect(other.locator(".header__count")).to_have_text("1")

    page.locator("[data-bookmark=ada] button").click()

    expect(other.locator(".header__count")).to_have_count(0)


def test_a_server_that_does_not_answer_is_told_in_words(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-bookmark=ada] button").wait_for()
    page.route("**/bookmark/", lambda route: route.fulfill(status=503, body="away"))

    page.locator("[data-bookmark=ada] button").click()

    expect(page.get_by_role("alert")).to_contain_text("Something went wrong on our side")
    expect(page.locator("[data-bookmark=ada] button")).to_contain_text("Bookmark")


def test_everything_works_without_javascript(plain_page, site):
    page = plain_page
    page.goto(site + "/tools/ada/")
    page.locator("[data-bookmark=ada] button").click()
    assert page.url == site + "/tools/ada/bookmark/?back=%2Ftools%2Fada%2F"
    assert {cookie["name"] for cookie in page.context.cookies()} == {"reader", "last_write"}

    page.get_by_label("Your note").fill("ask them")
    page.get_by_role("button", name="Save note").click()
    page.goto(site + "/tools/bob/bookmark/")
    page.get_by_role("button", name="Bookmark").click()
    bookmarks_link(page).click()
    assert page.url == site + "/bookmarks/"
    assert "ask them" in page.get_by_label("Your note on Ada").input_value()
    page.get_by_label("Compare Ada").check()
    page.get_by_label("Compare Bob").check()
    page.get_by_role("button", name="Compare").click()
    assert page.url == site + "/compare/ada-vs-bob/"

    page.goto(site + "/bookmarks/")
    page.get_by_role("button", name="Remove : Ada").click()
    assert page.url == site + "/bookmarks/"
    assert page.locator("[data-bookmark-row]").count() == 1
