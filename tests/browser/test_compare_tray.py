"""Tools are selected anywhere and compared from the tray, by mouse, by keyboard and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_category, make_reviewer, make_tool, publish_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ["Ada", "Bob", "Cid", "Dee", "Eve"]


@pytest.fixture
def site(live_server):
    """The address of a site with five tools. Bob's page shows no other tool: its category holds none."""
    coding, speech = make_category(name="Coding", slug="coding"), make_category(name="Speech")
    reviewer = make_reviewer("Builder")
    for name in NAMES:
        category = speech if name == "Bob" else coding
        publish_review(make_tool(name=name, slug=name.lower(), category=category), reviewer)
    return live_server.url


def tray(page):
    return page.get_by_role("form", name="Compare tools")


def tick(page, name):
    return page.locator("main").get_by_label(f"Compare {name}", exact=True)


def select(page, *names):
    for name in names:
        tick(page, name).check()


def focused(page):
    return page.evaluate("document.activeElement.innerText || document.activeElement.value")


@pytest.mark.parametrize(
    "path",
    ["/", "/tools/", "/categories/coding/", "/tools/ada/", "/reviewers/builder/"],
)
def test_tools_of_different_pages_are_compared(page, site, path):
    page.goto(site + path)
    expect(tray(page)).to_be_hidden()
    select(page, "Ada")
    expect(tray(page)).to_contain_text("1 tool selected. Select at least one more.")
    expect(tray(page).get_by_role("button", name="Compare")).to_be_disabled()

    page.goto(site + "/tools/bob/")
    select(page, "Bob")
    expect(tray(page)).to_contain_text("2 tools selected.")
    tray(page).get_by_role("button", name="Compare").click()

    page.wait_for_url(site + "/compare/ada-vs-bob/")
    expect(tray(page)).to_be_hidden()


def test_the_selection_is_ticked_on_the_next_page_and_in_filtered_results(page, site):
    page.goto(site + "/tools/")
    select(page, "Ada", "Bob")

    page.goto(site + "/categories/coding/")
    expect(tick(page, "Ada")).to_be_checked()
    expect(tick(page, "Cid")).not_to_be_checked()
    page.goto(site + "/tools/")
    page.locator("#site-search").press_sequentially("bob")
    page.keyboard.press("Enter")

    expect(page.locator(".tool-row__name")).to_have_text(["Bob"])
    expect(tick(page, "Bob")).to_be_checked()
    expect(tray(page)).to_contain_text("2 tools selected.")


def test_no_more_than_four_can_be_selected(page, site):
    page.goto(site + "/tools/")

    select(page, *NAMES[:4])

    expect(tray(page)).to_contain_text("4 tools selected, the most you can compare.")
    expect(tick(page, "Eve")).to_be_disabled()
    tick(page, "Ada").uncheck()
    expect(tick(page, "Eve")).to_be_enabled()


def test_the_keyboard_selects_announces_and_opens_the_comparison(page, site):
    page.goto(site + "/tools/")
    for name in ["Ada", "Bob"]:
        tick(page, name).focus()
        page.keyboard.press("Space")
    expect(page.locator("#announcements")).to_have_text("2 tools selected.")

    page.keyboard.press("Enter")

    page.wait_for_url(site + "/compare/ada-vs-bob/")


def test_what_is_removed_or_cleared_leaves_the_focus_in_the_page(page, site):
    page.goto(site + "/tools/")
    select(page, "Ada", "Bob", "Cid")

    tray(page).get_by_role("button", name="Remove Ada").press("Enter")
    expect(tick(page, "Ada")).not_to_be_checked()
    assert "Bob" in focused(page)
    tray(page).get_by_role("button", name="Remove Bob").press("Enter")
    tray(page).get_by_role("button", name="Remove Cid").press("Enter")
    assert focused(page) == "cid"
    select(page, "Dee")
    tray(page).get_by_role("button", name="Clear").press("Enter")

    expect(tray(page)).to_be_hidden()
    expect(tick(page, "Dee")).not_to_be_checked()
    assert page.evaluate("document.activeElement.id") == "main"


def test_another_tab_shows_the_same_selection(page, site):
    page.goto(site + "/tools/")
    other = page.context.new_page()
    other.goto(site + "/tools/ada/")

    select(page, "Ada", "Bob")

    expect(tick(other, "Ada")).to_be_checked()
    expect(tray(other)).to_contain_text("2 tools selected.")


@pytest.mark.parametrize("stored", ["{", "7", '[{"slug": 1}, null, "ada"]'])
def test_a_selection_that_cannot_be_read_is_none(page, site, stored):
    page.goto(site + "/tools/")
    page.evaluate("stored => localStorage.setItem('compare', stored)", stored)

    page.reload()

    expect(tray(page)).to_be_hidden()
    select(page, "Ada")
    expect(tray(page)).to_contain_text("1 tool selected.")


def test_a_name_is_shown_as_it_is_written(page, site):
    make_tool(name="<b>Bold</b>", slug="bold")
    page.goto(site + "/tools/bold/")

    select(page, "<b>Bold</b>")

    expect(tray(page).get_by_role("listitem")).to_contain_text("<b>Bold</b>")


def test_the_drawer_selects_for_the_same_tray(page, site):
    page.goto(site + "/tools/")
    page.locator("[data-bookmark=bob] button").click()
    expect(page.locator("[data-bookmark=bob]")).to_contain_text("Remove bookmark")
    select(page, "Ada")
    page.locator("#bookmarks-link").click()
    drawer = page.get_by_role("dialog", name="Bookmarks")

    drawer.get_by_label("Compare Bob").check()
    expect(drawer).to_contain_text("2 tools selected.")
    drawer.get_by_role("button", name="Compare").click()

    page.wait_for_url(site + "/compare/ada-vs-bob/")


def test_a_phone_has_the_tick_in_each_row(page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site + "/tools/")

    select(page, "Ada", "Bob")

    expect(tray(page)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_the_end_of_the_page_is_not_covered(page, site):
    page.goto(site + "/tools/")
    select(page, "Ada")

    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")

    footer = page.locator(".footer").bounding_box()
    assert footer["y"] + footer["height"] <= tray(page).bounding_box()["y"] + 1


def test_without_javascript_the_tray_is_a_form(plain_page, site):
    plain_page.goto(site + "/tools/")
    expect(tray(plain_page)).to_contain_text("Select 2 to 4 tools.")
    select(plain_page, "Cid", "Ada")

    tray(plain_page).get_by_role("button", name="Compare").click()

    assert plain_page.url == site + "/compare/ada-vs-cid/"


def test_without_javascript_one_tool_leads_to_the_picker(plain_page, site):
    plain_page.goto(site + "/categories/coding/")
    select(plain_page, "Cid")

    tray(plain_page).get_by_role("button", name="Compare").click()

    assert plain_page.url == site + "/compare/?tools=cid"
    expect(plain_page.locator("main")).to_contain_text("Select at least one more.")


def test_without_javascript_a_page_with_nothing_to_select_has_no_tray(plain_page, site):
    plain_page.goto(site + "/method/")

    expect(tray(plain_page)).to_be_hidden()
