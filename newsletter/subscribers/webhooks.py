"""What the mail provider tells of a mail that went out: bounces, complaints, and who left over there.

Reports come twice, late and in any order. Each counts once, and none undoes another: see
`newsletter.subscribers.actions` for what outweighs what.
"""

from hashlib import sha256

from anymail.signals import EventType, RejectReason, tracking
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import receiver

from newsletter.models import MailReport, Subscriber
from newsletter.subscribers.actions import Where, count_hard_bounce, refuse, suppress, unsubscribe
from newsletter.subscribers.addresses import clean_address

# Refused for good, by the mailbox's server or because it was so before. The provider's own list of such
# addresses ("rejected") counts too: it would never deliver there.
REFUSED = {EventType.BOUNCED, EventType.REJECTED}
FOR_GOOD = {RejectReason.BOUNCED, RejectReason.INVALID}
# Where anymail's words do not tell a bounce for good from one for now, the provider's do.
HARD = {
    "Brevo": ("event", {"hard_bounce", "invalid_email"}),
    "MailerSend": ("type", {"activity.hard_bounced"}),
    "Mailjet": ("hard_bounce", {True}),
    "Mandrill": ("event", {"hard_bounce"}),
    "Postmark": ("Type", {"HardBounce", "BadEmailAddress"}),
}


@receiver(tracking, dispatch_uid="newsletter.webhooks")
@transaction.atomic
def handle_event(sender, event, esp_name, **rest):
    """Act on one report of the provider (anymail's normalised event), unless it was heard before."""
    act = _act_for(event, esp_name)
    email = _address(event.recipient)
    if act is None or email is None or not _is_news(event, esp_name):
        return
    subscriber = Subscriber.objects.with_address(email).first()
    if subscriber is not None:
        act(subscriber, event)
    elif act is _complaint:
        refuse(email=email)  # of who had their data deleted


def _act_for(event, esp_name):
    if event.event_type == EventType.COMPLAINED:
        return _complaint
    if event.event_type in REFUSED and _is_for_good(event, esp_name):
        return _hard_bounce
    if event.event_type == EventType.UNSUBSCRIBED:
        return _left
    return None


def _is_for_good(event, esp_name):
    if esp_name in HARD:
        name, hard = HARD[esp_name]
        return event.esp_event.get(name) in hard
    return event.reject_reason in FOR_GOOD


def _complaint(subscriber, event):
    suppress(subscriber=subscriber, why=Subscriber.Suppression.COMPLAINED)


def _hard_bounce(subscriber, event):
    # Told late, after the owner confirmed anew: their mailbox takes mail.
    proof, told = subscriber.confirmed_at, event.timestamp
    if proof is None or told is None or told >= proof:
        count_hard_bounce(subscriber=subscriber)


def _left(subscriber, event):
    unsubscribe(subscriber=subscriber, where=Where("mail provider"))


def _address(recipient):
    try:
        return clean_address(recipient or "")
    except ValidationError:
        return None


def _is_news(event, esp_name):
    """Note the report down; False when it is there already. Two at once wait for each other here."""
    what = event.event_id or f"{event.message_id} {event.timestamp}"
    name = f"{esp_name} {event.event_type} {event.recipient} {what}"
    _, made = MailReport.objects.get_or_create(event=sha256(name.encode()).hexdigest())
    return made
