"""Background jobs that send emails to one person, and retry when the mail server asks for it.

The arguments of a job contain no address, because they are logged and stored.
"""

import logging
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.db import Error as DatabaseProblem
from django.db import transaction
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from newsletter.delivery import sending_gate
from newsletter.models import Subscriber
from newsletter.signup import emails, responses
from newsletter.subscribers.actions import count_hard_bounce
from web.deferring import in_this_transaction

logger = logging.getLogger(__name__)
PAUSES = [60, 5 * 60, 30 * 60, 3 * 3600, 12 * 3600]  # seconds between the attempts


class RestoredCopy(Exception):
    """The database may be a restored copy, so that staff must resume sending first."""


TEMPORARY = (SMTPException, OSError, DatabaseProblem, RestoredCopy)


class Backoff(BaseRetryStrategy):
    """Retries temporary failures after growing pauses, and gives up on permanent ones."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= len(PAUSES) or not is_temporary(exception):
            return None
        return RetryDecision(retry_in={"seconds": PAUSES[job.attempts]})


@app.task(retry=Backoff())
def answer_request(request: int) -> None:
    """Handle the MailRequest with this id, and send the email that the state of its address calls for."""
    with transaction.atomic():
        if answer := responses.handle_request(request):
            kind, subscriber = answer
            job = in_this_transaction(send_mail.configure())
            job.defer(kind=kind, subscriber=subscriber.pk)


@app.task(retry=Backoff())
def send_mail(kind: str, subscriber: int) -> None:
    person = Subscriber.objects.filter(pk=subscriber).first()
    if person is None or not person.can_resubscribe:
        return  # changed after the job was deferred
    if sending_gate.is_restored_copy(sending_gate.get_gate()):
        raise RestoredCopy
    try:
        emails.send(kind, person)
    except SMTPRecipientsRefused as refusal:
        if is_temporary(refusal):
            raise
        logger.warning("The %s to subscriber %s was permanently refused", kind, subscriber)
        count_hard_bounce(subscriber=person)


def is_temporary(error: BaseException) -> bool:
    """Whether the same email may be accepted later. Only a 5xx reply to this email is permanent.

    A refused login, a refused sender or failing TLS needs a person, after which the email can be sent. An error of
    the database says nothing about the email.
    """
    codes = []
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, SMTPDataError):
        codes = [error.smtp_code]
    return isinstance(error, TEMPORARY) and all(code < 500 for code in codes)
