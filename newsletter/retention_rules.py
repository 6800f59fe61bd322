from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from newsletter.models import Delivery, DoNotMail, Issue, MailRequest, ProviderEvent, Subscriber
from web.retention.rules import RowRule, StatedRule, register


def asked_again_after(cutoff: datetime) -> Q:
    return Q(consents__at__gte=cutoff)


def make_anonymous(deliveries: QuerySet[Any]) -> None:
    """Keep what was delivered, for the figures of the issue, and not to whom."""
    deliveries.update(subscriber=None, reply="")


register(
    RowRule(
        name="unconfirmed addresses",
        what="Addresses of people who never confirmed, with their requests",
        days=30,
        since="after the last request",
        rows=Subscriber.objects.filter(state=Subscriber.State.PENDING, confirmed_at=None),
        column="created_at",
        unless=asked_again_after,
        batch=500,
    ),
    RowRule(
        name="email requests",
        what="Addresses typed into a form of the newsletter, whose job failed",
        days=7,
        since="after the request",
        rows=MailRequest.objects.all(),
        column="at",
    ),
    # Longer than any provider repeats an event.
    RowRule(
        name="provider events",
        what="Reports of undelivered emails, as hashes",
        days=30,
        since="after the report",
        rows=ProviderEvent.objects.all(),
        column="at",
    ),
    RowRule(
        name="recipients of issues",
        what="Who received which issue, and the answer of their mail server; the counts of the issue stay",
        days=365,
        since="after sending of the issue began",
        rows=Delivery.objects.filter(
            subscriber__isnull=False,
            issue__state__in=[Issue.State.SENT, Issue.State.CANCELLED],
        ),
        column="issue__published_at",
        remove=make_anonymous,
    ),
    StatedRule(
        name="subscribers",
        what="Confirmed addresses, their preferences and consents",
        kept="until deleted by their owner, even after unsubscribing, so that nobody is subscribed again by mistake",
        where=Subscriber._meta.db_table,
    ),
    StatedRule(
        name="suppression list",
        what="Keyed hashes of deleted addresses that must not be mailed",
        kept="for ever",
        where=DoNotMail._meta.db_table,
    ),
)
