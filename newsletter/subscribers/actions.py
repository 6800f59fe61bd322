"""What happens to a subscriber's standing. Every change leaves a row of Consent.

Each function locks the subscriber's row first, so that two at once come one after the other, and is
idempotent: told twice, it changes nothing the second time.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from newsletter.models import Consent, DoNotMail, Subscriber
from newsletter.subscribers.addresses import address_hash
from newsletter.subscribers.consent_text import TEXT_VERSION
from newsletter.subscribers.preferences import preferences_of
from tools.models import Category

HARD_BOUNCES = 3  # that suppress an address

Act = Consent.Act
State = Subscriber.State
Suppression = Subscriber.Suppression


@dataclass(frozen=True)
class Where:
    """What a consent says of where it was given: the form's name and the network's hash of today."""

    form: str
    network: bytes | None = None


@transaction.atomic
def confirm(*, subscriber, where, reader=None):
    """Make the subscriber active: their owner pressed the button that the confirmation leads to.

    With a `reader` they get only changes to that reader's bookmarks. A bounced address has proved that
    it takes mail again; who complained, or was suppressed by staff, stays suppressed.
    """
    locked = _lock(subscriber)
    if locked is None or locked.state == State.ACTIVE or not locked.may_come_back:
        return
    locked.state, locked.suppression = State.ACTIVE, ""
    locked.hard_bounces = 0
    locked.confirmed_at = timezone.now()
    if reader is not None:
        locked.only_bookmarks, locked.reader = True, reader
    locked.save()
    _consent(locked, Act.CONFIRMED, where, TEXT_VERSION)


@transaction.atomic
def unsubscribe(*, subscriber, where):
    """Send no more issues. A suppressed address stays suppressed."""
    locked = _lock(subscriber)
    if locked is None or locked.state not in {State.ACTIVE, State.PENDING}:
        return
    locked.state = State.UNSUBSCRIBED
    locked.save(update_fields=["state"])
    _consent(locked, Act.UNSUBSCRIBED, where)


@transaction.atomic
def resubscribe(*, subscriber, where):
    """Undo `unsubscribe`, for who had confirmed before."""
    locked = _lock(subscriber)
    if locked is None or not locked.can_undo_unsubscribing:
        return
    locked.state = State.ACTIVE
    locked.save(update_fields=["state"])
    _consent(locked, Act.RESUBSCRIBED, where, TEXT_VERSION)


@transaction.atomic
def choose(*, subscriber, choices, where):
    """Give the subscriber these Preferences. A reader or a category that is gone is left out."""
    locked = _lock(subscriber)
    if locked is None or preferences_of(locked) == choices:
        return
    locked.cadence = choices.cadence
    locked.reader = Reader.objects.filter(pk=choices.reader).first() if choices.reader else None
    locked.only_bookmarks = locked.reader is not None
    locked.save(update_fields=["cadence", "only_bookmarks", "reader"])
    locked.categories.set(Category.objects.filter(pk__in=choices.categories))
    _consent(locked, Act.CHOSE, where)


@transaction.atomic
def delete(*, subscriber):
    """Forget the subscriber and their consents; deliveries stay as counts without a name.

    Of who must not be mailed again the address's keyed hash is kept.
    """
    locked = _lock(subscriber)
    if locked is None:
        return
    if not locked.may_come_back:
        refuse(email=locked.email)
    locked.delete()


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
        _suppress(locked, Suppression.BOUNCED, Where("mail server"))


@transaction.atomic
def suppress(*, subscriber, why, form="webhook"):
    """Send nothing to the address from now on. `why` is one of Subscriber.Suppression.

    A complaint, or staff, outweighs bounces; otherwise the first reason stays.
    """
    locked = _lock(subscriber)
    if locked is not None:
        _suppress(locked, why, Where(form))


@transaction.atomic
def release(*, subscriber, form):
    """Lift a suppression. Who had confirmed and not left is active again, but never who complained:
    they may only come back by themselves. Returns whether there was one."""
    locked = _lock(subscriber)
    if locked is None or locked.state != State.SUPPRESSED:
        return False
    locked.state = _standing_without_suppression(locked)
    locked.suppression, locked.hard_bounces = "", 0
    locked.save(update_fields=["state", "suppression", "hard_bounces"])
    _consent(locked, Act.RELEASED, Where(form))
    return True


def refuse(*, email):
    """Never mail the address again, also when nothing else is known of it."""
    DoNotMail.objects.get_or_create(address_hash=address_hash(email))


def _suppress(locked, why, where):
    outweighed = {"", Suppression.BOUNCED} - {why}
    if locked.suppression not in outweighed:
        return
    locked.state, locked.suppression = State.SUPPRESSED, why
    locked.save(update_fields=["state", "suppression"])
    _consent(locked, Act.SUPPRESSED, where)


def _standing_without_suppression(locked):
    if locked.confirmed_at is None:
        return State.PENDING
    standing = {Act.CONFIRMED, Act.RESUBSCRIBED, Act.UNSUBSCRIBED}
    last = locked.consents.filter(act__in=standing).first()
    left = last is not None and last.act == Act.UNSUBSCRIBED
    complained = locked.suppression == Suppression.COMPLAINED
    return State.UNSUBSCRIBED if left or complained else State.ACTIVE


def _lock(subscriber):
    """The subscriber as they are now, locked; None when they had their data deleted."""
    return Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()


def _consent(subscriber, act, where, text_version=""):
    Consent.objects.create(
        subscriber=subscriber,
        act=act,
        form=where.form,
        network=where.network,
        text_version=text_version,
    )
