"""The comparison in a real browser: swapped by htmx, and again without any JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.comparison_samples import PAIR, make_first_pair, make_four
from tools.models import Tool
from votes.models import Tally

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREE = "/compare/ada-vs-claude-4-api-vs-llama-4-compact-12b/"
FOUR = "/compare/ada-vs-claude-4-api-vs-llama-4-compact-12b-vs-zoe/"
BODY = (
    "A first sentence that says enough by itself. "
    + "More is said after it. " * 12
    + "Last sentence."
)
PHONE, DESK = (390, 844), (1440, 900)


@pytest.fixture
def site(live_server):
    """The address of a site that holds the first pair and Ada."""
    make_first_pair()
    make_tool(name="Ada", slug="ada")
    return live_server.url


@pytest.fixture
def four(live_server):
    """The address of a site with four tools that the same four reviewers scored."""
    make_four(body=BODY)
    return live_server.url


def show(page, address, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address)


def top_of(page, selector):
    return page.locator(selector).bounding_box()["y"]


def scrolled(page):
    return page.evaluate("scrollY")


def heading(page):
    return page.locator("h1").inner_text()


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.tagName")


def announced(page):
    return page.locator("#announcements").inner_text()


def add_ada(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions .suggestion", has_text="Ada").click()
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
    page.locator(".suggestions .suggestion").wait_for()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(site + THREE)


def test_escape_closes_the_suggestions_and_then_clears_the_field(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions .suggestion").wait_for()

    page.keyboard.press("Escape")

    expect(page.locator(".suggestions .suggestion")).to_be_hidden()
    assert (focused(page), page.locator("#add-tool").input_value()) == ("add-tool", "ad")
    page.keyboard.press("Escape")
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
    page.locator(".suggestions .suggestion", has_text="Ada").click()

    page.wait_for_url(site + THREE)


def test_a_tool_withdrawn_meanwhile_is_reported_by_a_whole_page(page, site):
    page.goto(site + PAIR)
    page.locator("#add-tool").press_sequentially("ad")
    page.locator(".suggestions .suggestion").wait_for()
    Tool.objects.filter(slug="ada").update(published_at=None)

    page.locator(".suggestions .suggestion").click()

    expect(page.locator("h1")).to_have_text("Unknown tool in this comparison")
    assert page.url == site + THREE


@pytest.mark.parametrize("width", [320, 390, 768, 1440, 2560])
@pytest.mark.parametrize("path", [PAIR, THREE])
def test_the_page_never_scrolls_sideways(page, site, width, path):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + path)

    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("path", [PAIR, THREE, FOUR])
def test_what_decides_is_on_the_first_screen_for_all_tools(page, four, size, path):
    show(page, four + path, size)

    cards = [card.bounding_box() for card in page.locator(".tool-card").all()]
    assert len({card["y"] for card in cards}) == 1
    assert max(card["y"] + card["height"] for card in cards) < size[1]
    assert top_of(page, ".panel-chart__svg") < size[1]


def test_the_pick_is_marked_by_a_word(page, site):
    page.goto(site + PAIR)

    pick = page.locator(".tool-card", has_text="Panel’s pick").locator("h2")
    expect(pick).to_have_text("Claude 4 API")
    assert page.locator(".pick svg").count() == 1


@pytest.mark.parametrize(("path", "most"), [(PAIR, 4200), (THREE, 5600), (FOUR, 7000)])
def test_a_comparison_is_not_long_on_a_phone(page, four, path, most):
    show(page, four + path, PHONE)

    assert page.evaluate("document.documentElement.scrollHeight") < most


@pytest.mark.parametrize("path", [PAIR, THREE, FOUR])
def test_nothing_within_the_page_scrolls_on_its_own(page, four, path):
    show(page, four + path, PHONE)

    scrolling = page.evaluate(
        """[...document.querySelectorAll("main *")].filter(element =>
            /auto|scroll/.test(getComputedStyle(element).overflow)
        ).map(element => element.className)"""
    )

    assert scrolling == []


@pytest.mark.parametrize("path", [THREE, FOUR])
def test_on_a_phone_every_value_of_several_tools_names_its_tool(page, four, path):
    show(page, four + path, PHONE)
    cell = page.get_by_role("cell", name="50.0/100" if path == FOUR else "60.0/100")

    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")

    assert label == '"{}" / ""'.format("Zoe" if path == FOUR else "Ada")


@pytest.mark.parametrize("place", ["start", "center", "end"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_only_differences_does_not_move_the_page(page, four, size, place):
    show(page, four + PAIR, size)
    link = page.get_by_role("link", name="Only differences")
    link.evaluate("(link, block) => link.scrollIntoView({block, behavior: 'instant'})", place)
    before = scrolled(page), top_of(page, "#differences")

    link.click()
    page.get_by_role("link", name=re.compile("Show all")).wait_for()
    assert (scrolled(page), top_of(page, "#differences")) == before

    page.get_by_role("link", name=re.compile("Show all")).press("Enter")
    page.get_by_role("link", name="Only differences").wait_for()
    assert (scrolled(page), top_of(page, "#differences")) == before
    assert focused(page) == "differences"


def test_a_vote_leaves_only_the_differences_in_the_table(page, site):
    page.goto(site + PAIR)
    page.get_by_role("link", name="Only differences").click()
    page.get_by_role("link", name=re.compile("Show all")).wait_for()

    page.locator("[data-vote-box=claude-4-api]").get_by_role("button", name="Ship").click()

    expect(page.locator("#decision [data-tally=claude-4-api]")).to_contain_text("1 ship / 0 skip")
    expect(page.get_by_role("link", name=re.compile("Show all"))).to_be_visible()
    assert page.get_by_role("rowheader", name="Category").count() == 0


def test_after_a_vote_that_turns_the_bottom_line_a_reload_changes_nothing(page, live_server):
    ada, bert = make_tool(name="Ada", slug="ada"), make_tool(name="Bert", slug="bert")
    for score in (80, 80, 95):
        reviewer = make_reviewer()
        publish_review(ada, reviewer, score)
        publish_review(bert, reviewer, 70)
    Tally.objects.filter(tool=ada).update(ships=2, skips=7)
    Tally.objects.filter(tool=bert).update(ships=21, skips=3)
    shown = page.locator("#bottom-line, .tool-cards, #decision")
    page.goto(f"{live_server.url}/compare/ada-vs-bert/")
    expect(page.locator("#bottom-line")).not_to_contain_text("disagree")

    page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").click()

    expect(page.locator("#bottom-line")).to_contain_text("Panel and community disagree.")
    after_vote = shown.all_inner_texts()
    page.reload()
    assert shown.all_inner_texts() == after_vote


def test_a_long_status_is_one_word_on_a_phone_with_four_tools(page, four):
    Tool.objects.filter(slug="ada").update(status="discontinued")
    show(page, four + FOUR, PHONE)

    badges = page.locator(".tool-card .status")
    assert badges.first.inner_text() == "Discontinued"
    assert len({round(badge.bounding_box()["height"]) for badge in badges.all()}) == 1


def test_a_review_is_folded_on_a_phone_and_opened_by_keyboard(page, four):
    show(page, four + PAIR, PHONE)
    fold = page.locator(".compared__body").first
    rest = fold.get_by_text("Last sentence.")
    expect(rest).to_be_hidden()

    fold.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(rest).to_be_visible()
    expect(fold.locator(".fold__excerpt")).to_be_hidden()
    expect(fold.locator("summary")).to_have_text(re.compile("Show less"), use_inner_text=True)


def test_two_reviews_side_by_side_are_not_folded(page, four):
    show(page, four + PAIR, DESK)

    expect(page.locator(".compared__body").first.get_by_text("Last sentence.")).to_be_visible()
    expect(page.locator(".compared__body summary").first).to_be_hidden()


def test_weights_that_nobody_chose_are_not_printed(page, four):
    page.emulate_media(media="print")
    page.goto(four + PAIR)
    expect(page.locator("#my-weights")).to_be_hidden()

    page.goto(f"{four}{PAIR}?w=builder:2")
    expect(page.locator(".my-weights__result")).to_be_visible()
    expect(page.locator(".my-weights__form")).to_be_hidden()


def test_print_unfolds_every_review_and_leaves_the_buttons_out(page, four):
    show(page, four + FOUR, PHONE)

    page.emulate_media(media="print")

    for text in page.locator(".compared__body").get_by_text("Last sentence.").all():
        expect(text).to_be_visible()
    visible = [button for button in page.locator("main .button").all() if button.is_visible()]
    assert visible == []


@pytest.mark.parametrize("link", ["Choose and vote", "Table", "Scorecard", "Add a tool"])
def test_a_jump_link_leads_to_its_part(page, site, link):
    show(page, site + PAIR, PHONE)
    page.emulate_media(reduced_motion="reduce")
    jump = page.get_by_label("On this page").get_by_role("link", name=link)

    jump.click()

    target = jump.get_attribute("href")
    page.wait_for_url(f"**{target}")
    assert 0 <= top_of(page, target) < PHONE[1] / 2


def test_the_names_stay_in_sight_in_table_and_scorecard(page, four):
    show(page, four + PAIR, PHONE)

    for part, names in [("Status", ".decision thead"), ("Founder", ".scorecard__names")]:
        header = page.get_by_role("rowheader" if part == "Status" else "heading", name=part)
        header.evaluate("it => it.scrollIntoView({block: 'start', behavior: 'instant'})")
        assert top_of(page, names) == 0


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
    plain_page.emulate_media(reduced_motion="reduce")
    plain_page.goto(site + THREE)

    plain_page.get_by_role("link", name="Remove Ada from the comparison").click()
    assert plain_page.url == site + PAIR
    plain_page.get_by_role("link", name="Only differences").click()

    assert plain_page.url == f"{site}{PAIR}?diff=1#decision"
    assert plain_page.get_by_role("rowheader", name="Category").count() == 0
    assert top_of(plain_page, "#decision") < 100


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
