"""The job that wakes the sending."""

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from newsletter import actions, tasks
from newsletter.models import Delivery, Issue, PostOffice
from newsletter.waking import LOCK
from tests.factories import make_reviewer
from tests.newsletter.happening import old_tool, on, review
from tests.newsletter.making import make_issue, make_subscriber
from tests.newsletter.sink import Sink
from web.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        settings.MAIL_SERVER = MailServer("smtp+plain", "127.0.0.1", sink.port)
        settings.NEWSLETTER_RATE = 1e6
        yield sink


@pytest.fixture
def issue(admin_user):
    """Scheduled for this moment, to one subscriber."""
    tool, reviewer = old_tool("Ada"), make_reviewer("Builder")
    review(tool, (reviewer, 40, "skip"), at=on(-5))
    review(tool, (reviewer, 80, "ship"), at=on(2), reason="It was mended.")
    make_subscriber(email="ada@example.org")
    return actions.schedule(issue=make_issue(), at=timezone.now(), staff=admin_user)


def test_it_starts_what_is_scheduled_and_sends_what_is_due(issue, sink):
    tasks.send_newsletter(timestamp=0)

    assert sink.recipients() == ["ada@example.org"]
    assert Issue.objects.get().state == "sent"


def test_running_twice_sends_once(issue, sink):
    tasks.send_newsletter(timestamp=0)
    tasks.send_newsletter(timestamp=0)

    assert sink.recipients() == ["ada@example.org"]


@pytest.mark.parametrize(
    "closed",
    [
        {"halted_because": "broken TLS"},
        {"identity": "another database"},
        {"closed_until": timezone.now() + timedelta(days=400)},
    ],
)
def test_nothing_goes_out_while_the_post_office_is_closed(issue, sink, closed):
    actions.start_sending(issue=issue)
    PostOffice.objects.update(**closed)

    tasks.send_newsletter(timestamp=0)

    assert sink.recipients() == []
    assert Delivery.objects.get().state == "queued"


def test_a_process_that_sends_already_leaves_the_rest_to_itself(issue, sink):
    with tasks._sends_here:
        tasks.send_newsletter(timestamp=0)

    assert sink.recipients() == []
    assert Issue.objects.get().state == "sending"


def test_starting_wakes_a_worker_at_once(issue):
    actions.start_sending(issue=issue)

    assert ProcrastinateJob.objects.get(queueing_lock=LOCK).status == "todo"
