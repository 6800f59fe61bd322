"""Sending what is due: any number of workers, each with some connections, each connection in its thread."""

import logging
import time
from dataclasses import dataclass
from email.utils import parseaddr
from threading import Event, Thread
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from newsletter.delivery import deliveries, sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.message_cache import MessageCache
from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.smtp import ServerMisconfigured, ServerUnavailable, SmtpConnection
from newsletter.digest.filters import digest_filters_of
from newsletter.models import Subscriber
from newsletter.subscribers.actions import count_hard_bounce
from web.mail_server import MailServer

logger = logging.getLogger(__name__)
NOTHING_TO_SAY = "nothing in the issue for what they chose"
NO_ADDRESS = "no address that can be written to"
STOP_CHECK_INTERVAL = 0.2  # seconds, until it is asked again whether to stop
PERMIT_PAUSE = 0.05  # seconds, until it is asked again whether more may go out
DATABASE_PAUSE = 1.0
LOST = (OperationalError, InterfaceError)
GIVE_UP_RECORDING = 120  # seconds


@dataclass(frozen=True)
class Options:
    """How to send. Times in seconds. `lease` is for a whole batch, and again for each handing over."""

    server: MailServer
    sender: str
    connections: int
    rate: float
    timeout: float
    accept_timeout: float
    batch: int = 50
    lease: float = 300
    slack: float = 30

    @classmethod
    def from_settings(cls):
        return cls(
            server=settings.MAIL_SERVER,
            sender=parseaddr(settings.NEWSLETTER_FROM)[1],
            connections=settings.NEWSLETTER_CONNECTIONS,
            rate=settings.NEWSLETTER_RATE,
            timeout=settings.MAIL_TIMEOUT,
            accept_timeout=settings.MAIL_ACCEPT_TIMEOUT,
        )

    @property
    def data_lease(self):
        """Longer than the last reply may take, so that nobody else calls it uncertain before us."""
        return self.accept_timeout + 4 * self.timeout + self.slack


def send_due(options, *, seconds, is_over=lambda: False):
    """Send what is due for at most so many seconds, or until `is_over()`; return whether there is more."""
    deliveries.expire_leases()
    sending_gate.get_gate()
    stop, message_cache = Event(), MessageCache()
    senders = [Sender(options, message_cache, stop) for _ in range(options.connections)]
    threads = [Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline and not is_over():
            thread.join(STOP_CHECK_INTERVAL)
    stop.set()
    for thread in threads:
        thread.join()
    deliveries.expire_leases()
    deliveries.finish_issues()
    return any(sender.has_more for sender in senders)


class Sender:
    """One connection to the mail server, and one to the database."""

    def __init__(self, options, message_cache, stop):
        self.options = options
        self.message_cache = message_cache
        self.stop = stop
        self.smtp = None
        self.smtp_works = False  # whether it took or refused a message
        self.has_more = False
        # (Claimed, Outcome, tries): settled with the beginning of the next message.
        self.unrecorded = None

    def run(self):
        try:
            while not self.stop.is_set() and self._send_next_batch():
                pass
            self.has_more = self.stop.is_set()
        except LOST as error:
            self.has_more = True
            logger.warning("Lost the database while sending: %s", error)
        finally:
            self._disconnect()
            connection.close()

    def _send_next_batch(self):
        """Send one batch; whether to go on with another."""
        options = self.options
        allowed = self._permits()
        if not allowed:
            return not self.stop.is_set()
        claimed = deliveries.claim(uuid4(), most=allowed, lease=options.lease, identity=identity())
        if not claimed:
            return False
        try:
            return self._send_batch(claimed)
        finally:
            self._record_last_result()

    def _permits(self):
        """How many may go out now, once some may; 0 when it is time to stop."""
        while not self.stop.is_set():
            if allowed := sending_gate.acquire_permits(self.options.batch, rate=self.options.rate):
                return allowed
            self.stop.wait(PERMIT_PAUSE)
        return 0

    def _send_batch(self, claimed):
        people = Subscriber.objects.in_bulk([each.subscriber_id for each in claimed])
        choices = digest_filters_of(list(people.values()))
        for place, each in enumerate(claimed):
            person = people.get(each.subscriber_id)
            template = person and self.message_cache.template_for(each.issue_id, choices[person.pk])
            if template is None:
                deliveries.release([each], because=NOTHING_TO_SAY)
            elif self.stop.is_set() or not self._connect():
                deliveries.release(claimed[place:])
                return False
            elif not self._send_one(each, person, template):
                deliveries.release(claimed[place + 1 :])
                return False
        return True

    def _send_one(self, claimed, person, template):
        """Offer one message; whether the mail server is well enough for the next."""
        try:
            message = template.bytes_for(email=person.email, key=person.key, delivery_id=claimed.id)
        except ValueError:
            message = None
        tries = self._begin(claimed)
        if tries is None:
            deliveries.release([claimed])
            return True
        if message is None:
            outcome = Outcome(DeliveryResult.REFUSED, words=NO_ADDRESS)
        else:
            outcome = self.smtp.offer(person.email, message)
        self.unrecorded = (claimed, outcome, tries)
        if outcome.result == DeliveryResult.REFUSED and outcome.of_recipient:
            self._record_last_result()
            count_hard_bounce(subscriber=person)
        return self._check_connection(outcome)

    def _check_connection(self, outcome):
        """Whether to go on: a line that carried messages before may be opened again at once."""
        if not outcome.is_lost:
            if not self.smtp_works:
                self.smtp_works = True
                sending_gate.reset_failures()
            return True
        self._disconnect()
        in_doubt = outcome.result == DeliveryResult.UNKNOWN
        if self.smtp_works and not in_doubt:
            return True
        self._record_last_result()
        sending_gate.pause(outcome.words, in_doubt=in_doubt)
        return False

    def _begin(self, claimed):
        """How many times it was tried with this one; None when it is not ours to send any more."""
        after = self.unrecorded
        try:
            tries = deliveries.begin(claimed, lease=self.options.data_lease, after=after)
        except LOST:
            # Nobody knows whether that was committed, but nothing was offered: say so.
            self._retry_until_database_returns(lambda: deliveries.release([claimed]))
            return None
        self.unrecorded = None
        return tries

    def _record_last_result(self):
        """Write down what became of the last message, however long the database is away."""
        if last := self.unrecorded:
            self._retry_until_database_returns(lambda: deliveries.record_result(*last))
            self.unrecorded = None

    def _retry_until_database_returns(self, write):
        deadline = time.monotonic() + GIVE_UP_RECORDING
        while True:
            try:
                return write()
            except LOST:
                if time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(DATABASE_PAUSE)

    def _connect(self):
        """Whether there is a connection to the mail server; why not is told to the sending gate."""
        if self.smtp:
            return True
        options = self.options
        try:
            self.smtp = SmtpConnection(
                options.server,
                sender=options.sender,
                timeout=options.timeout,
                accept_timeout=options.accept_timeout,
            )
        except ServerUnavailable as gone:
            sending_gate.pause(gone)
            return False
        except ServerMisconfigured as distrusted:
            sending_gate.trip(str(distrusted))
            return False
        self.smtp_works = False
        return True

    def _disconnect(self):
        if self.smtp:
            self.smtp.close()
            self.smtp = None
