"""The public pages in a real browser, with htmx and without JavaScript."""

from itertools import product

import pytest
from playwright.sync_api import expect

from reviews.models import Reviewer
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool
from tools.models import Category, Tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Incomprehensibilities of a Very Long Name: Large-Scale Weak Supervision, Again."
UNBROKEN = "W" * 120


@pytest.fixture
def site(live_server):
    """The address of a site with two categories and three tools."""
    coding = make_category(name="Coding", slug="coding")
    builder = make_reviewer("Builder", motto="Show me.")
    publish_review(make_tool(name="Ada", slug="ada", category=coding), builder, 90)
    publish_review(make_tool(name="Bea", slug="bea", category=coding), builder, 40, "skip")
    make_tool(name=LONG, slug="long", category=make_category(name="Speech", slug="speech"))
    return live_server.url


def names(page):
    return page.locator(".tool-row__name")


PATHS = [
    "/", "/tools/", "/tools/ada/", "/tools/long/", "/tools/aad/", "/categories/coding/",
    "/reviewers/", "/reviewers/builder/", "/changes/", "/method/", "/privacy/",
]  # fmt: skip


def test_no_page_breaks_the_content_security_policy(page, site, complaints):
    for path in PATHS:
        page.goto(site + path)

    not_found = "error: Failed to load resource: the server responded with a status of 404"
    assert [words for words in complaints if not words.startswith(not_found)] == []


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["/tools/", "/categories/coding/", "/tools/ada/alternatives/"])
def test_the_names_of_a_list_begin_at_one_edge(page, site, path, width):
    """Whatever stands below them, such as a link of any length."""
    make_tool(name=LONG, slug="longer", category=Category.objects.get(slug="coding"))
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(site + path)

    edges = [name.bounding_box()["x"] for name in names(page).all()]
    assert len(edges) > 1
    assert len(set(edges)) == 1


def test_a_search_changes_the_list_alone_and_keeps_the_focus(page, site, complaints):
    page.goto(f"{site}/tools/")

    page.locator("#site-search").press_sequentially("bea")
    page.keyboard.press("Enter")

    expect(names(page)).to_have_text(["Bea"])
    page.wait_for_url(f"{site}/tools/?q=bea")
    assert page.evaluate("document.activeElement.id") == "site-search"
    expect(page.locator("#announcements")).to_have_text("1 tool")
    assert complaints == []


def test_back_shows_the_list_and_the_form_as_they_were(page, site):
    page.goto(f"{site}/tools/")
    page.locator("#verdict").select_option("skip")
    expect(names(page)).to_have_text(["Bea"])
    page.locator("#verdict").select_option("none")
    expect(names(page)).to_have_text([LONG])

    page.go_back()

    expect(names(page)).to_have_text(["Bea"])
    expect(page.locator("#verdict")).to_have_value("skip")
    assert page.url == f"{site}/tools/?verdict=skip"


def test_facets_follow_each_other_and_keep_the_focus(page, site, complaints):
    page.goto(f"{site}/tools/")
    expect(page.locator("#category")).to_contain_text("Coding (2)")

    page.locator("#verdict").focus()
    page.locator("#verdict").select_option("skip")

    expect(page.locator("#category option")).to_have_text(["All categories", "Coding (1)"])
    assert page.evaluate("document.activeElement.id") == "verdict"
    expect(page.locator("#announcements")).to_have_text("1 tool")
    assert complaints == []


def test_a_chip_removes_its_filter_and_back_brings_it_again(page, site):
    page.goto(f"{site}/tools/?verdict=skip&category=coding")

    page.get_by_role("link", name="Remove filter Coding").click()
    page.wait_for_url(f"{site}/tools/?verdict=skip")
    page.get_by_role("link", name="Remove filter Skip").click()
    page.wait_for_url(f"{site}/tools/")
    expect(names(page)).to_have_count(3)
    page.go_back()

    expect(names(page)).to_have_text(["Bea"])
    expect(page.locator("#verdict")).to_have_value("skip")
    expect(page.locator("#category")).to_have_value("")


def test_on_a_phone_the_filters_are_folded_and_stay_open_while_they_are_used(page, site):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}/tools/")
    expect(page.locator("#verdict")).to_be_hidden()

    page.get_by_text("Filter and sort").click()
    page.locator("#verdict").select_option("skip")

    expect(names(page)).to_have_text(["Bea"])
    expect(page.locator("#verdict")).to_be_visible()


def test_filters_work_without_javascript(plain_page, site):
    plain_page.goto(f"{site}/tools/")

    plain_page.locator("#verdict").select_option("skip")
    plain_page.get_by_role("button", name="Show tools").click()

    expect(names(plain_page)).to_have_text(["Bea"])
    expect(plain_page.locator("#category")).to_contain_text("Coding (1)")


def test_a_filter_taken_away_leaves_the_form_too(page, site):
    page.goto(f"{site}/tools/")
    page.locator("#category").select_option("coding")
    expect(names(page)).to_have_text(["Ada", "Bea"])

    page.locator(".chip", has_text="Coding").click()

    expect(names(page)).to_have_count(3)
    expect(page.locator("#category")).to_have_value("")
    assert page.url == f"{site}/tools/"


def test_the_directory_works_without_javascript(plain_page, site):
    plain_page.goto(f"{site}/tools/")
    plain_page.locator("#site-search").fill("bea")
    plain_page.get_by_role("button", name="Show tools").click()

    expect(names(plain_page)).to_have_text(["Bea"])
    expect(plain_page.locator("[data-theme-switch]")).to_be_hidden()


@pytest.mark.parametrize(("system", "other"), [("light", "dark"), ("dark", "light")])
def test_every_press_changes_the_theme_and_the_choice_lasts(page, site, system, other):
    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.emulate_media(color_scheme=system)
    page.goto(site)
    before = paper()
    switch = page.get_by_role("button", name=f"Use the {other} theme")

    switch.click()

    expect(page.locator("[data-theme-switch]")).to_have_text(f"Use the {system} theme")
    chosen = paper()
    page.goto(f"{site}/method/")
    assert paper() == chosen != before
    page.locator("[data-theme-switch]").click()
    assert paper() == before


def test_a_choice_that_the_system_makes_too_is_not_stored(page, site):
    page.emulate_media(color_scheme="light")
    page.goto(site)
    switch = page.locator("[data-theme-switch]")

    switch.click()
    assert page.evaluate("localStorage.theme") == "dark"
    switch.click()
    assert page.evaluate("localStorage.theme") is None

    page.emulate_media(color_scheme="dark")
    expect(switch).to_have_text("Use the light theme")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page, site):
    page.goto(site)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_no_page_is_wider_than_its_window(page, site):
    too_wide = []
    for path in PATHS:
        page.goto(site + path)
        for width, text in product([320, 390, 768, 1440, 2560], ["100%", "200%"]):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("size => document.documentElement.style.fontSize = size", text)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append((path, width, text))

    assert too_wide == []


def wide_elements(page, width):
    """The elements that stick out of the window, outside of parts that scroll on their own."""
    return page.evaluate(
        """width => [...document.querySelectorAll("main *")].filter(element =>
            element.getBoundingClientRect().right > width + 1
            && !element.closest(".audit__scroll, .visually-hidden, svg")
        ).map(element => element.tagName + "." + element.className)""",
        width,
    )


@pytest.fixture
def unbroken(live_server):
    """The address of a site on which every name is as long as it may be, without a space."""
    panel = [
        make_reviewer(name, slug=f"reviewer-{name[0].lower()}")
        for name in ("R" * 60, "S" * 60, "T" * 60)
    ]
    category = make_category(name="C" * 60, slug="category")
    tools = [
        make_tool(
            name=f"{number}{UNBROKEN[1:]}",
            slug=slug,
            category=category,
            tagline="t" * 140,
            pricing="p" * 200,
            best_for="b" * 300,
            skip_if="s" * 300,
            description="d" * 300,
        )
        for number, slug in enumerate(("ada", "bea", "cleo", "dora"))
    ]
    for tool, reviewer in product(tools, panel):
        publish_review(tool, reviewer, 80, body="r" * 300, tested_version="v" * 40)
    tools[1].pricing = "q" * 200
    change_tool(tool=tools[1], reason="x" * 300)
    make_fact(tools[0], make_fact_kind(name="k" * 60), "f" * 200)
    make_tool(
        name="Gone", slug="gone", category=category, status="discontinued", successor=tools[0]
    )
    return live_server.url


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/tools/",
        "/tools/?q=" + UNBROKEN[:100],
        "/tools/?category=" + UNBROKEN[:80],
        "/tools/ada/",
        "/tools/bea/",
        "/tools/gone/",
        "/tools/ada/votes/",
        "/tools/" + UNBROKEN[:80] + "/",
        "/categories/category/",
        "/compare/",
        "/compare/?q=" + UNBROKEN[:20],
        "/compare/?tools=ada",
        "/compare/ada-vs-bea/",
        "/compare/ada-vs-bea-vs-cleo-vs-dora/",
        "/compare/ada-vs-" + UNBROKEN[:80] + "/",
        "/reviewers/",
        "/reviewers/reviewer-r/",
        "/changes/",
        "/bookmarks/",
    ],
)
def test_an_unbroken_name_does_not_widen_a_page(page, unbroken, path):
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(unbroken + path)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert wide_elements(page, width) == []


@pytest.mark.parametrize("path", ["/reviewers/", "/tools/aad/", "/compare/ada-vs-nowhere/"])
def test_the_footer_of_a_short_page_is_at_the_bottom_of_the_window(page, live_server, path):
    page.set_viewport_size({"width": 1440, "height": 2400})
    page.goto(live_server.url + path)

    bottom = page.evaluate("document.querySelector('.footer').getBoundingClientRect().bottom")

    assert abs(bottom - 2400) < 1
    assert page.evaluate("document.documentElement.scrollHeight") == 2400


def test_a_figure_says_what_it_means_on_hover_and_focus(page, site):
    page.goto(f"{site}/tools/ada/")
    term, meaning = page.get_by_text("Panel ship"), page.locator("#panel-ship")
    expect(meaning).to_be_hidden()

    term.hover()
    expect(meaning).to_have_text("The share of current reviews that say ship, in whole percent.")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    page.mouse.move(0, 0)
    term.focus()
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")

    expect(meaning).to_be_hidden()
    expect(term).to_have_accessible_description(meaning.text_content())


def test_print_shows_an_earlier_review_that_the_screen_keeps_folded(page, site):
    again = {"body": "It grew up.", "reason": "A new version."}
    publish_review(Tool.objects.get(slug="bea"), Reviewer.objects.get(), 80, **again)
    page.goto(f"{site}/tools/bea/")
    earlier = page.locator(".earlier__review")
    expect(earlier).to_be_hidden()

    page.emulate_media(media="print")

    expect(earlier).to_be_visible()
    expect(page.locator(".header__nav")).to_be_hidden()
