"""How many emails requests cause: of a network, of the whole site, at a domain of recipients, in one mailbox.

None of those that strangers share refuses anybody, unless a flood lasts for a day: a request beyond them waits for
its turn. So that a flood from some networks delays itself, the first requests of each network in an hour
have a lane of their own, on which a network takes little room.
"""

from collections.abc import Sequence

from django.conf import settings

from accounts.networks import Network
from accounts.rate_limits import (
    Bucket,
    TooManyRequests,
    borrow,
    consume,
    network_buckets,
    refuse_beyond,
)
from newsletter.subscribers.addresses import domain_of, mailbox_hash

LONGEST_WAIT = 24 * 3600  # seconds
DAY, MONTH = 24, 30 * 24  # hours
THINGS = "requests"


def wait_for_turn(email: str, networks: Sequence[Network]) -> float:
    """Consume the limits of one more request; return the seconds after which it may be answered.

    Nothing of it depends on whether the address is known. Raises TooManyRequests.
    """
    first = network_buckets("newsletter-first", networks, *settings.NEWSLETTER_FIRST_REQUESTS)
    every = network_buckets("newsletter", networks, *settings.NEWSLETTER_LIMIT_NETWORK)
    exceeded = consume(first + every)
    refuse_beyond([bucket for bucket in exceeded if bucket in every], THINGS)
    lane = "rest" if exceeded else "first"
    wait = borrow(_shared(email, lane), most_seconds=LONGEST_WAIT)
    if wait is None:
        raise TooManyRequests(3600, THINGS)
    return wait


def take_mailbox(email: str, kind: str) -> bool:
    """Whether a mailbox may get one more email of this kind today, and one more this month; takes both."""
    mailbox = mailbox_hash(email)[:32]
    buckets = [Bucket(f"newsletter:{kind}:{mailbox}", 1, 1 / DAY)]
    if consume(buckets):
        return False
    most = settings.NEWSLETTER_MAILS_PER_MONTH
    return not consume([Bucket(f"newsletter:month:{mailbox}", most, most / MONTH)])


def _shared(email: str, lane: str) -> list[Bucket]:
    domain = domain_of(email)
    is_large = domain in settings.NEWSLETTER_LARGE_DOMAINS
    factor = settings.NEWSLETTER_LARGE_DOMAIN_FACTOR if is_large else 1
    at_once, per_hour = settings.NEWSLETTER_LIMIT_DOMAIN
    return [
        Bucket(f"newsletter:site:{lane}", *settings.NEWSLETTER_LIMIT_SITE),
        Bucket(f"newsletter:domain:{lane}:{domain}"[:120], at_once * factor, per_hour * factor),
    ]
