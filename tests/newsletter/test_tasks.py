"""The job that wakes the sending."""

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from newsletter.delivery.wake_worker import LOCK, TASK
from newsletter.issues import actions, tasks
from newsletter.models import Delivery, Issue, SendingGate
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.jobs import delete_jobs
from tests.newsletter.ledger_factory import old_tool, on, review
from tests.newsletter.smtp_server import SmtpServer
from tests.waiting import GIVE_UP_AFTER, wait_until
from tests.web.retention.test_task import address_of_the_test_database
from web.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


def never():
    return False


@pytest.fixture(autouse=True)
def no_jobs_are_left():
    yield
    delete_jobs()


@pytest.fixture
def smtp_server(settings):
    with SmtpServer() as smtp_server:
        settings.MAIL_SERVER = MailServer("smtp+plain", "127.0.0.1", smtp_server.port)
        settings.NEWSLETTER_RATE = 1e6
        yield smtp_server


@pytest.fixture
def issue(admin_user):
    """Scheduled for this moment, to one subscriber."""
    tool, reviewer = old_tool("Ada"), make_reviewer("Builder")
    review(tool, (reviewer, 40, "skip"), at=on(-5))
    review(tool, (reviewer, 80, "ship"), at=on(2), reason="It was fixed.")
    make_subscriber(email="ada@example.org")
    return actions.schedule(issue=make_issue(), at=timezone.now(), staff=admin_user)


def test_it_starts_what_is_scheduled_and_sends_what_is_due(issue, smtp_server):
    tasks.send(should_stop=never)

    assert smtp_server.recipients() == ["ada@example.org"]
    assert Issue.objects.get().state == "sent"


def test_running_twice_sends_once(issue, smtp_server):
    tasks.send(should_stop=never)
    tasks.send(should_stop=never)

    assert smtp_server.recipients() == ["ada@example.org"]


@pytest.mark.parametrize(
    "closed",
    [
        {"trip_reason": "broken TLS"},
        {"identity": "another database"},
        {"paused_until": timezone.now() + timedelta(days=400)},
    ],
)
def test_nothing_goes_out_while_the_sending_gate_is_closed(issue, smtp_server, closed):
    actions.start_sending(issue=issue)
    SendingGate.objects.update(**closed)

    tasks.send(should_stop=never)

    assert smtp_server.recipients() == []
    assert Delivery.objects.get().state == "queued"


def test_a_pause_ends_with_a_job_of_its_own(issue, smtp_server):
    actions.start_sending(issue=issue)
    pause_end = timezone.now() + timedelta(seconds=40)
    SendingGate.objects.update(paused_until=pause_end)

    tasks.send(should_stop=never)
    tasks.send(should_stop=never)  # at the full minute

    later = ProcrastinateJob.objects.filter(scheduled_at__isnull=False, task_name=TASK)
    assert list(later.values_list("scheduled_at", flat=True)) == [pause_end]


def test_no_job_waits_for_the_end_of_a_pause_while_sending_is_stopped(issue, smtp_server):
    actions.start_sending(issue=issue)
    SendingGate.objects.update(
        paused_until=timezone.now() + timedelta(seconds=40), trip_reason="broken TLS"
    )

    tasks.send(should_stop=never)

    later = ProcrastinateJob.objects.filter(scheduled_at__isnull=False, task_name=TASK)
    assert not later.exists()


def test_a_process_that_sends_already_leaves_the_rest_to_itself(issue, smtp_server):
    with tasks._sending:
        tasks.send(should_stop=never)

    assert smtp_server.recipients() == []
    assert Issue.objects.get().state == "sending"


def test_starting_wakes_a_worker_at_once(issue):
    delete_jobs()

    actions.start_sending(issue=issue)

    assert ProcrastinateJob.objects.get(queueing_lock=LOCK).status == "todo"


def test_a_worker_that_is_stopped_finishes_its_emails_and_leaves_the_rest(issue, smtp_server):
    for _ in range(100):
        make_subscriber()
    actions.start_sending(issue=issue)
    environment = {
        "DEBUG": "on",
        "DATABASE_URL": address_of_the_test_database(),
        "MAIL_URL": f"smtp+plain://127.0.0.1:{smtp_server.port}",
        "NEWSLETTER_RATE": "2",  # the rest would take most of a minute
    }
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | environment)

    wait_until(lambda: len(smtp_server.accepted) >= 3)
    worker.terminate()

    assert worker.wait(GIVE_UP_AFTER) == 0
    counts = Counter(Delivery.objects.values_list("state", flat=True))
    assert set(counts) == {"sent", "queued"}
    assert counts["sent"] == len(smtp_server.accepted) < 101
