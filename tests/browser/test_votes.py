"""Voting in a real browser: swapped by htmx, by keyboard, and again without any JavaScript."""

from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.factories import make_reviewer, make_tool, publish_review
from tests.votes.ballots import make_votes
from tools.models import Tool
from votes.models import Reason, Vote

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
    expect(page.locator("td [data-tally=ada]")).to_contain_text("1 ship / 0 skip")
    expect(page.locator("[data-share=ada]")).to_have_text("1 ship / 0 skip")
    expect(page.locator("[data-vote-box=bob]")).to_contain_text("No community votes yet")
    expect(page.locator("#announcements")).to_have_text("Vote counted.")
    assert focused(page) == "Ship"


def test_reading_sets_no_cookie_and_a_vote_sets_two(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").wait_for()
    assert page.context.cookies() == []

    page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").click()

    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You voted skip")
    cookies = [
        (each["name"], each["httpOnly"], each["sameSite"]) for each in page.context.cookies()
    ]
    assert sorted(cookies) == [("last_write", True, "Lax"), ("reader", True, "Lax")]


def test_a_vote_is_changed_explained_withdrawn_and_brought_back(page, site):
    page.goto(site + "/tools/ada/")
    box = page.locator("[data-vote-box=ada]")

    box.get_by_role("button", name="Skip").click()
    box.get_by_role("button", name="Ship").click()
    expect(box).to_contain_text("1 ship / 0 skip")
    box.get_by_role("button", name="Output quality").click()
    expect(box.get_by_role("button", name="Output quality")).to_have_attribute(
        "aria-pressed", "true"
    )
    box.get_by_role("button", name="Withdraw my vote").click()
    expect(box).to_contain_text("No community votes yet")
    assert focused(page) == "Undo: vote ship again"
    box.get_by_role("button", name="Undo").click()

    expect(box).to_contain_text("You voted ship")
    expect(box.get_by_role("button", name="Output quality")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert Vote.objects.counted().count() == 1


def test_the_reader_finds_the_vote_again_on_the_next_page(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Ship").click()
    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You voted ship")

    page.goto(site + "/compare/ada-vs-bob/")

    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You voted ship")


def test_a_list_shows_no_vote_and_has_no_trouble_with_the_readers_own(page, site):
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Ship").click()
    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You voted ship")

    with page.expect_response("**/me/?tools=*"):
        page.goto(site + "/tools/")

    expect(page.locator("[data-vote-box]")).to_have_count(0)
    expect(page.locator("[data-bookmark=ada]")).to_be_visible()
    expect(page.locator("body > [data-trouble]")).to_be_hidden()


def test_a_vote_works_with_one_press_on_the_first_visit_without_javascript(plain_page, site):
    plain_page.goto(site + "/compare/ada-vs-bob/")
    assert plain_page.context.cookies() == []

    plain_page.locator("[data-vote-box=ada]").get_by_role("button", name="Skip").click()

    main = plain_page.locator("main")
    expect(main).to_contain_text("You voted skip")
    expect(main).to_contain_text("Vote counted.")
    plain_page.get_by_role("button", name="Lock-in").click()
    expect(plain_page.get_by_role("button", name="Lock-in")).to_have_attribute(
        "aria-pressed", "true"
    )
    plain_page.get_by_role("button", name="Withdraw my vote").click()
    expect(main).to_contain_text("Vote withdrawn.")
    expect(main).to_contain_text("No community votes yet")
    plain_page.get_by_role("button", name="Undo").click()
    expect(plain_page.get_by_role("button", name="Lock-in")).to_have_attribute(
        "aria-pressed", "true"
    )
    plain_page.get_by_role("link", name="Back to where you were").click()
    assert plain_page.url == site + "/compare/ada-vs-bob/"
    expect(plain_page.locator("[data-vote-box=ada]")).to_contain_text("0 ship / 1 skip")


def test_a_link_to_ship_has_it_selected_without_javascript(plain_page, site):
    plain_page.goto(site + "/tools/ada/vote/?choice=ship")
    expect(plain_page.get_by_label("Ship", exact=True)).to_be_checked()

    plain_page.get_by_role("button", name="Vote").click()

    expect(plain_page.locator("main")).to_contain_text("You voted ship")


@pytest.mark.parametrize("query", ["", "?diff=1"])
def test_a_vote_that_turns_the_bottom_line_changes_every_figure_of_the_page(page, site, query):
    ada, bob = Tool.objects.order_by("slug")
    for reviewer in [make_reviewer() for _ in range(3)]:
        publish_review(ada, reviewer, 90)
        publish_review(bob, reviewer, 60)
    make_votes(ada, skips=10)
    make_votes(bob, ships=9)
    page.goto(f"{site}/compare/ada-vs-bob/{query}")
    bottom_line = page.locator("#bottom-line")
    before = bottom_line.inner_text()
    assert "Ada leads" in before
    box = page.locator("[data-vote-box=bob]")

    box.get_by_role("button", name="Ship").click()

    expect(bottom_line).to_contain_text("disagree")
    expect(bottom_line).to_contain_text("100% of 10 votes say ship")
    for place in [box, page.locator("td [data-tally=bob]")]:
        expect(place).to_contain_text("10 ship / 0 skip")
        expect(place).to_contain_text("n = 10")
    expect(page.locator("[data-share=bob]")).to_have_text("100% ship")
    expect(box).to_contain_text("You voted ship")
    assert focused(page) == "Ship"
    page.reload()
    assert "disagree" in page.locator("#bottom-line").inner_text()

    page.locator("[data-vote-box=bob]").get_by_role("button", name="Withdraw my vote").click()
    expect(page.locator("#bottom-line")).to_contain_text("Ada leads")
    expect(page.locator("td [data-tally=bob]")).to_contain_text("9 ship / 0 skip")


def test_the_tenth_reason_names_it_in_the_decision_table(page, site):
    quality = Reason.objects.get(side="ship", slug="quality")
    make_votes(Tool.objects.get(slug="ada"), ships=9, reason=quality)
    page.goto(site + "/compare/ada-vs-bob/")
    box = page.locator("[data-vote-box=ada]")
    box.get_by_role("button", name="Ship").click()
    expect(page.locator("#decision")).not_to_contain_text("Ship for")

    box.get_by_role("button", name=quality.label).click()

    expect(page.locator("#decision")).to_contain_text(f"Ship for {quality.label.lower()}")


def test_the_chart_of_a_tool_counts_the_vote(page, site):
    page.goto(site + "/tools/ada/")

    page.locator("[data-vote-box=ada]").get_by_role("button", name="Ship").click()

    expect(page.locator("#vote-chart")).to_contain_text("1 vote in the last 90 days")


def test_beyond_the_limit_the_page_says_when_to_try_again(page, site, settings):
    settings.VOTE_LIMIT_NETWORK = (1, 120)
    page.goto(site + "/tools/ada/")
    box = page.locator("[data-vote-box=ada]")
    box.get_by_role("button", name="Ship").click()
    expect(box).to_contain_text("You voted ship")

    box.get_by_role("button", name="Skip").click()

    alert = page.get_by_role("alert")
    expect(alert).to_have_text("Too many votes. Try again in 30 seconds.")
    expect(box).to_contain_text("You voted ship")
    assert Vote.objects.get().choice == "ship"


REFUSED = "We could not confirm that this came from our site. Reload the page and try again."


@pytest.mark.parametrize("kind", ["page", "plain_page"], ids=["JavaScript", "no JavaScript"])
@pytest.mark.parametrize("sandbox", ["", "allow-forms allow-top-navigation"])
def test_a_form_on_another_origin_is_refused(kind, request, site, sandbox, other_origin):
    """Also from a sandboxed frame, whose origin is "null"."""
    page = request.getfixturevalue(kind)
    form = f"""<form method="post" action="{site}/tools/ada/vote/" target="_top">
        <button name="choice" value="ship">Win a prize</button></form>"""
    if sandbox:
        form = f'<iframe sandbox="{sandbox}" srcdoc="{escape(form)}"></iframe>'
    page.goto(other_origin(form))
    frame = page.frame_locator("iframe") if sandbox else page

    frame.get_by_role("button").click()

    expect(page.locator("main")).to_contain_text(REFUSED)
    assert Vote.objects.count() == 0


@pytest.fixture
def other_origin():
    """Serves the HTML that it is called with on a port of its own; returns the address."""
    pages = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages[-1].encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()

        def serve(html):
            pages.append(html)
            return f"http://127.0.0.1:{server.server_port}/"

        yield serve
        server.shutdown()
