"""Chooses the email that answers a request, by the state of the address. Run by a job.

The request itself does the same for every address (`newsletter.signup.requests`). Everything that depends on
the state of the address happens here, where the requester cannot measure it.
"""

from newsletter.models import Consent, DoNotMail, MailRequest, Subscriber
from newsletter.signup.limits import take_mailbox
from newsletter.subscribers.addresses import address_hashes
from newsletter.subscribers.consent_text import TEXT_VERSION

CONFIRMATION, ALREADY, LINK = "confirmation", "already_subscribed", "link"

State = Subscriber.State
Wanted = MailRequest.Wanted


def handle_request(request_id: int) -> tuple[str, Subscriber] | None:
    """Handle the MailRequest, once. Returns (kind of email, subscriber), or None for no email.

    Run it in the transaction that defers the email, so that none of the two happens without the other.
    """
    request = MailRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        return None
    request.delete()
    subscriber = _subscriber_of(request)
    if subscriber is None:
        return None
    kind = email_for(subscriber, request.wanted)
    if kind is None or not _may_send(kind, subscriber):
        return None
    if kind == CONFIRMATION:
        _record(request, subscriber)
    return kind, subscriber


def email_for(subscriber: Subscriber, wanted: str) -> str | None:
    """Return the kind of email that answers a request of `subscriber`; None for no email.

    - active: that they are already subscribed, with the link to their preferences;
    - pending, unsubscribed or bounced: a confirmation, even for a request of the link by a subscriber who
      never confirmed;
    - complained, or suppressed by staff: no email.
    """
    if not subscriber.can_resubscribe:
        return None
    if wanted == Wanted.LINK and subscriber.confirmed_at:
        return LINK
    return ALREADY if subscriber.state == State.ACTIVE else CONFIRMATION


def _subscriber_of(request: MailRequest) -> Subscriber | None:
    """Return the subscriber with the address, added if they are new and want to subscribe.

    None for an address that is unknown or on the suppression list.
    """
    subscriber = _locked(request.email)
    is_new = subscriber is None and request.wanted == Wanted.SUBSCRIPTION
    if is_new and not _is_suppressed(request.email):
        Subscriber.objects.bulk_create([Subscriber(email=request.email)], ignore_conflicts=True)
        subscriber = _locked(request.email)
    return subscriber


def _locked(email: str) -> Subscriber | None:
    """Return the subscriber, whom nobody deletes before this transaction ends."""
    found = Subscriber.objects.with_address(email)
    return found.select_for_update(of=("self",), no_key=True).first()


def _is_suppressed(email: str) -> bool:
    return DoNotMail.objects.filter(address_hash__in=address_hashes(email)).exists()


def _may_send(kind: str, subscriber: Subscriber) -> bool:
    """Whether limits allow the email; counts it. A subscriber who left may come back on the same day."""
    came_back = subscriber.can_undo_unsubscribing
    return take_mailbox(subscriber.email, f"{kind}:again" if came_back else kind)


def _record(request: MailRequest, subscriber: Subscriber) -> None:
    Consent.objects.create(
        subscriber=subscriber,
        action=Consent.Action.REQUESTED,
        at=request.at,
        form=request.form,
        network=request.network,
        text_version=request.text_version or TEXT_VERSION,
    )
