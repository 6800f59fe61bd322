"""Concurrent requests and events: each change happens once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from newsletter.issues import actions as issue_actions
from newsletter.models import Delivery, MailRequest, ProviderEvent, Subscriber
from newsletter.signup.tasks import answer_request
from newsletter.subscribers import actions
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.webhooks import handle_event
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.jobs import do_jobs
from tests.newsletter.ledger_factory import old_tool, on, review
from tests.waiting import start_until_it_waits, start_until_it_waits_or_ends

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def at_once(*acts):
    """Do all acts at once, each over its own connection; raises the first error."""
    start, wrong = Barrier(len(acts)), []

    def run(act):
        try:
            start.wait()
            act()
        except Exception as error:  # noqa: BLE001 - reported to the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


class Bounce:
    event_type, reject_reason = "bounced", "bounced"
    event_id, message_id, timestamp, esp_event = "1", "m", None, {}
    recipient = "ada@example.org"


def test_one_report_told_at_once_counts_once():
    subscriber = make_subscriber(email="ada@example.org")

    at_once(*[lambda: handle_event(sender=None, event=Bounce, esp_name="Mailgun")] * MANY)

    subscriber.refresh_from_db()
    assert (subscriber.hard_bounces, ProviderEvent.objects.count()) == (1, 1)


def test_several_bounces_at_once_all_count():
    subscriber = make_subscriber()

    at_once(*[lambda: actions.count_hard_bounce(subscriber=subscriber)] * MANY)

    subscriber.refresh_from_db()
    assert (subscriber.hard_bounces, subscriber.state) == (3, "suppressed")
    assert subscriber.consents.count() == 1


def test_pressing_and_leaving_at_once_leaves_one_row_for_each():
    subscriber = make_subscriber("pending")
    confirm = {"subscriber": subscriber, "source": ConsentSource("confirmation")}

    at_once(*[lambda: actions.confirm(**confirm)] * MANY)
    at_once(*[lambda: actions.unsubscribe(**confirm)] * MANY)

    assert [each.action for each in subscriber.consents.order_by("pk")] == [
        "confirmed",
        "unsubscribed",
    ]


def test_a_new_address_typed_at_once_is_one_subscriber_and_one_mail():
    made = [
        MailRequest.objects.create(email=email, wanted="subscription", form="page")
        for email in ["ada@example.org", "ADA@example.org", "Ada@example.org"]
    ]

    at_once(*[lambda each=each: answer_request(request=each.pk) for each in made])
    do_jobs()

    assert Subscriber.objects.count() == 1
    assert len(mail.outbox) == 1


def test_a_request_of_a_subscriber_who_is_being_deleted_is_answered():
    """As of somebody new: the unconfirmed address was kept for too long."""
    old = make_subscriber("pending", email="ada@example.org")
    request = MailRequest.objects.create(
        email="ada@example.org", wanted="subscription", form="page"
    )

    with transaction.atomic():
        Subscriber.objects.select_for_update().get(pk=old.pk)
        answered = start_until_it_waits(lambda: answer_request(request=request.pk))
        Subscriber.objects.filter(pk=old.pk).delete()

    answered.result()
    do_jobs()
    assert Subscriber.objects.get().pk != old.pk
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("time", [None, timedelta(days=1)])
def test_a_scheduled_issue_that_staff_take_back_as_it_becomes_due_is_not_sent(admin_user, time):
    """None: it is a draft again. Otherwise it is moved to a later time."""
    review(old_tool("Ada"), (make_reviewer("Builder"), 80, "ship"), at=on(2))
    make_subscriber()
    issue, now = make_issue(), timezone.now()
    issue_actions.schedule(issue=issue, at=now, staff=admin_user)

    with transaction.atomic():
        if time is None:
            issue_actions.unschedule(issue=issue)
        else:
            issue_actions.schedule(issue=issue, at=now + time, staff=admin_user)
        started = start_until_it_waits_or_ends(issue_actions.start_due_issues)

    started.result()
    issue.refresh_from_db()
    assert issue.state == ("draft" if time is None else "scheduled")
    assert not Delivery.objects.exists()
