"""The comparison in a real browser: swapped by htmx, and again without any JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_tool
from tests.pages.comparison_samples import PAIR, make_first_pair
from tools.models import Tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREE = "/compare/ada-vs-claude-4-api-vs-llama-4-compact-12b/"


@pytest.fixture
def site(live_server):
    """The address of a site that holds the first pair and Ada."""
    make_first_pair()
    make_tool(name="Ada", slug="ada")
    return live_server.url


def heading(page):
    return page.locator("h1").inner_text()


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def announced(page):
    return page.locator("#announcements").inner_text()


def add_ada(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions__link", has_text="Ada").click()
    page.wait_for_url(site + THREE)
    expect(page.locator(".tool-card")).to_have_count(3)


def test_a_tool_is_added_from_the_suggestions(page, site, complaints):
    add_ada(page, site)

    assert heading(page).startswith("Ada vs Claude 4 API")
    assert page.title().startswith("Ada vs Claude 4 API")
    assert focused(page) == "comparison-title"
    assert announced(page).startswith("Comparing Ada vs Claude 4 API vs Llama 4 Compact.")
    assert complaints == []


def test_the_keyboard_alone_adds_a_tool(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").focus()
    page.keyboard.type("ad")
    page.locator(".suggestions__link").wait_for()

    page.keyboard.press("Tab")  # the button
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url(site + THREE)


def test_escape_clears_the_suggestions_and_leads_back_to_the_field(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions__link").focus()

    page.keyboard.press("Escape")

    assert page.locator(".suggestions__link").count() == 0
    assert (focused(page), page.locator("#add-tool").input_value()) == ("add-tool", "")


def test_a_removed_tool_is_gone_without_loading_the_page_anew(page, site, complaints):
    page.goto(site + THREE)
    page.evaluate("window.isTheSamePage = true")

    page.get_by_role("link", name="Remove Ada from the comparison").click()

    page.wait_for_url(site + PAIR)
    expect(page.locator(".tool-card")).to_have_count(2)
    assert page.evaluate("window.isTheSamePage") is True
    assert focused(page) == "comparison-title"
    assert complaints == []


def test_only_differences_is_an_address_and_keeps_the_focus(page, site, complaints):
    page.goto(site + PAIR)

    page.get_by_role("link", name="Only differences").press("Enter")

    page.wait_for_url(f"{site}{PAIR}?diff=1")
    page.get_by_role("link", name=re.compile("Show all")).wait_for()
    assert page.get_by_role("rowheader", name="Category").count() == 0
    assert focused(page) == "differences"
    assert "Showing only differences: " in announced(page)
    assert complaints == []


def test_back_and_forward_lead_through_the_comparisons(page, site, complaints):
    add_ada(page, site)

    page.go_back()
    expect(page.locator(".tool-card")).to_have_count(2)
    assert page.url == site + PAIR
    assert page.title().startswith("Claude 4 API")

    page.go_forward()
    expect(page.locator(".tool-card")).to_have_count(3)
    assert page.url == site + THREE
    assert page.title().startswith("Ada vs")
    assert complaints == []


def test_the_page_still_works_after_going_back(page, site):
    add_ada(page, site)
    page.go_back()
    expect(page.locator(".tool-card")).to_have_count(2)

    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions__link", has_text="Ada").click()

    page.wait_for_url(site + THREE)


def test_a_tool_withdrawn_meanwhile_is_reported_by_a_whole_page(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions__link").wait_for()
    Tool.objects.filter(slug="ada").update(published_at=None)

    page.locator(".suggestions__link").click()

    expect(page.locator("h1")).to_have_text("Unknown tool in this comparison")
    assert page.url == site + THREE


@pytest.mark.parametrize("width", [320, 390, 768, 1440, 2560])
@pytest.mark.parametrize("path", [PAIR, THREE])
def test_the_page_never_scrolls_sideways(page, site, width, path):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_table_keeps_its_heads_in_sight(page, site):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(site + PAIR)
    last_row = page.get_by_role("rowheader", name="Status")

    last_row.evaluate("row => row.scrollIntoView({block: 'center', behavior: 'instant'})")

    assert page.get_by_role("columnheader", name="Claude 4 API").bounding_box()["y"] == 0


def test_without_javascript_a_tool_is_added_by_its_name(plain_page, site):
    plain_page.goto(site + PAIR)

    plain_page.get_by_label("Name of the tool").fill("ada")
    plain_page.get_by_role("button", name="Add").click()

    assert plain_page.url == site + THREE


def test_without_javascript_a_tool_is_removed_and_rows_are_hidden(plain_page, site):
    plain_page.goto(site + THREE)

    plain_page.get_by_role("link", name="Remove Ada from the comparison").click()
    assert plain_page.url == site + PAIR
    plain_page.get_by_role("link", name="Only differences").click()

    assert plain_page.url == f"{site}{PAIR}?diff=1"
    assert plain_page.get_by_role("rowheader", name="Category").count() == 0


def test_without_javascript_tools_are_picked_one_by_one(plain_page, site):
    plain_page.goto(f"{site}/compare/")
    for name in ["claude", "llama"]:
        plain_page.get_by_label("Find a tool").fill(name)
        plain_page.get_by_role("button", name="Search", exact=True).last.click()
        plain_page.get_by_role("checkbox", name=re.compile(name, re.I)).check()

    plain_page.get_by_role("button", name="Compare").click()

    assert plain_page.url == site + PAIR


def test_the_picker_finds_while_one_types_and_keeps_what_is_chosen(page, site, complaints):
    page.goto(f"{site}/compare/?tools=ada")

    page.get_by_label("Find a tool").press_sequentially("llama")
    page.get_by_role("checkbox", name=re.compile("Llama 4")).check()
    page.get_by_role("button", name="Compare").click()

    page.wait_for_url(f"{site}/compare/ada-vs-llama-4-compact-12b/")
    assert complaints == []
