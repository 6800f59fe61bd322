"""When a session of staff ends."""

import time

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import SignInEvent, User
from accounts.sign_in import sessions
from tests.accounts.sign_in.browser import PASSWORD, add_factor, is_in, type_password
from tests.factories import make_tool
from web.retention.purge import purge_expired

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Call it to let so many seconds pass for sessions; else the clock stands still."""
    now = time.time()

    def later(seconds):
        nonlocal now
        now += seconds

    monkeypatch.setattr(sessions.time, "time", lambda: now)
    return later


@pytest.fixture
def browsers(ed):
    """Two browsers that Ed is signed in with."""
    both = Client(), Client()
    for browser in both:
        type_password(browser)
        assert is_in(browser)
    return both


def test_a_session_ends_after_an_hour_without_a_request(client, ed, clock):
    type_password(client)
    clock(59 * 60)
    assert is_in(client)
    clock(59 * 60)
    assert is_in(client)

    clock(60 * 60)

    assert not is_in(client)


def test_a_session_ends_after_12_hours_in_any_case(client, ed, clock):
    type_password(client)
    for _ in range(23):
        clock(30 * 60)
        assert is_in(client)

    clock(30 * 60)

    assert not is_in(client)


def test_the_settings_say_when_a_session_ends(client, ed, clock, settings):
    settings.STAFF_SESSION_HOURS, settings.STAFF_SESSION_IDLE_MINUTES = 1, 5
    type_password(client)
    clock(5 * 60)
    assert not is_in(client)

    type_password(client)
    for _ in range(15):
        clock(4 * 60)
        last = is_in(client)
    assert not last


def test_an_ended_session_is_gone_from_the_database_too(client, ed, clock):
    type_password(client)
    clock(3600)

    is_in(client)

    assert not Session.objects.exists()


def test_the_last_request_is_stored_at_most_once_a_minute(client, ed, clock):
    type_password(client)
    clock(59)
    first = client.get(reverse("admin:index"))
    clock(1)
    second = client.get(reverse("admin:index"))

    assert ["sessionid" in answer.cookies for answer in [first, second]] == [False, True]


def test_a_session_without_its_times_has_ended(client, ed):
    type_password(client)
    session = client.session
    del session[sessions.STARTED]
    session.save()

    assert not is_in(client)


def test_a_new_password_ends_the_sessions_in_other_browsers(browsers):
    mine, other = browsers
    fields = dict.fromkeys(["new_password1", "new_password2"], "quite another password")

    mine.post(reverse("admin:password_change"), fields | {"old_password": PASSWORD})

    assert is_in(mine)
    assert not is_in(other)


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_a_deactivated_account_is_out_at_once(browsers, field):
    User.objects.update(**{field: False})

    assert [is_in(browser) for browser in browsers] == [False, False]


def test_signing_out_everywhere_ends_all_sessions(browsers, ed):
    mine, _ = browsers

    answer = mine.post(reverse("admin:sign_out_everywhere"), follow=True)

    assert "You are signed out in every browser." in answer.content.decode()
    assert [is_in(browser) for browser in browsers] == [False, False]
    assert SignInEvent.objects.filter(kind="signed-out-everywhere", user=ed).count() == 1


def test_signing_out_everywhere_needs_a_press_of_the_button(browsers):
    assert browsers[0].get(reverse("admin:sign_out_everywhere")).status_code == 405
    assert all(is_in(browser) for browser in browsers)


def test_a_new_second_factor_ends_the_sessions_in_other_browsers(browsers, ed):
    mine, other = browsers

    add_factor(ed, mine)

    assert is_in(mine)
    assert not is_in(other)


def test_nobody_previews_a_draft_in_an_ended_session(client, ed, clock):
    User.objects.update(is_superuser=True)
    preview = reverse("tool_preview", args=[make_tool(published=False).pk])
    type_password(client)
    assert client.get(preview).status_code == 200

    clock(3600)

    assert client.get(preview).status_code == 302


def test_public_pages_do_not_read_the_session(client, ed, clock):
    type_password(client)
    clock(120)

    answer = client.get("/")

    assert answer.cookies == {}


def test_expired_sessions_and_old_entries_of_the_log_are_deleted(client, ed, settings):
    settings.SIGN_IN_LOG_DAYS = 30
    type_password(client)
    Session.objects.update(expire_date="2026-01-01T00:00Z")
    SignInEvent.objects.update(at="2026-01-01T00:00Z")
    SignInEvent.objects.create(kind="signed-in", user=ed)

    purge_expired()

    assert not Session.objects.exists()
    assert SignInEvent.objects.count() == 1


def test_cookies_of_the_session_are_for_this_host_over_https_and_no_script():
    assert project.SESSION_COOKIE_HTTPONLY and project.CSRF_COOKIE_HTTPONLY
    assert project.SESSION_COOKIE_SAMESITE == "Lax"
    assert project.SESSION_COOKIE_AGE == 12 * 3600


@pytest.mark.parametrize("address", ["admin:logout", "admin:sign_out_everywhere"])
def test_signing_out_clears_pages_but_not_what_a_reader_has_in_the_browser(browsers, address):
    response = browsers[0].post(reverse(address))

    assert response["Clear-Site-Data"] == '"cache"'
