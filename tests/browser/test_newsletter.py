"""Signing up, confirming, choosing and leaving in a real browser: by keyboard, and without JavaScript."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from accounts.models import Reader
from bookmarks.models import Bookmark
from newsletter.models import MailRequest, Subscriber
from newsletter.subscribers.links import subscriber_token
from tests.factories import make_category, make_tool
from tests.newsletter.factories import make_subscriber
from tests.newsletter.jobs import do_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SENTENCE = "If we can send email to this address, you will get a confirmation link."


@pytest.fixture
def site(live_server):
    return live_server.url


def path_in_the_mail():
    return re.search(r"http://127\.0\.0\.1:8000(/newsletter/\S+)", mail.outbox[-1].body)[1]


def focused(page):
    return page.evaluate("document.activeElement.name || document.activeElement.innerText")


def test_signing_up_by_keyboard_keeps_the_focus_and_is_said_aloud(page, site):
    page.goto(site + "/newsletter/")
    field = page.get_by_label("Email address")

    field.focus()
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    expect(page.locator("#email-page-error")).to_contain_text("email address")
    expect(field).to_have_attribute("aria-describedby", "email-page-error")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#announcements")).to_contain_text("email address")
    assert focused(page) == "email"
    page.keyboard.press("End")
    page.keyboard.type("@example.org")
    page.keyboard.press("Tab")
    assert focused(page) == "Subscribe"
    page.keyboard.press("Enter")

    expect(page.locator(".address-form__message")).to_contain_text(SENTENCE)
    expect(page.locator("#announcements")).to_contain_text(SENTENCE)
    expect(page.locator("#email-page-error")).to_have_count(0)
    assert focused(page) == "Subscribe"
    assert page.url == site + "/newsletter/"
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/", "/tools/", "/tools/ada/", "/method/", "/newsletter/"])
def test_one_press_signs_up_on_the_first_visit_without_javascript(plain_page, site, path):
    make_tool(name="Ada", slug="ada")
    plain_page.goto(site + path)
    plain_page.get_by_label("Email address").fill("ada@example.org")

    plain_page.get_by_role("button", name="Subscribe").click()

    expect(plain_page.locator("main")).to_contain_text(SENTENCE)
    assert MailRequest.objects.get().email == "ada@example.org"
    assert plain_page.context.cookies() == []
    plain_page.get_by_role("link", name="Back to where you were").click()
    assert plain_page.url == site + path


def test_the_trap_is_out_of_the_way(page, site):
    page.goto(site + "/newsletter/")

    names = page.locator("form.address-form").aria_snapshot()

    assert "Leave this empty" not in names
    page.get_by_label("Email address").focus()
    page.keyboard.press("Shift+Tab")
    assert focused(page) != "leave_empty"
    box = page.locator(".address-form__trap").bounding_box()
    assert (box["width"], box["height"]) == (1, 1)


@pytest.mark.parametrize("kind", ["page", "plain_page"], ids=["JavaScript", "no JavaScript"])
def test_from_signing_up_to_deleting_everything(kind, request, site):
    make_category(name="Code", slug="code")
    page = request.getfixturevalue(kind)
    page.goto(site + "/newsletter/")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("main")).to_contain_text(SENTENCE)
    do_jobs()

    page.goto(site + path_in_the_mail())
    assert Subscriber.objects.get().state == "pending"
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")
    assert Subscriber.objects.get().state == "active"

    page.get_by_role("link", name="Choose what you get").click()
    page.get_by_label("Once a month").check()
    page.get_by_label("Code").check()
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_label("Once a month")).to_be_checked()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Every week")).to_be_checked()
    expect(page.get_by_label("Code")).not_to_be_checked()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()
    assert download.value.suggested_filename == "newsletter-data.json"

    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Unsubscribe?")
    assert Subscriber.objects.get().state == "active"
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")

    page.get_by_role("link", name="Delete my data").click()
    page.get_by_role("button", name="Delete my data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data was deleted")
    assert Subscriber.objects.count() == 0


def test_a_browser_with_bookmarks_is_offered_them(page, site):
    tool = make_tool(name="Ada", slug="ada")
    subscriber = make_subscriber()
    page.goto(site + "/tools/ada/")
    page.locator("[data-vote-box=ada]").get_by_role("button", name="Ship").click()
    expect(page.locator("[data-vote-box=ada]")).to_contain_text("You voted ship")
    reader = Reader.objects.get()
    Bookmark.objects.create(reader=reader, tool=tool, saved_as="Ada")

    page.goto(f"{site}/newsletter/preferences/{subscriber_token(subscriber.key)}/")
    page.get_by_label("Only changes to the 1 bookmark in this browser").check()
    page.get_by_role("button", name="Save preferences").click()

    expect(page.locator("main")).to_contain_text("Preferences saved.")
    subscriber.refresh_from_db()
    assert (subscriber.only_bookmarks, subscriber.reader) == (True, reader)


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_of_a_link_is_wider_than_its_window(page, site, width):
    for n in range(7):
        make_category(name=f"A category of some length {n}")
    subscriber = make_subscriber(email="a" * 64 + "@" + "b" * 60 + ".example")
    token = subscriber_token(subscriber.key)
    page.set_viewport_size({"width": width, "height": 800})

    for path in ["", "link/", f"unsubscribe/{token}/", f"preferences/{token}/", f"preferences/{token}/delete/"]:  # fmt: skip
        page.goto(f"{site}/newsletter/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
