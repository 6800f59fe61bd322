"""The admin in a real browser: its pages and its widgets under our Content Security Policy."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import User
from newsletter.models import Issue
from pages.tasks import prove_figures
from reviews.models import Review, Reviewer
from tests.admin_client import make_staff
from tests.factories import (
    draft_review,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.factories import make_issue, make_subscriber
from tests.sessions import another_session
from tests.votes.ballots import make_vote

OF_DJANGOS_WIDGETS = ["aria-input-field-name", "aria-prohibited-attr"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tool():
    tool = make_tool(name="Ada", slug="ada")
    make_tool(name="Bea", slug="bea")
    make_fact(tool, make_fact_kind(name="Licence"), "MIT")
    make_fact_kind("number", name="Window", unit="tokens")
    publish_review(tool, make_reviewer("Bo", position=1), score=80)
    make_reviewer("Zoe", position=2)
    return tool


@pytest.fixture
def admin_page(live_server, page, client, tool):
    """A page signed in as a superuser, with the messages of its console."""
    client.force_login(make_staff(is_superuser=True))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.console_errors = []
    page.on(
        "console",
        lambda message: (
            message.type in ("error", "warning") and page.console_errors.append(message.text)
        ),
    )
    page.on("pageerror", lambda error: page.console_errors.append(str(error)))
    page.address = f"{live_server.url}/admin/"
    return page


def open_page(admin_page, path):
    """Open a page and return the errors of its console, a list that grows with the page."""
    admin_page.console_errors.clear()
    admin_page.goto(admin_page.address + path)
    return admin_page.console_errors


def test_no_page_of_the_admin_breaks_the_content_security_policy(admin_page, tool):
    review = Review.objects.get()
    prove_figures.defer(timestamp=0)  # a job to be listed
    paths = [
        "", "tools/tool/", f"tools/tool/{tool.pk}/change/", f"tools/tool/{tool.pk}/history/",
        f"tools/tool/{tool.pk}/delete/", "tools/tool/add/", "tools/tool/import/", "tools/fact/",
        "tools/fact/add/", "tools/fact/import/", "tools/factkind/", "tools/category/",
        "tools/ledgerentry/", f"tools/ledgerentry/{tool.ledger.first().pk}/correct/",
        "reviews/review/", f"reviews/review/{review.pk}/change/", "reviews/review/due/",
        f"reviews/review/{review.pk}/correct/", f"tools/tool/{tool.pk}/withdraw/",
        "reviews/reviewer/", f"reviews/reviewer/{review.reviewer_id}/change/", "accounts/user/",
        "accounts/user/add/", "auth/group/1/change/", "accounts/signinevent/",
        "security/", "security/second-factor/",
        "procrastinate/procrastinatejob/", "password_change/", "votes/vote/", "votes/reason/",
        "votes/intervention/", "votes/intervention/void-burst/",
    ]  # fmt: skip

    console_errors = {path: list(open_page(admin_page, path)) for path in paths}

    assert console_errors == {path: [] for path in paths}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_of_the_admin_has_a_barrier(admin_page, tool, theme):
    make_vote(tool, rule="pace")
    make_issue()
    admin_page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    user = User.objects.get()
    paths = [
        "", "tools/tool/", f"tools/tool/{tool.pk}/change/", f"tools/tool/{tool.pk}/delete/", "tools/fact/",
        f"tools/category/{tool.category_id}/change/", "reviews/review/", "reviews/review/due/",
        "newsletter/issue/", f"newsletter/issue/{Issue.objects.get().pk}/change/", "newsletter/subscriber/",
        "votes/vote/", f"accounts/user/{user.pk}/change/", "security/", "procrastinate/procrastinatejob/",
    ]  # fmt: skip
    found = []

    for path in paths:
        open_page(admin_page, path)
        found += [(path, *barrier) for barrier in barriers(admin_page)]
    admin_page.context.clear_cookies()
    open_page(admin_page, "login/")
    found += [("login/", *barrier) for barrier in barriers(admin_page)]

    assert found == []


def barriers(page):
    """Return what axe-core finds against WCAG 2.2 (A and AA), but for two widgets: Select2 and the two lists of a user."""
    options = {
        "preload": False,
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        "rules": {rule: {"enabled": False} for rule in OF_DJANGOS_WIDGETS},
    }
    for violation in Axe().run(page, options=options).response["violations"]:
        yield violation["id"], [node["html"][:160] for node in violation["nodes"][:4]]


def test_a_review_text_is_previewed_while_it_is_typed(admin_page, tool):
    console_errors = open_page(admin_page, f"tools/tool/{tool.pk}/change/")
    line = admin_page.locator(".admin-line").nth(1)
    line.get_by_role("textbox", name="Review text of Zoe").fill("It **broke**.")

    line.get_by_role("button", name="Preview text").click()

    expect(line.locator(".admin-text-preview strong")).to_have_text("broke")
    expect(line.get_by_role("textbox", name="Review text of Zoe")).to_have_value("It **broke**.")
    assert console_errors == []
    assert Review.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "compare/?tools=bea", "compare/"])
def test_previews_have_no_barriers_and_fit_a_phone(admin_page, tool, live_server, path, scheme):
    draft_review(tool, Reviewer.objects.get(name="Zoe"), 40, "skip").save()
    admin_page.set_viewport_size({"width": 390, "height": 800})
    admin_page.emulate_media(color_scheme=scheme)

    admin_page.goto(f"{live_server.url}/preview/tools/{tool.pk}/{path}")

    assert list(barriers(admin_page)) == []
    assert admin_page.evaluate("document.documentElement.scrollWidth") == 390


def test_no_page_of_the_admin_scrolls_sideways_on_a_phone(admin_page, tool):
    make_vote(tool, rule="pace")
    admin_page.set_viewport_size({"width": 390, "height": 800})
    paths = [
        "", "tools/tool/", f"tools/tool/{tool.pk}/change/", "tools/fact/", "reviews/review/",
        "reviews/review/due/", "votes/vote/", "newsletter/subscriber/", "procrastinate/procrastinatejob/",
    ]  # fmt: skip
    widths = {}

    for path in paths:
        open_page(admin_page, path)
        widths[path] = admin_page.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(paths, 390)


def test_lists_show_all_their_columns_at_1280_pixels(admin_page, tool):
    tool.name = "An interface for calling tools, streaming and caching"
    tool.save()
    make_vote(tool, rule="pace")
    make_subscriber()
    admin_page.set_viewport_size({"width": 1280, "height": 800})
    lists = [
        "tools/tool/",
        "tools/fact/",
        "reviews/review/",
        "votes/vote/",
        "newsletter/subscriber/",
    ]
    hidden = {}

    for path in lists:
        open_page(admin_page, path)
        hidden[path] = admin_page.locator(".results").evaluate("e => e.scrollWidth - e.clientWidth")

    assert hidden == dict.fromkeys(lists, 0)


def test_the_button_that_saves_stays_in_view(admin_page, tool):
    open_page(admin_page, f"tools/tool/{tool.pk}/change/")
    save = admin_page.get_by_role("button", name="Save", exact=True)

    expect(save).to_be_in_viewport()
    admin_page.get_by_label("Best for").scroll_into_view_if_needed()
    expect(save).to_be_in_viewport()


def test_a_review_is_typed_and_published_on_the_page_of_its_tool(admin_page, tool):
    open_page(admin_page, f"tools/tool/{tool.pk}/change/")
    zoe = admin_page.get_by_role("article", name="Zoe")
    zoe.get_by_label("Score").fill("64")
    zoe.get_by_label("Verdict").select_option("Skip")
    zoe.get_by_label("Basis").select_option("First look")
    zoe.get_by_label("Review text of Zoe").fill("It broke at once.")

    admin_page.get_by_role("button", name="Save and publish reviews").click()

    expect(admin_page.get_by_text("Published: Zoe.")).to_be_visible()
    expect(admin_page.get_by_role("article", name="Zoe")).to_contain_text(
        "Revision 1, published on"
    )
    assert Review.objects.get(reviewer__name="Zoe").summary == "64/100 · skip"


def test_the_value_of_a_fact_says_what_its_kind_takes(admin_page, tool):
    console_errors = open_page(admin_page, f"tools/tool/{tool.pk}/change/")
    admin_page.get_by_text("Add another Fact").click()
    row = admin_page.locator("#facts-1")

    row.get_by_role("combobox").select_option("Window")

    assert row.locator(".fact-value").get_attribute("placeholder") == "a number, tokens"
    assert console_errors == []


def test_a_successor_is_found_by_typing(admin_page, tool):
    console_errors = open_page(admin_page, f"tools/tool/{tool.pk}/change/")

    admin_page.locator(".field-successor .select2-selection").click()
    admin_page.locator(".select2-search__field").fill("be")

    expect(admin_page.get_by_role("option", name="Bea")).to_be_visible()
    assert console_errors == []


@pytest.mark.parametrize("path", ["tools/tool/{}/change/", "reviews/review/due/", ""])
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_of_the_admin_is_wider_than_its_window(admin_page, tool, path, width):
    admin_page.set_viewport_size({"width": width, "height": 800})

    open_page(admin_page, path.format(tool.pk))

    assert admin_page.evaluate("document.documentElement.scrollWidth") == width


def test_an_import_says_that_it_is_working_and_is_not_sent_twice(admin_page):
    console_errors = open_page(admin_page, "tools/tool/import/")
    progress = admin_page.locator("[data-progress]")
    button = admin_page.get_by_role("button", name="Show differences")
    expect(progress).to_be_hidden()
    admin_page.locator("[type=file]").set_input_files(
        {"name": "tools.csv", "mimeType": "text/csv", "buffer": b"slug,name\n"}
    )
    # The page stays while the form is being sent.
    admin_page.locator("[type=file]").evaluate(
        "file => file.form.addEventListener('submit', event => event.preventDefault())"
    )

    admin_page.locator("[type=file]").evaluate("file => file.form.requestSubmit()")

    expect(progress).to_be_visible()
    expect(progress).to_contain_text("Reading the file.")
    expect(button).to_be_disabled()

    admin_page.evaluate("window.dispatchEvent(new Event('pageshow'))")  # back to it

    expect(progress).to_be_hidden()
    expect(button).to_be_enabled()
    assert console_errors == []


def test_a_page_that_is_opened_during_an_import_follows_it_to_its_end(admin_page):
    states = [{"words": "1 of 2 rows.", "done": 1, "rows": 2}, {}]
    admin_page.route(
        "**/tools/tool/import/?progress",
        lambda route: route.fulfill(json=states.pop(0) if states else {}),
    )
    with another_session("SET LOCAL application_name = 'import tool 0/2'"):
        console_errors = open_page(admin_page, "tools/tool/import/")
        bar = admin_page.get_by_role("progressbar", name="Rows").first

        expect(admin_page.get_by_text("1 of 2 rows.")).to_be_visible()

        expect(bar).to_have_js_property("value", 1)
    expect(admin_page.get_by_text("A file is being checked or imported.")).to_have_count(0)
    assert console_errors == []
