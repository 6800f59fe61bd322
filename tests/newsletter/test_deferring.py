"""Jobs that a job defers are queued in its own transaction."""

import pytest
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from newsletter.delivery.wake_worker import TASK, wake
from newsletter.models import MailRequest
from newsletter.signup.tasks import answer_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    """Within a worker the app's connector has connections of its own, which know nothing of this transaction."""
    with app.replace_connector(InMemoryConnector()) as app_of_a_worker:
        yield app_of_a_worker.connector


def queued():
    return list(ProcrastinateJob.objects.values_list("task_name", flat=True))


def test_the_email_to_a_new_subscriber_is_queued_when_the_subscriber_is_committed(worker):
    request = MailRequest.objects.create(email="ada@example.org", wanted="subscription")

    answer_request(request=request.pk)

    assert queued() == ["newsletter.signup.tasks.send_mail"]
    assert worker.jobs == {}


def test_a_wake_up_is_queued_with_what_is_to_be_sent(worker):
    with transaction.atomic():
        wake()
        assert queued() == [TASK]
        transaction.set_rollback(True)

    assert queued() == []
    assert worker.jobs == {}


def test_waking_twice_queues_one_job(worker):
    wake()
    wake()

    assert queued() == [TASK]
