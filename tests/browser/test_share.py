"""Sharing a link and copying a snippet say that they worked; without scripts the snippets can be selected."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NATIVE_SHARE = "navigator.share = (data) => { window.shared = data; return Promise.resolve(); }"


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    make_tool(name="Ada", slug="ada")
    return live_server.url


@pytest.fixture
def pasted(page):
    """Paste into a field: no page of the site may read the clipboard itself."""
    page.context.grant_permissions(["clipboard-write"])

    def paste():
        page.evaluate("document.body.append(document.createElement('textarea'))")
        field = page.locator("textarea").last
        field.focus()
        page.keyboard.press("Control+V")
        return field.input_value()

    return paste


def test_share_copies_the_link_and_says_so(page, site, pasted, complaints):
    page.goto(site + "/tools/ada/")

    page.get_by_role("button", name="Share", exact=True).click()

    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    expect(page.locator("body > [data-announcements]")).to_have_text("Link copied")
    assert pasted() == site + "/tools/ada/"
    assert complaints == []


def test_share_opens_the_dialog_of_a_browser_that_has_one(page, site):
    page.add_init_script(NATIVE_SHARE)
    page.goto(site + "/tools/ada/")

    page.get_by_role("button", name="Share", exact=True).click()

    assert page.evaluate("window.shared") == {
        "title": "Ada: Not reviewed yet",
        "text": "Does one thing. Not reviewed yet.",
        "url": site + "/tools/ada/",
    }


def test_a_snippet_is_copied_as_it_stands_and_its_badge_is_shown(page, site, pasted, complaints):
    page.goto(site + "/tools/ada/share/")

    page.get_by_role("button", name="Copy").first.click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert pasted() == page.get_by_label("Small badge, HTML").input_value()
    widths = page.locator("main img").evaluate_all("images => images.map((i) => i.naturalWidth)")
    assert len(widths) == 4
    assert min(widths) > 100
    assert complaints == []


def test_a_citation_is_copied_and_its_link_leads_to_that_day(page, site, pasted, complaints):
    page.goto(site + "/tools/ada/")
    page.get_by_text("Cite this page").click()

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    title, _, address = pasted().rpartition(" ")
    assert title.startswith("“Ada: Not reviewed yet”. Ship or Skip, ")
    page.goto(address)
    expect(page.get_by_text("The day is not over yet.")).to_be_visible()
    assert complaints == []


def test_without_scripts_there_are_snippets_and_no_button_that_does_nothing(plain_page, site):
    plain_page.goto(site + "/tools/ada/share/")

    expect(plain_page.get_by_label("Small badge, HTML")).to_be_visible()
    expect(plain_page.locator("[data-copy]:visible, [data-share-link]:visible")).to_have_count(0)


def test_a_page_can_frame_the_card(page, site):
    frames = f'<iframe src="{site}/tools/ada/card/"></iframe>'
    page.route("**/embedder", lambda route: route.fulfill(content_type="text/html", body=frames))

    page.goto(site + "/embedder")

    expect(page.frame_locator("iframe").get_by_role("link", name="Ada")).to_be_visible()
