"""Bounces and complaints, as mail providers report them."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from config import mail_provider
from newsletter.models import DoNotMail, ProviderEvent, Subscriber
from newsletter.subscribers.addresses import address_hash
from newsletter.views import webhooks as views
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db
ADDRESS = "/newsletter/webhooks/mail/"
KEY = "key-of-the-provider"
LOGIN = "mail:secret"


@pytest.fixture(autouse=True)
def fresh_views():
    yield
    views._view_of.cache_clear()


@pytest.fixture
def postmark(settings):
    """A provider that signs nothing: it logs in."""
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = provider_settings("postmark")


@pytest.fixture
def mailgun(settings):
    """A provider that signs its reports."""
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = provider_settings("mailgun", login="")


@pytest.fixture
def ada():
    return make_subscriber("active", email="Ada@example.org")


def provider_settings(provider, login=LOGIN):
    return mail_provider.webhook_settings(
        provider, signing_key=KEY, login=login, address=f"https://site.example{ADDRESS}"
    )


def report(client, words, login=LOGIN):
    headers = {"authorization": "Basic " + b64encode(login.encode()).decode()} if login else {}
    body = words if isinstance(words, bytes) else json.dumps(words)
    return client.post(ADDRESS, body, content_type="application/json", headers=headers)


def bounce(number, kind="HardBounce", email="ada@example.org", at=None):
    at = at or timezone.now() + timedelta(hours=1)
    return {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "Type": kind,
        "ID": number,
        "Email": email,
        "BouncedAt": at.isoformat(),
        "MessageID": f"m-{number}",
    }


def signed(event, token="t" * 50, key=KEY):
    stamp = str(int(timezone.now().timestamp()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"token": token, "timestamp": stamp, "signature": signature},
        "event-data": {
            "event": event,
            "recipient": "ada@example.org",
            "severity": "permanent",
            "reason": "bounce",
            "timestamp": timezone.now().timestamp() + 3600,
            "message": {"headers": {"message-id": "m@site.example"}},
        },
    }


def standing(subscriber):
    subscriber.refresh_from_db()
    return subscriber.state, subscriber.suppression, subscriber.hard_bounces


def acts(subscriber):
    return [(consent.action, consent.form) for consent in subscriber.consents.order_by("pk")]


def test_the_third_hard_bounce_suppresses(client, postmark, ada):
    for number in [1, 2]:
        assert report(client, bounce(number)).status_code == 200
    assert standing(ada) == ("active", "", 2)

    report(client, bounce(3))

    assert standing(ada) == ("suppressed", "bounced", 3)
    assert acts(ada) == [("suppressed", "mail server")]
    report(client, bounce(4))
    assert standing(ada) == ("suppressed", "bounced", 3)


def test_a_repeated_event_counts_once(client, postmark, ada):
    for _ in range(4):
        report(client, bounce(1))

    assert standing(ada) == ("active", "", 1)
    assert ProviderEvent.objects.count() == 1


def test_one_complaint_suppresses_in_any_state(client, postmark):
    for state in ["pending", "active", "unsubscribed"]:
        subscriber = make_subscriber(state, email=f"{state}@example.org")
        report(client, bounce(1, "SpamComplaint", subscriber.email))
        report(client, bounce(1, "SpamComplaint", subscriber.email))

        assert standing(subscriber) == ("suppressed", "complained", 0)
        assert acts(subscriber) == [("suppressed", "webhook")]


def test_a_complaint_outweighs_bounces_in_any_order(client, postmark, ada):
    reports = [bounce(n) for n in [1, 2, 3]] + [bounce(4, "SpamComplaint")]
    for words in reports:
        report(client, words)
    assert standing(ada)[:2] == ("suppressed", "complained")

    eve = make_subscriber("active", email="eve@example.org")
    for words in reversed(reports):
        report(client, words | {"Email": "eve@example.org"})
    assert standing(eve)[:2] == ("suppressed", "complained")


@pytest.mark.parametrize(
    "kind", ["SoftBounce", "Transient", "DnsError", "AutoResponder", "Blocked"]
)
def test_soft_bounces_do_not_count(client, postmark, ada, kind):
    for number in range(4):
        report(client, bounce(number, kind))

    assert standing(ada) == ("active", "", 0)


def test_a_bounce_from_before_the_confirmation_does_not_count(client, postmark, ada):
    report(client, bounce(1, at=timezone.now() - timedelta(days=1)))

    assert standing(ada) == ("active", "", 0)


def test_a_delivery_in_between_does_not_set_the_count_back(client, postmark, ada):
    for number in [1, 2, 3]:
        report(client, bounce(number))
        report(client, {"RecordType": "Delivery", "Recipient": "ada@example.org", "MessageID": "m"})

    assert standing(ada)[0] == "suppressed"


def test_unsubscribing_at_the_provider_unsubscribes(client, mailgun, ada):
    assert report(client, signed("unsubscribed"), login="").status_code == 200

    assert standing(ada) == ("unsubscribed", "", 0)
    assert acts(ada) == [("unsubscribed", "mail provider")]


def test_a_complaint_of_a_deleted_subscriber_is_kept_as_a_hash(client, postmark):
    report(client, bounce(1, "SpamComplaint"))
    report(client, bounce(2))

    assert DoNotMail.objects.get().address_hash == address_hash("ada@example.org")
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize("login", ["", "mail:wrong", "mail", ":", "mäil:secret"])
def test_without_the_login_nothing_changes(client, postmark, ada, login):
    response = report(client, bounce(1, "SpamComplaint"), login=login)

    assert response.status_code == 400
    assert standing(ada) == ("active", "", 0)
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("authorization", ["Basic", "Basic %%%", "Basic //8=", "Bearer x", "x"])
def test_a_broken_login_is_refused(client, postmark, authorization):
    headers = {"authorization": authorization}

    response = client.post(ADDRESS, "{}", content_type="application/json", headers=headers)

    assert response.status_code == 400


def test_a_signed_event_counts(client, mailgun, ada):
    assert report(client, signed("complained"), login="").status_code == 200

    assert standing(ada)[:2] == ("suppressed", "complained")


@pytest.mark.parametrize(
    "change",
    [
        lambda words: words.pop("signature"),
        lambda words: words["signature"].pop("token"),
        lambda words: words["signature"].update(signature="0" * 64),
        lambda words: words["signature"].update(signature=None),
        lambda words: words["signature"].update(timestamp="0"),
        lambda words: words["signature"].update(token="ü"),
        lambda words: words.update(signature=[]),
        lambda words: words.update(signature="x"),
    ],
)
def test_an_event_without_a_valid_signature_changes_nothing(client, mailgun, ada, change):
    words = signed("complained")
    change(words)

    response = report(client, words, login="")

    assert response.status_code == 400
    assert standing(ada) == ("active", "", 0)


def test_an_event_signed_with_another_key_changes_nothing(client, mailgun, ada):
    response = report(client, signed("complained", key="another"), login="")

    assert (response.status_code, standing(ada)[0]) == (400, "active")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b'{"RecordType": []}', b'{"Type": {}}'],
)
@pytest.mark.parametrize("provider", mail_provider.SIGNED_BY)
def test_an_unreadable_event_answers_400(client, settings, provider, body):
    settings.MAIL_PROVIDER, settings.ANYMAIL = provider, provider_settings(provider)

    assert report(client, body).status_code in {200, 400}
    assert ProviderEvent.objects.count() == 0


@pytest.mark.parametrize("provider", mail_provider.SIGNED_BY)
def test_every_provider_is_refused_without_proof(client, settings, provider):
    settings.MAIL_PROVIDER, settings.ANYMAIL = provider, provider_settings(provider)

    assert report(client, {}, login="").status_code == 400
    assert client.head(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    "email",
    ["", None, "nobody", "a@[127.0.0.1]", "Ada <ada@example.org>", "x" * 1000, "a@b\x00.org"],
)
def test_an_event_for_an_unknown_address_changes_nothing(client, postmark, ada, email):
    assert report(client, bounce(1, "SpamComplaint", email)).status_code == 200

    assert standing(ada) == ("active", "", 0)


def test_without_a_provider_the_webhook_answers_404(client):
    assert report(client, bounce(1)).status_code == 404


def test_another_kind_of_body_is_refused(client, postmark):
    response = client.post(ADDRESS, {"x": "y"})

    assert response.status_code == 415


@pytest.mark.parametrize("provider", ["mailgun", "mandrill", "mailersend", "mailtrap"])
def test_a_provider_that_signs_needs_its_key(provider):
    with pytest.raises(ImproperlyConfigured, match="MAIL_WEBHOOK_SIGNING_KEY"):
        mail_provider.webhook_settings(provider, signing_key="", login=LOGIN, address="")


@pytest.mark.parametrize("login", ["", "secret"])
@pytest.mark.parametrize("provider", ["postmark", "brevo", "mailjet"])
def test_a_provider_that_signs_nothing_needs_a_login(provider, login):
    with pytest.raises(ImproperlyConfigured, match="MAIL_WEBHOOK_LOGIN"):
        mail_provider.webhook_settings(provider, signing_key=KEY, login=login, address="")


def test_every_provider_has_a_view():
    assert set(views.VIEWS) == set(mail_provider.SIGNED_BY)


@pytest.mark.parametrize(
    "words",
    [b"[" + b"{}," * 60_000 + b"{}]", b'{"Type":' + b"[" * 50_000 + b"]" * 50_000 + b"}"],
    ids=["wide", "deep"],
)
@pytest.mark.parametrize("provider", ["postmark", "mailgun"])
def test_a_report_with_too_many_values_is_refused_before_it_is_parsed(
    client, request, monkeypatch, provider, words
):
    request.getfixturevalue(provider)
    parsed = []
    monkeypatch.setattr(json, "loads", lambda text, **options: parsed.append(text))

    answer = report(client, words)

    assert (answer.status_code, parsed) == (400, [])
