"""How far an issue has got."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from newsletter.models import Delivery

RATE_OVER = timedelta(seconds=60)
State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """Numbers of deliveries. `per_second` over the last minute, or less for an issue that has just begun;
    `seconds_left` is None while nothing moves."""

    total: int
    sent: int
    rejected: int
    uncertain: int
    skipped: int
    waiting: int
    # Of the waiting ones, those that were put off after a temporary refusal.
    deferred: int
    per_second: float

    @property
    def done(self):
        return self.total - self.waiting

    @property
    def percent(self):
        """Whole percent that is done, 100 only when all is."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def seconds_left(self):
        due = self.waiting - self.deferred
        return round(due / self.per_second) if self.per_second else None


def progress_of(issue):
    """The Progress of `issue`, in three queries over indexes, however many deliveries it has."""
    deliveries = Delivery.objects.filter(issue=issue)
    counts = dict(deliveries.order_by().values_list("state").annotate(count=Count("pk")))
    now = timezone.now()
    since = max(now - RATE_OVER, issue.published_at or now)
    lately = deliveries.filter(state=State.SENT, changed_at__gt=since).count()
    waiting = sum(counts.get(state, 0) for state in (State.QUEUED, State.CLAIMED, State.DATA))
    return Progress(
        total=sum(counts.values()),
        sent=counts.get(State.SENT, 0),
        rejected=counts.get(State.REJECTED, 0),
        uncertain=counts.get(State.UNCERTAIN, 0),
        skipped=counts.get(State.SKIPPED, 0),
        waiting=waiting,
        deferred=deliveries.filter(state=State.QUEUED, next_try_at__gt=now).count(),
        per_second=round(lately / max(1, (now - since).total_seconds()), 1),
    )
