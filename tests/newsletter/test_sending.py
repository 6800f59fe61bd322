"""An issue on its way, over a real mail server that may misbehave and a real Postgres."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from newsletter.delivery import deliveries, sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.sending import Options, send_due
from newsletter.issues import actions
from newsletter.models import Delivery, Issue, SendingGate, Subscriber
from newsletter.subscribers.actions import ConsentSource, unsubscribe
from tests.clock import Clock
from tests.factories import make_category, make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import old_tool, on, review
from tests.newsletter.smtp_server import SmtpServer
from tests.sessions import another_session
from tests.waiting import GIVE_UP_AFTER, in_another_session, start_until_it_waits
from tests.web.test_stalled_jobs import execute, make_worker
from web.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def smtp_server():
    with SmtpServer() as smtp_server:
        yield smtp_server


@pytest.fixture
def issue():
    """A draft with one changed verdict."""
    tool, reviewer = old_tool("Ada"), make_reviewer("Builder")
    review(tool, (reviewer, 40, "skip"), at=on(-5))
    review(tool, (reviewer, 80, "ship"), at=on(2), reason="It was fixed.")
    return make_issue()


@pytest.fixture
def options(smtp_server):
    return Options(
        server=MailServer("smtp+plain", "127.0.0.1", smtp_server.port),
        sender="news@example.org",
        connections=2,
        rate=1_000_000,
        timeout=GIVE_UP_AFTER,
        accept_timeout=GIVE_UP_AFTER,
        batch=10,
        lease=30,
    )


# For a mail server that does not answer; long enough for one that does.
IMPATIENT = {"accept_timeout": 2}


def start(issue, *local_parts):
    """Start sending to subscribers whose addresses begin so; the smtp_server acts by the beginning."""
    for name in local_parts:
        make_subscriber(email=f"{name}@example.org")
    return actions.start_sending(issue=issue)


def send(options):
    return send_due(options, seconds=30)


def states():
    return dict(Delivery.objects.values_list("subscriber__email", "state"))


def only():
    return Delivery.objects.get()


def test_every_active_subscriber_of_the_cadence_gets_one_and_the_issue_is_sent(
    issue, smtp_server, options
):
    for state in ["pending", "unsubscribed", "suppressed"]:
        make_subscriber(state=state)
    make_subscriber(cadence="monthly")
    start(issue, *[f"reader{n}" for n in range(25)])

    send(options)

    assert sorted(smtp_server.recipients()) == sorted(f"reader{n}@example.org" for n in range(25))
    assert set(states().values()) == {"sent"}
    issue.refresh_from_db()
    assert (issue.state, issue.number) == ("sent", 1)
    assert issue.finished_at is not None


def test_an_issue_whose_rejected_deliveries_are_queued_again_at_that_moment_is_not_finished(issue):
    start(issue, "ada")
    Delivery.objects.update(state="rejected")

    with transaction.atomic():
        actions.retry_rejected(issue=issue)
        finished = start_until_it_waits(deliveries.finish_issues)

    assert finished.result() == 0
    issue.refresh_from_db()
    assert (issue.state, only().state) == ("sending", "queued")


def test_the_log_says_how_an_issue_ended_once(issue, options, caplog):
    caplog.set_level("INFO", logger="newsletter")
    start(issue, "ada", "grace", "dot550")

    send(options)
    send(options)

    lines = [text for text in caplog.messages if "is finished" in text]
    assert lines == ["Issue 1 is finished: 2 sent, 1 rejected"]


def test_the_log_says_once_that_a_restored_copy_sends_nothing(caplog):
    sending_gate._report_restored_copy.cache_clear()
    SendingGate.objects.create(pk=1, identity="another database")

    assert [sending_gate.is_open(), sending_gate.is_open()] == [False, False]
    assert ["restored copy" in text for text in caplog.messages] == [True]


def test_a_connection_carries_many_messages(issue, smtp_server, options):
    start(issue, *[f"reader{n}" for n in range(25)])

    send(options)

    assert smtp_server.connections <= 2


def test_sending_again_sends_nothing(issue, smtp_server, options):
    start(issue, "ada")
    send(options)

    actions.start_sending(issue=issue)
    send(options)

    assert smtp_server.recipients() == ["ada@example.org"]


def test_the_mail_carries_the_deliverys_own_message_id(issue, smtp_server, options):
    start(issue, "ada")
    send(options)

    (_, message) = smtp_server.accepted[0]
    assert f"Message-ID: <{only().pk}@".encode() in message


def test_two_workers_at_once_send_each_message_once(issue, smtp_server, options):
    start(issue, *[f"reader{n}" for n in range(60)])

    send(replace(options, connections=6, batch=5))

    assert len(smtp_server.recipients()) == len(set(smtp_server.recipients())) == 60


@pytest.mark.parametrize(
    ("name", "state", "code"),
    [
        ("rcpt550", "rejected", 550),
        ("data550", "rejected", 550),
        ("dot550", "rejected", 550),
        ("rcpt450", "queued", 450),
        ("data450", "queued", 450),
        ("dot450", "queued", 450),
        ("rcpt421", "queued", 421),
        ("dot421", "queued", 421),
        ("cut", "uncertain", None),
        ("lost", "uncertain", None),
        ("hang", "uncertain", None),
    ],
)
def test_the_servers_reply_decides_and_delays_no_other_delivery(
    issue, smtp_server, options, name, state, code
):
    start(issue, name, "ada", "bob")
    if name == "hang":
        options = replace(options, **IMPATIENT)

    for _ in range(3):  # a lost connection closes the sending gate for some seconds
        send(options)
        SendingGate.objects.update(paused_until=None)

    delivery = Delivery.objects.get(subscriber__email__startswith=name)
    assert (delivery.state, delivery.code) == (state, code)
    assert sorted(smtp_server.recipients()) == ["ada@example.org", "bob@example.org"]


@pytest.mark.parametrize("name", ["rcpt450", "data450", "dot450"])
def test_a_temporary_failure_is_retried_for_a_day_and_then_rejected(
    issue, smtp_server, options, name
):
    start(issue, name)
    pauses = []
    for _ in range(5):
        SendingGate.objects.update(paused_until=None, failures=0)
        send(options)
        pauses.append(only().next_try_at - only().changed_at)
        Delivery.objects.update(next_try_at=timezone.now())

    minutes = [round(pause.total_seconds() / 60) for pause in pauses[:4]]
    assert minutes == [5, 30, 180, 1200]
    assert (only().state, only().tries) == ("rejected", 5)


def test_a_closed_connection_does_not_count_as_an_attempt(issue, options):
    start(issue, "rcpt421")

    send(options)

    assert (only().state, only().tries) == ("queued", 0)
    assert only().next_try_at <= timezone.now()


def test_an_uncertain_delivery_is_never_retried_automatically(issue, smtp_server, options):
    start(issue, "lost")
    send(options)
    SendingGate.objects.update(paused_until=None, failures=0)

    send(options)

    assert only().state == "uncertain"
    assert smtp_server.commands.count("DATA") == 1


def test_staff_mark_an_uncertain_delivery_as_sent_or_send_it_again(
    issue, smtp_server, options, admin_user
):
    start(issue, "lost", "lost2")
    send(replace(options, connections=2))
    SendingGate.objects.update(paused_until=None, failures=0)
    send(options)
    SendingGate.objects.update(paused_until=None, failures=0)
    uncertain = Delivery.objects.filter(state="uncertain").order_by("subscriber")
    assert uncertain.count() == 2
    smtp_server.misbehave = False

    actions.resolve_uncertain(deliveries=uncertain[:1], as_sent=True, staff=admin_user)
    actions.resolve_uncertain(
        deliveries=Delivery.objects.filter(state="uncertain"), as_sent=False, staff=admin_user
    )
    send(options)

    assert set(states().values()) == {"sent"}
    assert smtp_server.recipients() == ["lost2@example.org"]


def test_three_hard_bounces_suppress_the_address(issue, smtp_server, options):
    start(issue, "rcpt550")
    for _ in range(3):
        send(options)
        actions.retry_rejected(issue=issue)

    person = Subscriber.objects.get()
    assert (person.state, person.suppression, person.hard_bounces) == ("suppressed", "bounced", 3)
    send(options)
    assert only().state == "skipped"


def test_a_subscriber_who_leaves_after_the_claim_gets_nothing(issue, smtp_server, options):
    start(issue, "ada")
    (claimed,) = claim()
    unsubscribe(subscriber=Subscriber.objects.get(), source=ConsentSource("test"))

    assert deliveries.begin(claimed, lease=10) is None
    deliveries.release([claimed])

    assert (only().state, only().reply) == ("skipped", "No longer subscribed (unsubscribed).")


def test_a_subscriber_deleted_after_the_claim_gets_nothing(issue, options, smtp_server):
    start(issue, "ada")
    (claimed,) = claim()
    Subscriber.objects.get().delete()

    deliveries.release([claimed])
    send(options)

    assert (only().state, only().subscriber) == ("skipped", None)
    assert smtp_server.recipients() == []


def claim(lease=10, limit=10, worker=None):
    sending_gate.get_gate()
    return deliveries.claim(uuid4(), limit=limit, lease=lease, identity=identity(), worker=worker)


def test_claims_come_in_the_order_that_they_are_due(issue):
    """Else a recipient at whom the server ends the connection each time could be first each time."""
    start(issue, *[f"reader{number:02}" for number in range(12)])
    now = timezone.now()
    newest_first = Delivery.objects.order_by("subscriber__email")
    for minutes, delivery in enumerate(newest_first, start=1):
        delivery.next_try_at = now - timedelta(minutes=minutes)
        delivery.save(update_fields=["next_try_at"])

    with connection.cursor() as cursor:  # a join that Postgres chooses for large issues
        cursor.execute("SET enable_nestloop = off")
        claimed = claim(limit=12)
        cursor.execute("RESET enable_nestloop")

    due = {delivery.pk: delivery.next_try_at for delivery in Delivery.objects.all()}
    assert len(claimed) == 12
    assert [due[each.id] for each in claimed] == sorted(due.values())


def test_a_sender_whose_lease_expired_sends_nothing(issue, smtp_server, options):
    start(issue, "ada")
    (slow,) = claim(lease=0)
    deliveries.expire_leases()
    (quick,) = claim()

    assert deliveries.begin(slow, lease=10) is None
    assert deliveries.begin(quick, lease=10) == 1


def test_an_expired_lease_starts_nothing_even_before_it_is_taken_back(issue):
    start(issue, "ada")
    (slow,) = claim(lease=0)

    assert deliveries.begin(slow, lease=10) is None
    assert only().state == "claimed"


def test_deliveries_of_a_paused_issue_are_not_claimed(issue):
    start(issue, "ada")
    actions.pause(issue=issue)

    assert claim() == []


def test_an_expired_message_is_uncertain_until_its_sender_records_a_result(issue):
    start(issue, "ada")
    (claimed,) = claim()
    tries = deliveries.begin(claimed, lease=0)
    deliveries.expire_leases()
    assert only().state == "uncertain"

    assert deliveries.record_result(claimed, accepted(), tries) is True
    assert only().state == "sent"
    assert deliveries.record_result(claimed, accepted(), tries) is False


def test_a_late_reply_queues_nothing_of_an_issue_that_is_finished(issue, options):
    start(issue, "ada")
    (claimed,) = claim()
    tries = deliveries.begin(claimed, lease=0)
    send(options)
    assert Issue.objects.get().state == "sent"

    later = Outcome(DeliveryResult.DEFERRED, code=451, reply="Try again later.")
    deliveries.record_result(claimed, later, tries)

    assert (only().state, only().reply) == ("rejected", "Try again later.")
    assert actions.retry_rejected(issue=issue) == 1
    assert Issue.objects.get().state == "sending"


@pytest.mark.parametrize(
    ("silent_seconds", "state"), [(20, "claimed"), (31, "queued"), (None, "queued")]
)
def test_a_lease_ends_with_the_heartbeat_of_its_worker(issue, silent_seconds, state):
    """None: the worker's row is gone."""
    start(issue, "ada")
    worker = make_worker(silent_seconds=silent_seconds or 0)
    (claimed,) = claim(worker=worker)
    if silent_seconds is None:
        execute("DELETE FROM procrastinate_workers RETURNING id")

    deliveries.expire_leases()

    assert only().state == state
    assert deliveries.begin(claimed, lease=10) == (1 if state == "claimed" else None)


def test_a_message_of_a_worker_without_a_heartbeat_is_uncertain_at_once(issue):
    start(issue, "ada")
    (claimed,) = claim(worker=make_worker(silent_seconds=31))
    tries = deliveries.begin(claimed, lease=600)

    deliveries.expire_leases()

    assert only().state == "uncertain"
    assert deliveries.record_result(claimed, accepted(), tries) is True  # it was only slow
    assert only().state == "sent"


def accepted():
    return Outcome(DeliveryResult.ACCEPTED, 250, "ok")


def test_a_paused_issue_can_be_resumed(issue, smtp_server, options):
    start(issue, "ada", "bob")
    actions.pause(issue=issue)
    send(options)
    assert smtp_server.recipients() == []

    actions.resume(issue=issue)
    send(options)

    assert len(smtp_server.recipients()) == 2


def test_a_cancelled_issue_skips_its_deliveries(issue, smtp_server, options):
    start(issue, "ada", "bob")
    (first, _) = claim()
    actions.cancel(issue=issue)

    assert deliveries.begin(first, lease=10) is None
    deliveries.release([first])
    send(options)

    assert smtp_server.recipients() == []
    assert sorted(states().values()) == ["claimed", "skipped"]
    Delivery.objects.filter(state="claimed").update(lease_until=timezone.now())
    send(options)
    assert sorted(states().values()) == ["skipped", "skipped"]
    assert Issue.objects.get(pk=issue.pk).state == "cancelled"


def defer(claimed):
    deliveries.record_result(claimed, Outcome(DeliveryResult.DEFERRED, code=451, reply="Later."), 1)


@pytest.mark.parametrize(
    "queue_again",
    [lambda claimed: deliveries.release([claimed]), lambda _: deliveries.expire_leases(), defer],
    ids=["release", "expire", "defer"],
)
def test_what_returns_to_the_queue_while_its_issue_is_cancelled_is_skipped(
    issue, smtp_server, options, queue_again
):
    start(issue, "ada")
    (claimed,) = claim()
    if queue_again is defer:
        deliveries.begin(claimed, lease=10)
    else:
        Delivery.objects.update(lease_until=timezone.now())

    with transaction.atomic():
        actions.cancel(issue=issue)
        in_another_session(lambda: queue_again(claimed))
    assert only().state == "queued"

    send(options)

    assert (only().state, only().reply) == ("skipped", "The issue was cancelled.")
    assert smtp_server.recipients() == []


def test_an_uncertain_delivery_of_a_cancelled_issue_is_not_sent_again(issue, options, admin_user):
    start(issue, "ada")
    actions.cancel(issue=issue)
    Delivery.objects.update(state="uncertain", claim=uuid4())

    actions.resolve_uncertain(deliveries=Delivery.objects.all(), as_sent=False, staff=admin_user)
    send(options)

    assert only().state == "skipped"


def test_expiring_leases_waits_for_nobody(issue):
    start(issue, "ada", "bob")
    first, _ = claim(lease=0)

    with another_session("SELECT FROM newsletter_delivery WHERE id = %s FOR UPDATE", first.id):
        expired = deliveries.expire_leases()

    assert expired == 1
    assert deliveries.expire_leases() == 1


def test_an_unavailable_server_pauses_the_gate_and_sending_resumes_automatically(
    issue, options, monkeypatch
):
    monkeypatch.setattr(sending_gate, "FIRST_PAUSE", timedelta(minutes=5))
    with SmtpServer() as smtp_server:
        port = smtp_server.port
    start(issue, "ada")
    gone = replace(options, server=MailServer("smtp+plain", "127.0.0.1", port), connections=1)

    send(gone)
    first = SendingGate.objects.get()
    assert (first.failures, sending_gate.is_open(), only().state) == (1, False, "queued")
    SendingGate.objects.update(paused_until=timezone.now())
    send(gone)
    second = SendingGate.objects.get()
    assert second.paused_until - timezone.now() > timedelta(minutes=8)

    SendingGate.objects.update(paused_until=timezone.now())
    with SmtpServer(port=port) as smtp_server:
        send(gone)
        assert smtp_server.recipients() == ["ada@example.org"]
    assert SendingGate.objects.get().failures == 0
    assert only().tries == 1


def test_a_server_that_never_confirms_trips_the_gate(issue, options):
    start(issue, *[f"hang{n}" for n in range(6)])

    for _ in range(4):
        send(replace(options, connections=1, **IMPATIENT))
        SendingGate.objects.update(paused_until=None)

    assert "receives messages but does not confirm them" in SendingGate.objects.get().trip_reason
    assert Delivery.objects.filter(state="uncertain").count() == 3


@pytest.mark.parametrize(
    ("scheme", "extensions", "user", "because"),
    [
        ("smtp", [], "", "does not support TLS"),
        ("smtp", ["STARTTLS"], "", "refused TLS"),
        ("smtps", [], "", "TLS failed"),
        ("smtp+plain", ["AUTH PLAIN"], "me", "refused the login"),
        ("smtp+plain", [], "me", "does not support logging in"),
    ],
)
def test_a_refused_login_or_failing_tls_trips_the_gate(
    issue, options, admin_user, caplog, scheme, extensions, user, because
):
    with SmtpServer(extensions=extensions) as strict:
        server = MailServer(scheme, "127.0.0.1", strict.port, user, "secret")
        start(issue, "ada")
        send(replace(options, server=server))
        send(replace(options, server=server))

        assert because in SendingGate.objects.get().trip_reason
        assert [record.levelname for record in caplog.records].count("ERROR") == 1
        assert "secret" not in caplog.text
        assert strict.recipients() == []
    send(options)
    assert only().state == "queued"

    sending_gate.resume()
    send(options)
    assert only().state == "sent"


def test_a_restored_copy_sends_nothing_until_somebody_resumes_sending(
    issue, smtp_server, options, admin_user
):
    start(issue, "ada")
    SendingGate.objects.update(identity="another database")

    assert sending_gate.is_open() is False
    send(options)
    assert smtp_server.recipients() == []

    sending_gate.resume()
    send(options)
    assert smtp_server.recipients() == ["ada@example.org"]


@pytest.mark.django_db
def test_all_workers_share_one_rate_limit(monkeypatch):
    clock = Clock(monkeypatch, timezone.now())
    sending_gate.get_gate()
    SendingGate.objects.update(permits=0, permits_at=clock.now - timedelta(hours=1))

    granted = [sending_gate.acquire_permits(30, rate=50) for _ in range(3)]
    clock.move(clock.now + timedelta(seconds=0.5))

    assert granted == [30, 20, 0]
    assert sending_gate.acquire_permits(30, rate=50) == 25


def test_a_claim_takes_no_more_than_its_limit_when_postgres_expects_one_delivery(issue):
    """Autovacuum may analyse the tables just before the first issue goes out."""
    with connection.cursor() as cursor:
        start(issue, "ada")
        cursor.execute("ANALYZE newsletter_delivery, newsletter_issue, newsletter_sendinggate")
        actions.cancel(issue=issue)
        start(make_issue(), *(f"reader-{n}" for n in range(20)))

    assert len(claim(limit=7)) == 7


def test_a_subscriber_whose_filter_matches_nothing_is_skipped(issue, smtp_server, options):
    make_subscriber(email="other@example.org", categories=[make_category()])
    start(issue, "ada")

    send(options)

    assert states() == {"ada@example.org": "sent", "other@example.org": "skipped"}
    assert (
        Delivery.objects.get(state="skipped").reply
        == "Nothing in the issue matches their preferences."
    )
