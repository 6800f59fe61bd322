"""How many deliveries of an issue are done, and how fast."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from newsletter.models import Delivery, Issue

RATE_WINDOW = timedelta(seconds=60)
State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """Counts of deliveries.

    `per_second` is measured over the last minute, or since sending started if that is shorter.
    `seconds_left` is None while nothing is sent.
    """

    total: int
    sent: int
    rejected: int
    uncertain: int
    skipped: int
    waiting: int
    # The waiting ones that the mail server deferred with a temporary refusal.
    deferred: int
    per_second: float
    # The code and text of a recent refusal of the mail server. The text may name the recipient.
    refusal_code: int | None
    refusal: str

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def percent_skipped(self) -> int:
        return 100 * self.skipped // self.total if self.total else 0

    @property
    def percent(self) -> int:
        """Whole percent done, rounded down: 100 only when everything is done."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        due = self.waiting - self.deferred
        return round(due / self.per_second) if self.per_second else None


def progress_of(issue: Issue) -> Progress:
    """Return the Progress of `issue`: at most five queries over indexes, however many deliveries there are."""
    deliveries = Delivery.objects.filter(issue=issue)
    counts = dict(deliveries.order_by().values_list("state").annotate(count=Count("pk")))
    now = timezone.now()
    since = max(now - RATE_WINDOW, issue.published_at or now)
    sent_recently = deliveries.filter(state=State.SENT, changed_at__gt=since).count()
    waiting = sum(counts.get(state, 0) for state in (State.QUEUED, State.CLAIMED, State.DATA))
    deferred = deliveries.filter(state=State.QUEUED, next_try_at__gt=now)
    refused = deferred.order_by("-next_try_at").first()
    if refused is None and counts.get(State.REJECTED):
        refused = deliveries.filter(state=State.REJECTED).order_by("-changed_at").first()
    return Progress(
        total=sum(counts.values()),
        sent=counts.get(State.SENT, 0),
        rejected=counts.get(State.REJECTED, 0),
        uncertain=counts.get(State.UNCERTAIN, 0),
        skipped=counts.get(State.SKIPPED, 0),
        waiting=waiting,
        deferred=deferred.count(),
        per_second=round(sent_recently / max(1, (now - since).total_seconds()), 1),
        refusal_code=refused.code if refused else None,
        refusal=refused.reply if refused else "",
    )
