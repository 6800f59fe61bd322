"""Text that was typed into a form of the admin stays in the browser until it is saved, and no longer."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from reviews.models import Review
from tests.admin_client import make_staff
from tests.factories import make_reviewer, make_tool

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFER = "You have text that was not saved"


@pytest.fixture
def user():
    return make_staff("Publisher", username="paul")


@pytest.fixture
def address(live_server):
    make_reviewer("Bo")
    tool = make_tool(name="Ada")
    return f"{live_server.url}/admin/tools/tool/{tool.pk}/change/"


def sign_in(page, user, live_server):
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('admin-text:'))")


def type_review(page, text):
    page.get_by_label("Review text of Bo").fill(text)


def test_an_expired_session_loses_no_text(page, live_server, user, address):
    sign_in(page, user, live_server)
    page.goto(address)
    type_review(page, "It held up.\nTwice.")
    Session.objects.all().delete()

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Username:")).to_be_visible()
    sign_in(page, user, live_server)
    page.goto(address)
    expect(page.get_by_role("status").filter(has_text=OFFER)).to_contain_text("UTC")
    page.get_by_role("button", name="Restore it").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    assert Review.objects.get().body.replace("\r\n", "\n") == "It held up.\nTwice."
    assert kept(page) == []


def test_text_that_was_discarded_is_not_offered_again(page, live_server, user, address):
    sign_in(page, user, live_server)
    page.goto(address)
    type_review(page, "It held up.")
    page.on("dialog", lambda dialog: dialog.accept())

    page.goto(address)
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_text(OFFER)).to_have_count(0)

    assert kept(page) == []


@pytest.mark.parametrize("how", ["signing out", "another account"])
def test_no_text_stays_for_the_next_person_at_a_shared_machine(
    page, live_server, user, address, how
):
    sign_in(page, user, live_server)
    page.goto(address)
    type_review(page, "It held up.")
    page.on("dialog", lambda dialog: dialog.accept())
    before = kept(page)

    if how == "signing out":
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_text("Log in again")).to_be_visible()
    else:
        sign_in(page, make_staff("Publisher"), live_server)
        page.goto(address)
        expect(page.get_by_text(OFFER)).to_have_count(0)

    assert len(before) == 1
    assert kept(page) == []


def test_a_refused_save_keeps_the_text(page, live_server, user, address):
    sign_in(page, user, live_server)
    page.goto(address)
    type_review(page, "It held up.")
    page.locator("#id_name").evaluate("field => { field.required = false; field.value = '' }")

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()

    expect(page.get_by_label("Review text of Bo")).to_have_value("It held up.")
    assert len(kept(page)) == 1
