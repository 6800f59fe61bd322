from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.models import Consent, Delivery, MailRequest, ProviderEvent, Subscriber
from tests.newsletter.digests import digest_of
from tests.newsletter.factories import make_issue, make_subscriber
from tests.sessions import another_session
from tests.waiting import start_until_it_waits
from web.retention.purge import purge, purge_expired
from web.retention.rules import row_rule

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def test_who_never_confirmed_is_forgotten_after_30_days():
    kept = [
        make_subscriber("pending", created_at=days_ago(29)),
        make_subscriber("active", created_at=days_ago(900)),
        make_subscriber("unsubscribed", created_at=days_ago(900), confirmed_at=days_ago(900)),
        make_subscriber("suppressed", created_at=days_ago(900)),
    ]
    asked_again = make_subscriber("pending", created_at=days_ago(900))
    Consent.objects.create(subscriber=asked_again, action="requested", form="page", at=days_ago(3))
    gone = make_subscriber("pending", created_at=days_ago(31))
    Consent.objects.create(subscriber=gone, action="requested", form="page", at=days_ago(31))

    purge_expired()

    assert set(Subscriber.objects.all()) == {*kept, asked_again}
    assert Consent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_subscriber_who_asks_again_at_that_moment_is_kept():
    """The statement that finds the row has begun, and does not see the request."""
    subscriber = make_subscriber("pending", created_at=days_ago(31))
    rule = row_rule("unconfirmed addresses")
    rows = rule.rows.extra(where=["pg_advisory_xact_lock(7312) IS NOT NULL"])
    slow = replace(rule, rows=rows)

    with another_session("SELECT pg_advisory_xact_lock(7312)"):
        purged = start_until_it_waits(lambda: purge(slow, now=timezone.now()))
        Consent.objects.create(subscriber=subscriber, action="requested", form="page")

    assert purged.result() == 0
    assert Subscriber.objects.get() == subscriber


def test_requests_that_no_job_took_up_and_old_reports_are_forgotten():
    for days in [6, 8]:
        MailRequest.objects.create(
            email="a@b.example", wanted="link", form="page", at=days_ago(days)
        )
    for days in [29, 31]:
        ProviderEvent.objects.create(event=str(days), at=days_ago(days))

    purge_expired()

    assert MailRequest.objects.count() == 1
    assert ProviderEvent.objects.get().event == "29"


def test_who_received_an_issue_is_forgotten_after_a_year_and_the_figures_stay():
    person = make_subscriber("active")
    deliveries = {
        days: Delivery.objects.create(
            issue=make_issue(digest_of(), state=state, number=days, published_at=days_ago(days)),
            subscriber=person,
            state="rejected",
            code=550,
            reply="ada@example.org is unknown",
        )
        for days, state in [(364, "sent"), (366, "cancelled"), (367, "sent"), (368, "paused")]
    }

    assert purge_expired() == {"recipients of issues": 2}

    left = {days: Delivery.objects.get(pk=row.pk).subscriber for days, row in deliveries.items()}
    assert left == {364: person, 366: None, 367: None, 368: person}
    anonymous = Delivery.objects.get(pk=deliveries[366].pk)
    assert (anonymous.state, anonymous.code, anonymous.reply) == ("rejected", 550, "")
