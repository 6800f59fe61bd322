from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import network_hash
from newsletter.models import Consent, Subscriber
from newsletter.subscribers import links
from newsletter.subscribers.consent_text import TEXT_VERSION
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tests.newsletter.factories import make_subscriber
from tests.newsletter.forms import FORM, address, confirm_address, post, with_bookmarks
from tests.newsletter.jobs import do_jobs
from tests.pages.reading import links as links_of
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def todays_key():
    network_hash("127.0.0.1")


def standing(subscriber):
    subscriber.refresh_from_db()
    return subscriber.state


def acts(subscriber):
    return [consent.action for consent in subscriber.consents.order_by("pk")]


def whole_database(without=""):
    """Every row of every table but one, as the database writes it."""
    with connection.cursor() as cursor:
        rows = {}
        for table in set(connection.introspection.table_names(cursor)) - {without}:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("state", ["pending", "active", "unsubscribed", "suppressed"])
def test_opening_any_link_changes_nothing(client, state, method):
    subscriber = make_subscriber(state, confirmed_at=timezone.now())
    with_bookmarks(client, make_tool())
    before = whole_database()

    statuses = {
        path: getattr(client, method)(path).status_code
        for path in [
            "/newsletter/",
            "/newsletter/asked/",
            "/newsletter/link/",
            "/newsletter/link/asked/",
            "/newsletter/deleted/",
            "/newsletter/webhooks/mail/",
            confirm_address(subscriber),
            confirm_address(subscriber, days_ago=8),
            confirm_address(subscriber) + "again/",
            address("unsubscribe", subscriber),
            address("unsubscribe", subscriber, "undo/"),
            address("one-click", subscriber),
            address("preferences", subscriber),
            address("preferences", subscriber, "undo/"),
            address("preferences", subscriber, "download/"),
            address("preferences", subscriber, "delete/"),
        ]
    }

    assert whole_database() == before
    assert set(statuses.values()) <= {200, 302, 404, 405, 410}


def test_a_press_confirms_and_a_second_one_does_no_harm(client):
    subscriber = make_subscriber("pending")
    path = confirm_address(subscriber)
    assert "Confirm your subscription" in words(client.get(path))

    responses = [post(client, path), post(client, path)]

    assert [(each.status_code, each["Location"]) for each in responses] == [(303, path)] * 2
    assert (standing(subscriber), acts(subscriber)) == ("active", ["confirmed"])
    assert subscriber.confirmed_at is not None
    consent = subscriber.consents.get()
    assert (consent.form, consent.text_version) == ("confirmation", TEXT_VERSION)
    assert bytes(consent.network) == network_hash("127.0.0.1")


def test_who_confirmed_is_led_to_the_preferences_and_can_undo(client):
    subscriber = make_subscriber("pending")
    path = confirm_address(subscriber)
    post(client, path)

    page = client.get(path)

    assert "You are subscribed" in words(page)
    assert address("preferences", subscriber) in links_of(page)
    assert f'action="{address("unsubscribe", subscriber)}"' in page.content.decode()


@pytest.mark.parametrize("state, suppression", [("unsubscribed", ""), ("suppressed", "bounced")])
def test_who_left_or_bounced_is_back_by_confirming(client, state, suppression):
    subscriber = make_subscriber(state, suppression=suppression, hard_bounces=3)

    post(client, confirm_address(subscriber))

    assert standing(subscriber) == "active"
    assert (subscriber.suppression, subscriber.hard_bounces) == ("", 0)


@pytest.mark.parametrize("suppression", ["complained", "staff"])
def test_who_complained_is_not_back_by_confirming(client, suppression):
    subscriber = make_subscriber("suppressed", suppression=suppression)
    path = confirm_address(subscriber)

    post(client, path)

    assert (standing(subscriber), acts(subscriber)) == ("suppressed", [])
    assert "This address is blocked" in words(client.get(path))


def test_a_link_of_six_days_confirms(client):
    subscriber = make_subscriber("pending")

    post(client, confirm_address(subscriber, days_ago=6))

    assert standing(subscriber) == "active"


def test_an_expired_link_offers_a_new_one(client):
    subscriber = make_subscriber("pending", email="ada@example.org")
    path = confirm_address(subscriber, days_ago=8)

    assert post(client, path).status_code == 410
    assert standing(subscriber) == "pending"
    page = client.get(path)
    assert (page.status_code, "This link has expired" in words(page)) == (410, True)
    assert links.subscriber_token(subscriber.key) not in page.content.decode()

    response = post(client, path + "again/")
    post(client, path + "again/")
    do_jobs()

    assert (response.status_code, response["Location"]) == (303, path + "?asked")
    assert "Check your email" in words(client.get(path + "?asked"))
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]


def test_beyond_the_limit_an_expired_link_sends_nothing(client, settings):
    settings.NEWSLETTER_LIMIT_SITE = (1, 0.001)
    subscriber = make_subscriber("pending")
    for _ in range(2):
        post(client, confirm_address(subscriber, days_ago=8) + "again/")
        Subscriber.objects.update(state="unsubscribed")
    do_jobs()

    assert len(mail.outbox) == 1


def test_a_browser_with_bookmarks_may_choose_them_when_confirming(client):
    subscriber = make_subscriber("pending")
    path = confirm_address(subscriber)
    assert 'name="about"' not in client.get(path).content.decode()
    reader = with_bookmarks(client, make_tool())
    assert "Only changes to the 1 bookmark in this browser" in words(client.get(path))

    post(client, path, "about=bookmarks")

    assert standing(subscriber) == "active"
    assert (subscriber.only_bookmarks, subscriber.reader) == (True, reader)


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {}])
def test_another_site_cannot_confirm_with_the_bookmarks_of_its_visitor(headers):
    """Its own address would get the changes to a stranger's bookmarks."""
    subscriber = make_subscriber("pending")
    visitor = Client(headers=headers)
    with_bookmarks(visitor, make_tool())

    paths = [
        confirm_address(subscriber),
        address("preferences", subscriber),
        address("preferences", subscriber, "undo/"),
    ]
    statuses = [visitor.post(path, "about=bookmarks", FORM).status_code for path in paths]

    assert statuses == [403, 403, 403]
    assert standing(subscriber) == "pending"
    assert (subscriber.only_bookmarks, subscriber.reader) == (False, None)


def test_a_browser_without_bookmarks_cannot_choose_them(client):
    subscriber = make_subscriber("pending")
    with_bookmarks(client)

    post(client, confirm_address(subscriber), "about=bookmarks")

    assert standing(subscriber) == "active"
    assert (subscriber.only_bookmarks, subscriber.reader) == (False, None)


def test_one_press_unsubscribes_and_another_undoes_it(client):
    subscriber = make_subscriber("active")
    path = address("unsubscribe", subscriber)
    assert "Unsubscribe?" in words(client.get(path))

    responses = [post(client, path), post(client, path)]

    assert [(each.status_code, each["Location"]) for each in responses] == [(303, path)] * 2
    assert (standing(subscriber), acts(subscriber)) == ("unsubscribed", ["unsubscribed"])
    assert "You are unsubscribed" in words(client.get(path))

    undone = [post(client, path + "undo/"), post(client, path + "undo/")]

    assert [each["Location"] for each in undone] == [path] * 2
    assert (standing(subscriber), acts(subscriber)) == (
        "active",
        ["unsubscribed", "resubscribed"],
    )


@pytest.mark.parametrize("state", ["pending", "unsubscribed", "suppressed"])
def test_nobody_becomes_active_by_undo_who_never_confirmed(client, state):
    subscriber = make_subscriber(state, confirmed_at=None)

    post(client, address("unsubscribe", subscriber, "undo/"))

    assert (standing(subscriber), acts(subscriber)) == (state, [])


def test_unsubscribing_does_not_lift_a_suppression(client):
    subscriber = make_subscriber("suppressed", suppression="complained")

    post(client, address("unsubscribe", subscriber))

    assert (standing(subscriber), acts(subscriber)) == ("suppressed", [])
    assert "reported as spam" in words(client.get(address("unsubscribe", subscriber)))


BOUNDARY = "multipart/form-data; boundary=x"
MULTIPART = (
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.mark.parametrize(
    "body, content_type",
    [
        ("List-Unsubscribe=One-Click", FORM),
        (MULTIPART, BOUNDARY),
        ("broken", BOUNDARY),
        ("x", "multipart/form-data"),
        ("", ""),
        ("{", "application/json"),
    ],
    ids=["form", "multipart", "broken", "no boundary", "nothing", "json"],
)
def test_a_mail_program_unsubscribes_with_one_request(body, content_type):
    subscriber = make_subscriber("active")
    programs = [
        Client(enforce_csrf_checks=True),
        Client(enforce_csrf_checks=True, headers={"origin": "https://mail.example"}),
    ]

    responses = [
        post(program, address("one-click", subscriber), body, content_type) for program in programs
    ]

    assert [each.status_code for each in responses] == [200, 200]
    assert [dict(each.cookies) for each in responses] == [{}, {}]
    assert (standing(subscriber), acts(subscriber)) == ("unsubscribed", ["unsubscribed"])
    assert subscriber.consents.get().form == "one-click"


def test_the_one_click_address_opened_in_a_browser_leads_to_the_page_with_the_button(client):
    subscriber = make_subscriber("active")

    response = client.get(address("one-click", subscriber))

    assert (response.status_code, response["Location"]) == (302, address("unsubscribe", subscriber))


def test_one_click_of_who_was_deleted_is_well_and_of_a_stranger_not_found(client):
    subscriber = make_subscriber("active")
    path = address("one-click", subscriber)
    subscriber.delete()

    assert post(client, path).status_code == 200
    assert post(client, path.replace(":", ":x")).status_code == 404


def test_a_one_click_body_of_more_than_16_kb_is_refused(client):
    subscriber = make_subscriber("active")

    response = post(client, address("one-click", subscriber), "x" * 20_000, BOUNDARY)

    assert (response.status_code, standing(subscriber)) == (413, "active")


FORGED = ["x", "x:y", "0" * 32, "0" * 32 + ":" + "A" * 43, "%C3%A4", "%0D%0A", "a" * 5000]
PATHS = [
    "confirm/{}/",
    "confirm/{}/again/",
    "unsubscribe/{}/",
    "unsubscribe/{}/undo/",
    "one-click/{}/",
    "preferences/{}/",
    "preferences/{}/undo/",
    "preferences/{}/download/",
    "preferences/{}/delete/",
]


@pytest.mark.parametrize("token", FORGED, ids=lambda token: token[:12])
@pytest.mark.parametrize("path", PATHS)
def test_a_forged_token_leads_nowhere(client, path, token):
    subscriber = make_subscriber("active")
    before = whole_database(without="accounts_ratelimit")

    statuses = {
        client.get("/newsletter/" + path.format(token)).status_code,
        post(client, "/newsletter/" + path.format(token)).status_code,
    }

    assert statuses <= {404, 405}
    assert 404 in statuses
    assert whole_database(without="accounts_ratelimit") == before
    assert standing(subscriber) == "active"


@pytest.mark.parametrize("path", PATHS)
def test_a_token_of_another_kind_leads_nowhere(client, path):
    subscriber = make_subscriber("active")
    wrong = (
        links.subscriber_token(subscriber.key)
        if path.startswith("confirm")
        else links.confirmation_token(subscriber.key)
    )

    assert post(client, "/newsletter/" + path.format(wrong)).status_code in {404, 405}
    assert acts(subscriber) == []


@pytest.mark.parametrize("name", ["unsubscribe", "preferences"])
def test_the_link_of_who_was_deleted_is_gone(client, name):
    subscriber = make_subscriber("active")
    path = address(name, subscriber)
    subscriber.delete()

    response = client.get(path)

    assert (response.status_code, "data was deleted" in words(response)) == (410, True)


def test_no_button_needs_a_cookie():
    strict = OwnOriginClient(enforce_csrf_checks=True)
    subscriber = make_subscriber("active")
    paths = [
        confirm_address(subscriber),
        confirm_address(subscriber, days_ago=8) + "again/",
        address("unsubscribe", subscriber),
        address("unsubscribe", subscriber, "undo/"),
        address("one-click", subscriber),
        address("preferences", subscriber),
        address("preferences", subscriber, "undo/"),
        address("preferences", subscriber, "delete/"),
    ]

    statuses = [post(strict, path).status_code for path in paths]

    assert statuses == [303, 303, 303, 303, 200, 422, 422, 303]


def test_an_unsubscribe_link_never_expires(client):
    subscriber = make_subscriber("active")
    path = address("unsubscribe", subscriber)

    with patch("time.time", return_value=(timezone.now() + timedelta(days=4000)).timestamp()):
        response = post(client, path)

    assert (response.status_code, standing(subscriber)) == (303, "unsubscribed")


def test_pages_of_a_link_are_nobody_elses(client):
    subscriber = make_subscriber("active")

    for path in [confirm_address(subscriber), address("preferences", subscriber)]:
        response = client.get(path)
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]
        assert "canonical" not in response.content.decode()
        assert dict(response.cookies) == {}


def test_who_pressed_is_not_made_a_reader(client):
    subscriber = make_subscriber("pending")

    response = post(client, confirm_address(subscriber))

    assert dict(response.cookies) == {}
    assert Reader.objects.count() == 0


def test_a_consent_cannot_be_changed_or_deleted_alone():
    subscriber = make_subscriber()
    consent = Consent.objects.create(subscriber=subscriber, action="requested", form="page")

    for act in [consent.delete, lambda: Consent.objects.update(form="other")]:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()

    subscriber.delete()
    assert Consent.objects.count() == 0
