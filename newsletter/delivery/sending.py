"""Send the deliveries that are due, from any number of workers.

Each worker opens several connections to the mail server, each in a thread of its own.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from threading import Event, Thread
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from newsletter.delivery import deliveries, sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.message_cache import MessageCache
from newsletter.delivery.message_template import MessageTemplate
from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.smtp import ServerMisconfigured, ServerUnavailable, SmtpConnection
from newsletter.digest.filters import digest_filters_of
from newsletter.models import Subscriber
from newsletter.subscribers.actions import count_hard_bounce
from web.mail_server import MailServer

logger = logging.getLogger(__name__)
NO_MATCHING_CONTENT = "Nothing in the issue matches their preferences."
INVALID_ADDRESS = "The address is not valid."
# Times in seconds.
STOP_CHECK_INTERVAL = 0.2
PERMIT_INTERVAL = 0.05
DATABASE_RETRY_INTERVAL = 1.0
RECORD_TIMEOUT = 120
DATABASE_LOST = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Options:
    """How to send. Times are in seconds. `lease` is for a claimed batch."""

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
    def from_settings(cls) -> "Options":
        return cls(
            server=settings.MAIL_SERVER,
            sender=parseaddr(settings.NEWSLETTER_FROM)[1],
            connections=settings.NEWSLETTER_CONNECTIONS,
            rate=settings.NEWSLETTER_RATE,
            timeout=settings.MAIL_TIMEOUT,
            accept_timeout=settings.MAIL_ACCEPT_TIMEOUT,
        )

    @property
    def data_lease(self) -> float:
        """The lease while one message is sent: longer than the server may take to reply."""
        return self.accept_timeout + 4 * self.timeout + self.slack


def send_due(
    options: Options,
    *,
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
    worker: int | None = None,
) -> bool:
    """Send for at most `seconds`, or until `should_stop()`; return whether there is more to send.

    `worker` is the id of the procrastinate worker that runs this, if one does.
    """
    deliveries.expire_leases()
    sending_gate.get_gate()
    stop, message_cache = Event(), MessageCache()
    senders = [Sender(options, message_cache, stop, worker) for _ in range(options.connections)]
    threads = [Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline and not should_stop():
            thread.join(STOP_CHECK_INTERVAL)
    stop.set()
    for thread in threads:
        thread.join()
    retry_until_database_returns(deliveries.expire_leases)
    retry_until_database_returns(deliveries.skip_cancelled)
    retry_until_database_returns(deliveries.finish_issues)
    return any(sender.has_more for sender in senders)


def retry_until_database_returns(write: Callable[[], object]) -> None:
    """Call `write`, again and again while the database is out of reach, for two minutes at most."""
    deadline = time.monotonic() + RECORD_TIMEOUT
    while True:
        try:
            write()
            return
        except DATABASE_LOST:
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(DATABASE_RETRY_INTERVAL)


class Sender:
    """One connection to the mail server, and one to the database."""

    def __init__(
        self, options: Options, message_cache: MessageCache, stop: Event, worker: int | None
    ) -> None:
        self.options = options
        self.worker = worker
        self.message_cache = message_cache
        self.stop = stop
        self.smtp: SmtpConnection | None = None
        self.smtp_works = False  # whether this connection has accepted or refused a message
        self.has_more = False
        # (Claimed, Outcome, attempts) of the last message: recorded when the next one begins.
        self.unrecorded: tuple[deliveries.Claimed, Outcome, int] | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set() and self._send_next_batch():
                pass
            self.has_more = self.stop.is_set()
        except DATABASE_LOST as error:
            self.has_more = True
            logger.warning("The database connection was lost while sending: %s", error)
        finally:
            self._disconnect()
            connection.close()

    def _send_next_batch(self) -> bool:
        """Send one batch; return whether to continue with another."""
        options = self.options
        allowed = self._acquire_permits()
        if not allowed:
            return not self.stop.is_set()
        claimed = deliveries.claim(
            uuid4(), limit=allowed, lease=options.lease, identity=identity(), worker=self.worker
        )
        if not claimed:
            return False
        try:
            return self._send_batch(claimed)
        finally:
            self._record_last_result()

    def _acquire_permits(self) -> int:
        """Wait for permits of the rate limit and return how many; 0 when it is time to stop."""
        while not self.stop.is_set():
            if allowed := sending_gate.acquire_permits(self.options.batch, rate=self.options.rate):
                return allowed
            self.stop.wait(PERMIT_INTERVAL)
        return 0

    def _send_batch(self, claimed: list[deliveries.Claimed]) -> bool:
        """Send the batch; return whether to continue. What cannot be sent now is released."""
        subscribers = Subscriber.objects.in_bulk([each.subscriber_id for each in claimed])
        filters = digest_filters_of(list(subscribers.values()))
        for index, each in enumerate(claimed):
            subscriber = subscribers.get(each.subscriber_id)
            template = (
                self.message_cache.template_for(each.issue_id, filters[subscriber.pk])
                if subscriber
                else None
            )
            if subscriber is None or template is None:
                deliveries.release([each], reason=NO_MATCHING_CONTENT)
                continue
            smtp = None if self.stop.is_set() else self._connect()
            if smtp is None:
                deliveries.release(claimed[index:])
                return False
            if not self._send_one(smtp, each, subscriber, template):
                deliveries.release(claimed[index + 1 :])
                return False
        return True

    def _send_one(
        self,
        smtp: SmtpConnection,
        claimed: deliveries.Claimed,
        subscriber: Subscriber,
        template: MessageTemplate,
    ) -> bool:
        """Send one message; return whether the mail server can take the next one."""
        try:
            message = template.bytes_for(
                email=subscriber.email, key=subscriber.key, delivery_id=claimed.id
            )
        except ValueError:
            message = None
        tries = self._begin(claimed)
        if tries is None:
            deliveries.release([claimed])
            return True
        if message is None:
            outcome = Outcome(DeliveryResult.REJECTED, reply=INVALID_ADDRESS)
        else:
            outcome = smtp.send_message(subscriber.email, message)
        self.unrecorded = (claimed, outcome, tries)
        if outcome.result == DeliveryResult.REJECTED and outcome.is_recipient_refusal:
            self._record_last_result()
            count_hard_bounce(subscriber=subscriber)
        return self._check_connection(outcome)

    def _check_connection(self, outcome: Outcome) -> bool:
        """Return whether to continue: a connection that worked before may be opened again at once."""
        if not outcome.connection_lost:
            if not self.smtp_works:
                self.smtp_works = True
                sending_gate.reset_failures()
            return True
        self._disconnect()
        unanswered = outcome.result == DeliveryResult.UNKNOWN
        if self.smtp_works and not unanswered:
            return True
        self._record_last_result()
        sending_gate.pause(outcome.reply, unanswered=unanswered)
        return False

    def _begin(self, claimed: deliveries.Claimed) -> int | None:
        """Return the number of this attempt; None when the delivery may not be sent any more."""
        after = self.unrecorded
        try:
            tries = deliveries.begin(claimed, lease=self.options.data_lease, after=after)
        except DATABASE_LOST:
            # It may have been committed, but certainly nothing was sent.
            retry_until_database_returns(lambda: deliveries.release([claimed]))
            return None
        self.unrecorded = None
        return tries

    def _record_last_result(self) -> None:
        """Record the result of the last message, waiting for the database if necessary."""
        if last := self.unrecorded:
            retry_until_database_returns(lambda: deliveries.record_result(*last))
            self.unrecorded = None

    def _connect(self) -> SmtpConnection | None:
        """Return the connection, opened if necessary; a failure pauses or trips the sending gate."""
        if self.smtp:
            return self.smtp
        options = self.options
        try:
            self.smtp = SmtpConnection(
                options.server,
                sender=options.sender,
                timeout=options.timeout,
                accept_timeout=options.accept_timeout,
            )
        except ServerUnavailable as error:
            sending_gate.pause(str(error))
            return None
        except ServerMisconfigured as error:
            sending_gate.trip(str(error))
            return None
        self.smtp_works = False
        return self.smtp

    def _disconnect(self) -> None:
        if self.smtp:
            self.smtp.close()
            self.smtp = None
