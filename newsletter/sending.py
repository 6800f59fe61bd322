"""Sending what is due: any number of workers, each with some connections, each connection in its thread."""

import logging
import time
from dataclasses import dataclass
from email.utils import parseaddr
from threading import Event, Thread
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from newsletter import deliveries, post_office
from newsletter.choices import choices_of
from newsletter.fence import identity
from newsletter.models import Subscriber
from newsletter.moulds import Moulds
from newsletter.outcome import Fate, Outcome
from newsletter.smtp import Line, ServerDistrusted, ServerGone
from newsletter.subscribers import count_hard_bounce
from web.mail_server import MailServer

logger = logging.getLogger(__name__)
NOTHING_TO_SAY = "nothing in the issue for what they chose"
NO_ADDRESS = "no address that can be written to"
LOOK_UP = 0.2  # seconds, until it is asked again whether to stop
PERMIT_PAUSE = 0.05  # seconds, until it is asked again whether more may go out
DATABASE_PAUSE = 1.0
LOST = (OperationalError, InterfaceError)
GIVE_UP_SETTLING = 120  # seconds


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
    deliveries.reap()
    post_office.office()
    stop, moulds = Event(), Moulds()
    carriers = [Carrier(options, moulds, stop) for _ in range(options.connections)]
    threads = [Thread(target=carrier.run, daemon=True) for carrier in carriers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        while thread.is_alive() and time.monotonic() < deadline and not is_over():
            thread.join(LOOK_UP)
    stop.set()
    for thread in threads:
        thread.join()
    deliveries.reap()
    deliveries.finish_issues()
    return any(carrier.has_more for carrier in carriers)


class Carrier:
    """One connection to the mail server, and one to the database."""

    def __init__(self, options, moulds, stop):
        self.options = options
        self.moulds = moulds
        self.stop = stop
        self.line = None
        self.line_works = False  # whether it took or refused a message
        self.has_more = False
        # (Claimed, Outcome, tries): settled with the beginning of the next message.
        self.unsettled = None

    def run(self):
        try:
            while not self.stop.is_set() and self._carry_a_batch():
                pass
            self.has_more = self.stop.is_set()
        except LOST as error:
            self.has_more = True
            logger.warning("Lost the database while sending: %s", error)
        finally:
            self._hang_up()
            connection.close()

    def _carry_a_batch(self):
        """Send one batch; whether to go on with another."""
        options = self.options
        allowed = self._permits()
        if not allowed:
            return not self.stop.is_set()
        claimed = deliveries.claim(uuid4(), most=allowed, lease=options.lease, identity=identity())
        if not claimed:
            return False
        try:
            return self._carry(claimed)
        finally:
            self._settle_the_last()

    def _permits(self):
        """How many may go out now, once some may; 0 when it is time to stop."""
        while not self.stop.is_set():
            if allowed := post_office.take_permits(self.options.batch, rate=self.options.rate):
                return allowed
            self.stop.wait(PERMIT_PAUSE)
        return 0

    def _carry(self, claimed):
        people = Subscriber.objects.in_bulk([each.subscriber_id for each in claimed])
        choices = choices_of(list(people.values()))
        for place, each in enumerate(claimed):
            person = people.get(each.subscriber_id)
            mould = person and self.moulds.mould_of(each.issue_id, choices[person.pk])
            if mould is None:
                deliveries.give_back([each], because=NOTHING_TO_SAY)
            elif self.stop.is_set() or not self._reach_the_server():
                deliveries.give_back(claimed[place:])
                return False
            elif not self._hand_over(each, person, mould):
                deliveries.give_back(claimed[place + 1 :])
                return False
        return True

    def _hand_over(self, claimed, person, mould):
        """Offer one message; whether the mail server is well enough for the next."""
        try:
            message = mould.bytes_for(email=person.email, key=person.key, delivery_id=claimed.id)
        except ValueError:
            message = None
        tries = self._begin(claimed)
        if tries is None:
            deliveries.give_back([claimed])
            return True
        if message is None:
            outcome = Outcome(Fate.REFUSED, words=NO_ADDRESS)
        else:
            outcome = self.line.offer(person.email, message)
        self.unsettled = (claimed, outcome, tries)
        if outcome.fate == Fate.REFUSED and outcome.of_recipient:
            self._settle_the_last()
            count_hard_bounce(subscriber=person)
        return self._look_after_the_line(outcome)

    def _look_after_the_line(self, outcome):
        """Whether to go on: a line that carried messages before may be opened again at once."""
        if not outcome.is_lost:
            if not self.line_works:
                self.line_works = True
                post_office.open_again()
            return True
        self._hang_up()
        in_doubt = outcome.fate == Fate.UNKNOWN
        if self.line_works and not in_doubt:
            return True
        self._settle_the_last()
        post_office.close_for_now(outcome.words, in_doubt=in_doubt)
        return False

    def _begin(self, claimed):
        """How many times it was tried with this one; None when it is not ours to send any more."""
        after = self.unsettled
        try:
            tries = deliveries.begin(claimed, lease=self.options.data_lease, after=after)
        except LOST:
            # Nobody knows whether that was committed, but nothing was offered: say so.
            self._until_the_database_is_back(lambda: deliveries.give_back([claimed]))
            return None
        self.unsettled = None
        return tries

    def _settle_the_last(self):
        """Write down what became of the last message, however long the database is away."""
        if last := self.unsettled:
            self._until_the_database_is_back(lambda: deliveries.settle(*last))
            self.unsettled = None

    def _until_the_database_is_back(self, write):
        deadline = time.monotonic() + GIVE_UP_SETTLING
        while True:
            try:
                return write()
            except LOST:
                if time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(DATABASE_PAUSE)

    def _reach_the_server(self):
        """Whether there is a connection to the mail server; why not is told to the post office."""
        if self.line:
            return True
        options = self.options
        try:
            self.line = Line(
                options.server,
                sender=options.sender,
                timeout=options.timeout,
                accept_timeout=options.accept_timeout,
            )
        except ServerGone as gone:
            post_office.close_for_now(gone)
            return False
        except ServerDistrusted as distrusted:
            post_office.halt(str(distrusted))
            return False
        self.line_works = False
        return True

    def _hang_up(self):
        if self.line:
            self.line.close()
            self.line = None
