"""Handle webhook events of the mail provider: bounces, spam complaints and unsubscribes.

Events may arrive twice, late and in any order. Each one counts once and none undoes another; the rules are
in `newsletter.subscribers.actions`.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver

from newsletter.models import ProviderEvent, Subscriber
from newsletter.subscribers.actions import (
    ConsentSource,
    block_address,
    count_hard_bounce,
    suppress,
    unsubscribe,
)
from newsletter.subscribers.addresses import clean_address

# "Rejected" means that the address is on the provider's own suppression list, so it would never deliver.
BOUNCE_EVENTS = {EventType.BOUNCED, EventType.REJECTED}
PERMANENT_REASONS = {RejectReason.BOUNCED, RejectReason.INVALID}
# Anymail does not distinguish hard from soft bounces for these providers, but their own fields do.
HARD_BOUNCE_FIELDS: dict[str, tuple[str, set[str] | set[bool]]] = {
    "Brevo": ("event", {"hard_bounce", "invalid_email"}),
    "MailerSend": ("type", {"activity.hard_bounced"}),
    "Mailjet": ("hard_bounce", {True}),
    "Mandrill": ("event", {"hard_bounce"}),
    "Postmark": ("Type", {"HardBounce", "BadEmailAddress"}),
}


type Handler = Callable[[Subscriber, AnymailTrackingEvent], None]


@receiver(tracking, dispatch_uid="newsletter.webhooks")
@transaction.atomic
def handle_event(sender: type, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Handle one event of the provider, unless it was handled before."""
    handler = _handler_for(event, esp_name)
    email = _clean_recipient(event.recipient)
    if handler is None or email is None or not _is_first(event, esp_name):
        return
    subscriber = Subscriber.objects.with_address(email).first()
    if subscriber is not None:
        handler(subscriber, event)
    elif handler is _handle_complaint:
        block_address(email=email)  # the subscriber was deleted


def _handler_for(event: AnymailTrackingEvent, esp_name: str) -> Handler | None:
    if event.event_type == EventType.COMPLAINED:
        return _handle_complaint
    if event.event_type in BOUNCE_EVENTS and _is_hard_bounce(event, esp_name):
        return _handle_hard_bounce
    if event.event_type == EventType.UNSUBSCRIBED:
        return _handle_unsubscribe
    return None


def _is_hard_bounce(event: AnymailTrackingEvent, esp_name: str) -> bool:
    if esp_name in HARD_BOUNCE_FIELDS:
        field, values = HARD_BOUNCE_FIELDS[esp_name]
        return event.esp_event.get(field) in values
    return event.reject_reason in PERMANENT_REASONS


def _handle_complaint(subscriber: Subscriber, event: AnymailTrackingEvent) -> None:
    suppress(subscriber=subscriber, reason=Subscriber.Suppression.COMPLAINED)


def _handle_hard_bounce(subscriber: Subscriber, event: AnymailTrackingEvent) -> None:
    # A bounce from before the last confirmation does not count: the address has received email since.
    confirmed, bounced = subscriber.confirmed_at, event.timestamp
    if confirmed is None or bounced is None or bounced >= confirmed:
        count_hard_bounce(subscriber=subscriber)


def _handle_unsubscribe(subscriber: Subscriber, event: AnymailTrackingEvent) -> None:
    unsubscribe(subscriber=subscriber, source=ConsentSource("mail provider"))


def _clean_recipient(recipient: str | None) -> str | None:
    try:
        return clean_address(recipient or "")
    except ValidationError:
        return None


def _is_first(event: AnymailTrackingEvent, esp_name: str) -> bool:
    """Store the event; False when it is stored already. Concurrent duplicates wait for each other here."""
    event_id = event.event_id or f"{event.message_id} {event.timestamp}"
    identity = f"{esp_name} {event.event_type} {event.recipient} {event_id}"
    _, created = ProviderEvent.objects.get_or_create(event=sha256(identity.encode()).hexdigest())
    return created
