"""An issue on its way, over a real mail server that may misbehave and a real Postgres."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from newsletter.delivery import deliveries, sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.sending import Options, send_due
from newsletter.issues import actions
from newsletter.models import Delivery, Issue, SendingGate, Subscriber
from newsletter.subscribers.actions import Where, unsubscribe
from tests.factories import make_category, make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import old_tool, on, review
from tests.newsletter.smtp_server import Sink
from web.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def issue():
    """A draft with one changed verdict to tell."""
    tool, reviewer = old_tool("Ada"), make_reviewer("Builder")
    review(tool, (reviewer, 40, "skip"), at=on(-5))
    review(tool, (reviewer, 80, "ship"), at=on(2), reason="It was mended.")
    return make_issue()


@pytest.fixture
def options(sink):
    return Options(
        server=MailServer("smtp+plain", "127.0.0.1", sink.port),
        sender="news@example.org",
        connections=2,
        rate=1_000_000,
        timeout=1,
        accept_timeout=0.5,
        batch=10,
        lease=30,
    )


def start(issue, *local_parts):
    """Start sending to subscribers whose addresses begin so; the sink acts by the beginning."""
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
    issue, sink, options
):
    for state in ["pending", "unsubscribed", "suppressed"]:
        make_subscriber(state=state)
    make_subscriber(cadence="monthly")
    start(issue, *[f"reader{n}" for n in range(25)])

    send(options)

    assert sorted(sink.recipients()) == sorted(f"reader{n}@example.org" for n in range(25))
    assert set(states().values()) == {"sent"}
    issue.refresh_from_db()
    assert (issue.state, issue.number) == ("sent", 1)
    assert issue.finished_at is not None


def test_a_connection_carries_many_messages(issue, sink, options):
    start(issue, *[f"reader{n}" for n in range(25)])

    send(options)

    assert sink.connections <= 2


def test_sending_again_sends_nothing(issue, sink, options):
    start(issue, "ada")
    send(options)

    actions.start_sending(issue=issue)
    send(options)

    assert sink.recipients() == ["ada@example.org"]


def test_the_mail_carries_the_deliverys_own_message_id(issue, sink, options):
    start(issue, "ada")
    send(options)

    (_, message) = sink.accepted[0]
    assert f"Message-ID: <{only().pk}@".encode() in message


def test_two_workers_at_once_send_each_message_once(issue, sink, options):
    start(issue, *[f"reader{n}" for n in range(60)])

    send(replace(options, connections=6, batch=5))

    assert len(sink.recipients()) == len(set(sink.recipients())) == 60


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
def test_what_the_server_says_decides_and_nobody_else_is_kept_waiting(
    issue, sink, options, name, state, code
):
    start(issue, name, "ada", "bob")

    for _ in range(3):  # a lost connection closes the sending gate for some seconds
        send(options)
        SendingGate.objects.update(paused_until=None)

    delivery = Delivery.objects.get(subscriber__email__startswith=name)
    assert (delivery.state, delivery.code) == (state, code)
    assert sorted(sink.recipients()) == ["ada@example.org", "bob@example.org"]


@pytest.mark.parametrize("name", ["rcpt450", "data450", "dot450"])
def test_a_temporary_failure_is_tried_five_times_over_a_day_and_then_rejected(
    issue, sink, options, name
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


def test_a_connection_that_is_closed_is_no_try_of_the_recipients(issue, options):
    start(issue, "rcpt421")

    send(options)

    assert (only().state, only().tries) == ("queued", 0)
    assert only().next_try_at <= timezone.now()


def test_an_uncertain_one_is_never_tried_again_by_itself(issue, sink, options):
    start(issue, "lost")
    send(options)
    SendingGate.objects.update(paused_until=None, failures=0)

    send(options)

    assert only().state == "uncertain"
    assert sink.commands.count("DATA") == 1


def test_staff_settle_an_uncertain_one_as_sent_or_send_it_again(issue, sink, options, admin_user):
    start(issue, "lost", "lost2")
    send(replace(options, connections=2))
    SendingGate.objects.update(paused_until=None, failures=0)
    send(options)
    SendingGate.objects.update(paused_until=None, failures=0)
    uncertain = Delivery.objects.filter(state="uncertain").order_by("subscriber")
    assert uncertain.count() == 2
    sink.misbehave = False

    actions.resolve_uncertain(deliveries=uncertain[:1], as_sent=True, staff=admin_user)
    actions.resolve_uncertain(
        deliveries=Delivery.objects.filter(state="uncertain"), as_sent=False, staff=admin_user
    )
    send(options)

    assert set(states().values()) == {"sent"}
    assert sink.recipients() == ["lost2@example.org"]


def test_three_hard_bounces_suppress_the_address(issue, sink, options):
    start(issue, "rcpt550")
    for _ in range(3):
        send(options)
        actions.retry_rejected(issue=issue)

    person = Subscriber.objects.get()
    assert (person.state, person.suppression, person.hard_bounces) == ("suppressed", "bounced", 3)
    send(options)
    assert only().state == "skipped"


def test_who_left_after_being_claimed_gets_nothing(issue, sink, options):
    start(issue, "ada")
    (claimed,) = claim()
    unsubscribe(subscriber=Subscriber.objects.get(), where=Where("test"))

    assert deliveries.begin(claimed, lease=10) is None
    deliveries.release([claimed])

    assert (only().state, only().reply) == ("skipped", "not subscribed any more: unsubscribed")


def test_who_was_deleted_after_being_claimed_gets_nothing(issue, options, sink):
    start(issue, "ada")
    (claimed,) = claim()
    Subscriber.objects.get().delete()

    deliveries.release([claimed])
    send(options)

    assert (only().state, only().subscriber) == ("skipped", None)
    assert sink.recipients() == []


def claim(lease=10, most=10):
    sending_gate.get_gate()
    return deliveries.claim(uuid4(), most=most, lease=lease, identity=identity())


def test_a_sender_that_slept_past_its_lease_finds_nothing_to_send(issue, sink, options):
    start(issue, "ada")
    (slow,) = claim(lease=0)
    deliveries.expire_leases()
    (quick,) = claim()

    assert deliveries.begin(slow, lease=10) is None
    assert deliveries.begin(quick, lease=10) == 1


def test_a_lease_that_is_over_begins_nothing_also_before_anybody_took_it_back(issue):
    start(issue, "ada")
    (slow,) = claim(lease=0)

    assert deliveries.begin(slow, lease=10) is None
    assert only().state == "claimed"


def test_of_a_paused_issue_nothing_is_claimed(issue):
    start(issue, "ada")
    actions.pause(issue=issue)

    assert claim() == []


def test_a_lapsed_message_is_uncertain_and_its_sender_may_still_tell(issue):
    start(issue, "ada")
    (claimed,) = claim()
    tries = deliveries.begin(claimed, lease=0)
    deliveries.expire_leases()
    assert only().state == "uncertain"

    assert deliveries.record_result(claimed, accepted(), tries) is True
    assert only().state == "sent"
    assert deliveries.record_result(claimed, accepted(), tries) is False


def accepted():
    return Outcome(DeliveryResult.ACCEPTED, 250, "ok")


def test_a_paused_issue_rests_and_goes_on(issue, sink, options):
    start(issue, "ada", "bob")
    actions.pause(issue=issue)
    send(options)
    assert sink.recipients() == []

    actions.resume(issue=issue)
    send(options)

    assert len(sink.recipients()) == 2


def test_a_cancelled_issue_ends(issue, sink, options):
    start(issue, "ada", "bob")
    (first, _) = claim()
    actions.cancel(issue=issue)

    assert deliveries.begin(first, lease=10) is None
    deliveries.release([first])
    send(options)

    assert sink.recipients() == []
    assert sorted(states().values()) == ["claimed", "skipped"]
    Delivery.objects.filter(state="claimed").update(lease_until=timezone.now())
    deliveries.expire_leases()
    assert sorted(states().values()) == ["skipped", "skipped"]
    assert Issue.objects.get(pk=issue.pk).state == "cancelled"


def test_a_server_that_is_gone_opens_the_breaker_and_the_issue_goes_on_by_itself(issue, options):
    with Sink() as sink:
        port = sink.port
    start(issue, "ada")
    gone = replace(options, server=MailServer("smtp+plain", "127.0.0.1", port), connections=1)

    send(gone)
    first = SendingGate.objects.get()
    assert (first.failures, sending_gate.is_open(), only().state) == (1, False, "queued")
    SendingGate.objects.update(paused_until=timezone.now())
    send(gone)
    second = SendingGate.objects.get()
    assert second.paused_until - timezone.now() > timedelta(seconds=8)

    SendingGate.objects.update(paused_until=timezone.now())
    with Sink(port=port) as sink:
        send(gone)
        assert sink.recipients() == ["ada@example.org"]
    assert SendingGate.objects.get().failures == 0
    assert only().tries == 1


def test_a_server_that_never_answers_the_dot_stops_everything(issue, options):
    start(issue, *[f"hang{n}" for n in range(6)])

    for _ in range(4):
        send(replace(options, connections=1))
        SendingGate.objects.update(paused_until=None)

    assert "does not answer" in SendingGate.objects.get().trip_reason
    assert Delivery.objects.filter(state="uncertain").count() == 3


@pytest.mark.parametrize(
    ("scheme", "extensions", "user", "because"),
    [
        ("smtp", [], "", "offers no TLS"),
        ("smtp", ["STARTTLS"], "", "refuses TLS"),
        ("smtps", [], "", "TLS failed"),
        ("smtp+plain", ["AUTH PLAIN"], "me", "refuses the login"),
        ("smtp+plain", [], "me", "offers no login"),
    ],
)
def test_a_refused_login_or_tls_stops_everything_until_a_person_says_go(
    issue, options, admin_user, caplog, scheme, extensions, user, because
):
    with Sink(extensions=extensions) as strict:
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


def test_a_restored_database_sends_nothing_until_a_person_says_go(issue, sink, options, admin_user):
    start(issue, "ada")
    SendingGate.objects.update(identity="another database")

    assert sending_gate.is_open() is False
    send(options)
    assert sink.recipients() == []

    sending_gate.resume()
    send(options)
    assert sink.recipients() == ["ada@example.org"]


def test_the_rate_is_one_for_all_workers(issue, sink, options):
    sending_gate.get_gate()
    SendingGate.objects.update(permits=0, permits_at=timezone.now() - timedelta(hours=1))

    granted = [sending_gate.acquire_permits(30, rate=50) for _ in range(3)]

    assert granted[0] == 30
    assert 20 <= granted[1] <= 21
    assert granted[2] <= 1


def test_what_has_nothing_to_say_to_somebody_is_skipped_for_them(issue, sink, options):
    make_subscriber(email="other@example.org", categories=[make_category()])
    start(issue, "ada")

    send(options)

    assert states() == {"ada@example.org": "sent", "other@example.org": "skipped"}
    assert Delivery.objects.get(state="skipped").reply == "nothing in the issue for what they chose"
