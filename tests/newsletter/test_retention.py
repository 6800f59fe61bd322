from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from newsletter.models import Consent, MailRequest, ProviderEvent, Subscriber
from newsletter.signup.tasks import purge_expired
from tests.newsletter.factories import make_subscriber

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

    purge_expired(timestamp=0)

    assert set(Subscriber.objects.all()) == {*kept, asked_again}
    assert Consent.objects.count() == 1


def test_requests_that_no_job_took_up_and_old_reports_are_forgotten():
    for days in [6, 8]:
        MailRequest.objects.create(
            email="a@b.example", wanted="link", form="page", at=days_ago(days)
        )
    for days in [29, 31]:
        ProviderEvent.objects.create(event=str(days), at=days_ago(days))

    purge_expired(timestamp=0)

    assert MailRequest.objects.count() == 1
    assert ProviderEvent.objects.get().event == "29"


def test_it_is_done_every_day():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["newsletter.signup.tasks.purge_expired"] == "17 3 * * *"
