"""What a flood of sign-ups cannot do: fill one mailbox, or keep others from signing up."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import JobDeferrer

from accounts.models import RateLimit
from newsletter.models import MailRequest, Subscriber
from newsletter.signup import tasks
from newsletter.subscribers.addresses import mailbox_hash
from tests.clock import Clock
from tests.newsletter.factories import make_subscriber
from tests.newsletter.forms import send
from tests.newsletter.jobs import do_jobs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "one, other, is_same",
    [
        ("ada@example.org", "Ada+news@Example.org", True),
        ("ada+a@example.org", "ada+b+c@example.org", True),
        ("a.da@gmail.com", "ADA+x@googlemail.com", True),
        ("a.da@example.org", "ada@example.org", False),
        ("ada@example.org", "ada@example.com", False),
        ("+a@example.org", "+b@example.org", False),
    ],
)
def test_a_mailbox_is_known_by_any_of_its_addresses(one, other, is_same):
    assert (mailbox_hash(one) == mailbox_hash(other)) is is_same


def test_a_mailbox_gets_one_confirmation_a_day_at_any_of_its_addresses(client):
    for email in ["ada@gmail.com", "ada+1@gmail.com", "a.da@gmail.com", "ada@googlemail.com"]:
        send(client, email)
        do_jobs()

    assert [message.to for message in mail.outbox] == [["ada@gmail.com"]]


def test_no_address_is_stored_with_the_limits(client):
    send(client, "ada.lovelace@gmail.com")
    do_jobs()

    assert not RateLimit.objects.filter(name__icontains="lovelace").exists()


def a_day_later():
    RateLimit.objects.update(updated_at=F("updated_at") - timedelta(hours=24, minutes=1))


@pytest.mark.parametrize("state", ["pending", "active", "unsubscribed"])
def test_a_mailbox_gets_a_few_mails_a_month(client, settings, state):
    settings.NEWSLETTER_MAILS_PER_MONTH = 3
    confirmed_at = None if state == "pending" else timezone.now()
    make_subscriber(state, email="ada@example.org", confirmed_at=confirmed_at)

    for _ in range(9):
        send(client)
        do_jobs()
        a_day_later()

    assert len(mail.outbox) == 3


def waits():
    """Seconds until each request is answered, in the order of the requests."""
    jobs = ProcrastinateJob.objects.order_by("pk")
    return [round((job.scheduled_at - timezone.now()).total_seconds()) for job in jobs]


def test_a_flood_of_one_domain_waits_and_nobody_else_does(client, settings, monkeypatch):
    Clock(monkeypatch, timezone.now())
    settings.NEWSLETTER_FIRST_REQUESTS = (10, 10)
    settings.NEWSLETTER_LIMIT_DOMAIN = (2, 60)
    for n in range(4):
        send(client, f"ada-{n}@example.org")
    send(client, "ada@example.com")

    assert waits() == [0, 0, 60, 120, 0]
    do_jobs()
    assert len(mail.outbox) == 5


def test_a_large_provider_has_more_room(client, settings, monkeypatch):
    Clock(monkeypatch, timezone.now())
    settings.NEWSLETTER_FIRST_REQUESTS = (10, 10)
    settings.NEWSLETTER_LIMIT_DOMAIN = (1, 60)
    for n in range(5):
        send(client, f"ada-{n}@gmail.com")

    assert waits() == [0] * 5


def flood(client, networks, each):
    for network in range(networks):
        for n in range(each):
            email = f"a@{network}-{n}.example"
            assert send(client, email, remote=f"10.1.{network}.1").status_code == 303


def test_a_flood_from_thirty_networks_delays_itself_and_not_an_honest_sign_up(client, settings):
    settings.NEWSLETTER_LIMIT_SITE = (60, 60)
    flood(client, networks=30, each=8)

    send(client, "ada@example.org", remote="192.0.2.1")

    assert waits()[-1] <= 60 < 3600 < max(waits())


def test_only_a_flood_of_a_day_refuses_and_only_on_its_lane(client, settings):
    settings.NEWSLETTER_LIMIT_SITE = (1, 1)
    for network in range(13):
        for n in range(2):  # the first requests of each: one at once, 24 in a day
            send(client, f"a@{network}-{n}.example", remote=f"10.1.{network}.1")

    refused = send(client, "ada@example.org", remote="192.0.2.1")

    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert MailRequest.objects.count() == 25


def test_an_ipv6_customer_is_one_network(client, settings):
    settings.NEWSLETTER_LIMIT_NETWORK = (2, 60)

    statuses = [
        send(client, f"a-{n}@example.org", remote=f"2001:db8:1:{n}::1").status_code
        for n in range(3)
    ]

    assert statuses == [303, 303, 429]


def test_the_days_mail_is_not_spent_without_it(client, monkeypatch):
    def fail(job, **values):
        raise OSError

    send(client)
    request = MailRequest.objects.get()
    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(JobDeferrer, "defer", fail)
        tasks.answer_request(request=request.pk)

    assert not Subscriber.objects.exists()

    tasks.answer_request(request=request.pk)
    do_jobs()
    assert len(mail.outbox) == 1
