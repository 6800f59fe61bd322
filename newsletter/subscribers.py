"""What happens to a subscriber's standing. Every change leaves a row of Consent.

Each function locks the subscriber's row first, so that two at once come one after the other, and is
idempotent: told twice, it changes nothing the second time.
"""

from django.db import transaction

from newsletter.models import Consent, Subscriber

HARD_BOUNCES = 3  # that suppress an address

State = Subscriber.State
Suppression = Subscriber.Suppression


@transaction.atomic
def count_hard_bounce(*, subscriber):
    """Count that the address refused a mail for good; the third time suppresses it.

    Not idempotent by itself: call it once per refused mail. Deliveries in between do not set the count
    back (their reports come in no order); confirming again does.
    """
    locked = _lock(subscriber)
    if locked is None or locked.state == State.SUPPRESSED:
        return
    locked.hard_bounces += 1
    locked.save(update_fields=["hard_bounces"])
    if locked.hard_bounces >= HARD_BOUNCES:
        _suppress(locked, Suppression.BOUNCED, form="mail server")


@transaction.atomic
def suppress(*, subscriber, why, form="webhook"):
    """Send nothing to the address from now on. `why` is one of Subscriber.Suppression.

    A complaint outweighs bounces; otherwise the first reason stays.
    """
    locked = _lock(subscriber)
    if locked is not None:
        _suppress(locked, why, form)


def _suppress(locked, why, form):
    outweighed = {"", Suppression.BOUNCED} - {why}
    if locked.suppression not in outweighed:
        return
    locked.state, locked.suppression = State.SUPPRESSED, why
    locked.save(update_fields=["state", "suppression"])
    Consent.objects.create(subscriber=locked, act=Consent.Act.SUPPRESSED, form=form)


def _lock(subscriber):
    """The subscriber as they are now, locked; None when they had their data deleted."""
    return Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
