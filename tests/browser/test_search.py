"""The search in the header: suggestions as one types, by keyboard, pointer and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.factories import make_category, make_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server):
    agents = make_category(name="Adaptive agents", slug="agents")
    for name in ("Ada", "Adele", "Bert"):
        make_tool(name=name, slug=name.lower(), category=agents)
    return live_server.url


def field(page):
    return page.get_by_role("combobox", name="Search tools")


def options(page):
    return page.locator("#site-suggestions").get_by_role("option")


def suggested(page, site, path="/"):
    """Open a page and type until there are suggestions."""
    page.goto(site + path)
    field(page).fill("")
    field(page).press_sequentially("ad")
    expect(options(page)).to_contain_text(["Ada", "Adele", "Adaptive agents"])


def marked(page):
    """The option that a screen reader announces as selected."""
    return page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        "?.querySelector('bdi').textContent ?? null"
    )


def test_the_arrow_keys_walk_through_the_suggestions_and_the_field(page, site, complaints):
    suggested(page, site)
    expect(field(page)).to_have_attribute("aria-expanded", "true")

    walk = []
    for key in ["ArrowDown"] * 4 + ["ArrowUp"] * 2:
        page.keyboard.press(key)
        walk.append(marked(page))

    assert walk == ["Ada", "Adele", "Adaptive agents", None, "Adaptive agents", "Adele"]
    assert options(page).locator("nth=1").get_attribute("aria-selected") == "true"
    assert page.evaluate("document.activeElement.id") == "site-search"
    expect(page.locator("#announcements")).to_have_text("3 suggestions")
    assert complaints == []


def test_enter_opens_the_marked_suggestion_and_back_shows_the_page_without_the_list(page, site):
    suggested(page, site, "/tools/?q=bert")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(site + "/categories/agents/")

    page.go_back()

    page.wait_for_url(site + "/tools/?q=bert")
    expect(options(page)).to_have_count(0)
    expect(field(page)).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_choice_searches(page, site):
    suggested(page, site)

    page.keyboard.press("Enter")

    page.wait_for_url(site + "/tools/?q=ad")
    expect(field(page)).to_have_value("ad")


def test_enter_searches_with_the_filters_of_the_directory(page, site, complaints):
    suggested(page, site, "/tools/?category=agents")

    page.keyboard.press("Enter")

    page.wait_for_url(site + "/tools/?q=ad&category=agents")
    expect(page.locator("#site-suggestions")).to_be_hidden()
    expect(page.locator(".tool-row__name")).to_contain_text(["Ada", "Adele"])
    assert complaints == []


def test_escape_closes_the_list_and_down_opens_it_again(page, site):
    suggested(page, site)
    page.keyboard.press("ArrowDown")

    page.keyboard.press("Escape")

    expect(options(page)).to_have_count(0)
    assert (field(page).input_value(), marked(page)) == ("ad", None)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_count(3)
    assert marked(page) == "Ada"


def test_leaving_the_field_closes_the_list(page, site):
    suggested(page, site)

    page.keyboard.press("Tab")

    expect(options(page)).to_have_count(0)


def test_an_answer_that_comes_after_escape_opens_nothing(page, site):
    page.goto(site + "/")
    with page.expect_response("**/tools/suggest/**"):
        field(page).press_sequentially("ad")
        page.locator("#site-search").evaluate(
            "field => { field.dispatchEvent(new Event('focusout', {bubbles: true})) }"
        )

    page.wait_for_timeout(200)
    expect(page.locator("#site-suggestions")).to_be_hidden()


def test_emptying_the_field_closes_the_list(page, site):
    suggested(page, site)

    field(page).fill("")

    expect(page.locator("#site-suggestions")).to_be_hidden()


def test_a_press_opens_a_suggestion(page, site):
    suggested(page, site)

    options(page).filter(has_text="Adele").click()

    page.wait_for_url(site + "/tools/adele/")


def test_two_names_are_suggested_as_their_comparison(page, site):
    page.goto(site + "/")
    field(page).press_sequentially("bert vs ad")
    expect(options(page)).to_contain_text(["Bert vs Ada", "Bert vs Adele"])

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(site + "/compare/ada-vs-bert/")


def test_the_search_works_without_javascript(plain_page, site):
    for path in ["/", "/tools/"]:
        plain_page.goto(site + path)
        search = plain_page.get_by_role("searchbox", name="Search tools")
        search.fill("bert")
        search.press("Enter")

        expect(plain_page.locator(".tool-row__name")).to_have_text(["Bert"])
        expect(search).to_have_value("bert")


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_fits_and_has_no_barrier(page, site, width, theme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    suggested(page, site, "/tools/ada/")
    page.keyboard.press("ArrowDown")

    box = page.locator("#site-suggestions").bounding_box()
    assert (box["x"] >= 0, box["x"] + box["width"] <= width) == (True, True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    options_of_axe = {"preload": False, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options_of_axe).response["violations"]
    assert [(found["id"], found["nodes"][0]["html"][:200]) for found in violations] == []
