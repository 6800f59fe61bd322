"""Actions that change a subscriber's state. Every change adds a Consent.

Each function locks the subscriber's row first, so concurrent calls run one after the other, and is
idempotent unless it says otherwise.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from newsletter.models import Consent, DoNotMail, Subscriber
from newsletter.subscribers.addresses import address_hash
from newsletter.subscribers.consent_text import TEXT_VERSION
from newsletter.subscribers.preferences import Preferences, preferences_of
from tools.models import Category

MAX_HARD_BOUNCES = 3  # then the address is suppressed

Action = Consent.Action
State = Subscriber.State
Suppression = Subscriber.Suppression


@dataclass(frozen=True)
class ConsentSource:
    """Where a consent was given: the name of the form or system, and the keyed hash of the network."""

    form: str
    network: bytes | None = None


@transaction.atomic
def confirm(*, subscriber: Subscriber, source: ConsentSource, reader: Reader | None = None) -> None:
    """Make the subscriber active: the second step of double opt-in.

    With a `reader`, they get only changes to that reader's bookmarks. Confirming lifts a suppression for
    bounces, since the address receives email again, but not one for a complaint or by staff.
    """
    locked = _lock_subscriber(subscriber)
    if locked is None or locked.state == State.ACTIVE or not locked.can_resubscribe:
        return
    locked.state, locked.suppression = State.ACTIVE, ""
    locked.hard_bounces = 0
    locked.confirmed_at = timezone.now()
    if reader is not None:
        locked.only_bookmarks, locked.reader = True, reader
    locked.save()
    _consent(locked, Action.CONFIRMED, source, TEXT_VERSION)


@transaction.atomic
def unsubscribe(*, subscriber: Subscriber, source: ConsentSource) -> None:
    """Stop sending issues. A suppressed address stays suppressed."""
    locked = _lock_subscriber(subscriber)
    if locked is None or locked.state not in {State.ACTIVE, State.PENDING}:
        return
    locked.state = State.UNSUBSCRIBED
    locked.save(update_fields=["state"])
    _consent(locked, Action.UNSUBSCRIBED, source)


@transaction.atomic
def resubscribe(*, subscriber: Subscriber, source: ConsentSource) -> None:
    """Undo `unsubscribe` for a subscriber who had confirmed before."""
    locked = _lock_subscriber(subscriber)
    if locked is None or not locked.can_undo_unsubscribing:
        return
    locked.state = State.ACTIVE
    locked.save(update_fields=["state"])
    _consent(locked, Action.RESUBSCRIBED, source, TEXT_VERSION)


@transaction.atomic
def save_preferences(
    *, subscriber: Subscriber, preferences: Preferences, source: ConsentSource
) -> None:
    """Save these preferences. A reader or a category that no longer exists is left out."""
    locked = _lock_subscriber(subscriber)
    if locked is None or preferences_of(locked) == preferences:
        return
    locked.cadence = preferences.cadence
    reader = preferences.reader
    locked.reader = Reader.objects.filter(pk=reader).first() if reader else None
    locked.only_bookmarks = locked.reader is not None
    locked.save(update_fields=["cadence", "only_bookmarks", "reader"])
    locked.categories.set(Category.objects.filter(pk__in=preferences.categories))
    _consent(locked, Action.PREFERENCES, source)


@transaction.atomic
def delete(*, subscriber: Subscriber) -> None:
    """Delete the subscriber and their consents; deliveries remain without a name.

    If the address must not be mailed again, its keyed hash is kept in the suppression list.
    """
    locked = _lock_subscriber(subscriber)
    if locked is None:
        return
    if not locked.can_resubscribe:
        block_address(email=locked.email)
    locked.delete()


@transaction.atomic
def count_hard_bounce(*, subscriber: Subscriber) -> None:
    """Count a hard bounce; the third one suppresses the address.

    Not idempotent: call it once per bounce. A delivery in between does not reset the count, because
    events arrive in any order; confirming again does.
    """
    locked = _lock_subscriber(subscriber)
    if locked is None or locked.state == State.SUPPRESSED:
        return
    locked.hard_bounces += 1
    locked.save(update_fields=["hard_bounces"])
    if locked.hard_bounces >= MAX_HARD_BOUNCES:
        _suppress(locked, Suppression.BOUNCED, ConsentSource("mail server"))


@transaction.atomic
def suppress(
    *, subscriber: Subscriber, reason: Subscriber.Suppression, form: str = "webhook"
) -> None:
    """Send nothing to the address from now on.

    A complaint or suppression by staff replaces bounces as the reason; otherwise the first reason stays.
    """
    locked = _lock_subscriber(subscriber)
    if locked is not None:
        _suppress(locked, reason, ConsentSource(form))


@transaction.atomic
def unsuppress(*, subscriber: Subscriber, form: str) -> bool:
    """Lift a suppression; return whether there was one.

    A subscriber who had confirmed and not unsubscribed is active again. One who complained is not: only
    the owner of the address can subscribe it again.
    """
    locked = _lock_subscriber(subscriber)
    if locked is None or locked.state != State.SUPPRESSED:
        return False
    locked.state = _state_without_suppression(locked)
    locked.suppression, locked.hard_bounces = "", 0
    locked.save(update_fields=["state", "suppression", "hard_bounces"])
    _consent(locked, Action.UNSUPPRESSED, ConsentSource(form))
    return True


def block_address(*, email: str) -> None:
    """Add the address's hash to the suppression list, whether or not there is a subscriber."""
    DoNotMail.objects.get_or_create(address_hash=address_hash(email))


def _suppress(locked: Subscriber, reason: Subscriber.Suppression, source: ConsentSource) -> None:
    replaceable = {"", Suppression.BOUNCED} - {reason}
    if locked.suppression not in replaceable:
        return
    locked.state, locked.suppression = State.SUPPRESSED, reason
    locked.save(update_fields=["state", "suppression"])
    _consent(locked, Action.SUPPRESSED, source)


def _state_without_suppression(locked: Subscriber) -> Subscriber.State:
    if locked.confirmed_at is None:
        return State.PENDING
    opt_ins_and_outs = {Action.CONFIRMED, Action.RESUBSCRIBED, Action.UNSUBSCRIBED}
    last = locked.consents.filter(action__in=opt_ins_and_outs).first()
    opted_out = last is not None and last.action == Action.UNSUBSCRIBED
    complained = locked.suppression == Suppression.COMPLAINED
    return State.UNSUBSCRIBED if opted_out or complained else State.ACTIVE


def _lock_subscriber(subscriber: Subscriber) -> Subscriber | None:
    """Return the current row, locked; None when it has been deleted."""
    return Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()


def _consent(
    subscriber: Subscriber, action: Consent.Action, source: ConsentSource, text_version: str = ""
) -> None:
    Consent.objects.create(
        subscriber=subscriber,
        action=action,
        form=source.form,
        network=source.network,
        text_version=text_version,
    )
