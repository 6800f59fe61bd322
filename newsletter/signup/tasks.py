"""Mails to one person, sent in the background, tried again when the mail server asks for it.

A job's arguments hold no address: they are logged, and kept.
"""

import logging
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from newsletter.delivery import sending_gate
from newsletter.models import Subscriber
from newsletter.signup import emails, responses
from newsletter.subscribers import retention
from newsletter.subscribers.actions import count_hard_bounce

logger = logging.getLogger(__name__)
PAUSES = [60, 5 * 60, 30 * 60, 3 * 3600, 12 * 3600]  # seconds between the tries


class RestoredCopy(Exception):
    """The database is a copy that was restored, maybe: a person has to say go first."""


class GrowingPauses(BaseRetryStrategy):
    """Try again after growing pauses what failed for now; give up what failed for good."""

    def get_retry_decision(self, *, exception, job):
        if job.attempts >= len(PAUSES) or not failed_for_now(exception):
            return None
        return RetryDecision(retry_in={"seconds": PAUSES[job.attempts]})


@app.task(retry=GrowingPauses())
def answer_request(request):
    """Look at the address of the MailRequest with this id, and send what its standing asks for."""
    if answer := responses.take_up(request):
        kind, subscriber = answer
        send_mail.defer(kind=kind, subscriber=subscriber.pk)


@app.task(retry=GrowingPauses())
def send_mail(kind, subscriber):
    person = Subscriber.objects.filter(pk=subscriber).first()
    if person is None or not person.can_resubscribe:
        return  # since the job was deferred
    if sending_gate.is_restored_copy(sending_gate.get_gate()):
        raise RestoredCopy
    try:
        emails.send(kind, person)
    except SMTPRecipientsRefused as refusal:
        if failed_for_now(refusal):
            raise
        logger.warning("The %s to subscriber %s was refused for good", kind, subscriber)
        count_hard_bounce(subscriber=person)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="purge_expired")
def purge_expired(timestamp):
    retention.purge_expired()


def failed_for_now(error):
    """Whether the same mail may get through later. For good is only what the server says of this mail.

    A refused login, a refused sender or broken TLS is for people to mend, and the mail goes out then.
    """
    codes = []
    if isinstance(error, SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, SMTPDataError):
        codes = [error.smtp_code]
    return isinstance(error, SMTPException | OSError | RestoredCopy) and all(
        code < 500 for code in codes
    )
