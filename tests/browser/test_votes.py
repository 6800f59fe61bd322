"""Voting in a real browser: swapped by htmx, by keyboard, and again without any JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_tool
from votes.models import Vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server):
    make_tool(name="Ada", slug="ada")
    make_tool(name="Bob", slug="bob")
    return live_server.url


def focused(page):
    return page.evaluate("document.activeElement.innerText")


def test_a_vote_updates_every_place_and_keeps_the_focus(page, site):
    page.goto(site + "/compare/ada-vs-bob/")
    box = page.locator("[data-vote-box=ada]")

    box.get_by_role("button", name="Ship").focus()
    page.keyboard.press("Enter")

    expect(box).to_contain_text("1 ship / 0 skip")
    expect(page.locator("td [data-tally=ada]")).to_contain_text("100% ship")
    expect(page.locator("[data-share=ada]")).to_have_text("100% ship")
    expect(page.locator("[data-vote-box=bob]")).to_contain_text("No community votes yet")
    expect(page.locator("#announcements")).to_have_text("Your vote is in.")
    assert focused(page) == "Ship"


def test_reading_sets_no_cookie_and_a_vote_sets_one(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").wait_for()
    assert page.context.cookies() == []

    page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").click()

    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You said skip")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("reader", True, "Lax")


def test_a_vote_is_changed_explained_withdrawn_and_brought_back(page, site):
    page.goto(site + "/tools/ada/")
    box = page.locator("[data-vote-box=ada]")

    box.get_by_role("button", name="Skip").click()
    box.get_by_role("button", name="Ship").click()
    expect(box).to_contain_text("1 ship / 0 skip")
    box.get_by_role("button", name="Quality").click()
    expect(box.get_by_role("button", name="Quality")).to_have_attribute("aria-pressed", "true")
    box.get_by_role("button", name="Withdraw my vote").click()
    expect(box).to_contain_text("No community votes yet")
    assert focused(page) == "Undo: vote ship again"
    box.get_by_role("button", name="Undo").click()

    expect(box).to_contain_text("You said ship")
    assert Vote.objects.counted().count() == 1


def test_the_reader_finds_the_vote_again_on_the_next_page(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Ship").click()
    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You said ship")

    page.goto(site + "/tools/")

    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You said ship")


def test_results_that_were_swapped_in_can_be_voted_on(page, site):
    page.goto(site + "/tools/")

    page.get_by_label("Sort by").select_option("name")

    page.wait_for_url("**sort=name**")
    page.locator("[data-vote-box=bob]").get_by_role("button", name="Ship").click()
    expect(page.locator("[data-vote-box=bob]")).to_contain_text("You said ship")


def test_everything_works_without_javascript(plain_page, site):
    plain_page.goto(site + "/tools/ada/")
    plain_page.locator("[data-vote-box=ada]").get_by_role("link", name="Skip").click()
    assert plain_page.url == site + "/tools/ada/vote/"

    plain_page.get_by_role("button", name="Skip").click()
    assert "You said skip" in plain_page.locator("main").inner_text()
    plain_page.get_by_role("button", name="Withdraw my vote").click()

    assert "No community votes yet" in plain_page.locator("main").inner_text()
    plain_page.goto(site + "/tools/ada/")
    assert "No community votes yet" in plain_page.locator("[data-vote-box=ada]").inner_text()
