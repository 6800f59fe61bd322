"""What is mailed to who typed an address into a form, by the address's standing. Run by a job.

The request itself does the same for every address (`newsletter.signup.requests`); whatever depends on the standing
happens here, where nobody can measure it.
"""

from django.db import transaction

from accounts.rate_limits import Bucket, consume
from newsletter.models import Consent, DoNotMail, MailRequest, Subscriber
from newsletter.subscribers.addresses import address_hash, address_hashes
from newsletter.subscribers.consent_text import TEXT_VERSION

CONFIRMATION, ALREADY, LINK = "confirmation", "already_subscribed", "link"
ONE_A_DAY = (1, 1 / 24)

State = Subscriber.State
Wanted = MailRequest.Wanted


@transaction.atomic
def take_up(request_id):
    """Deal with the MailRequest, once. Returns (kind of mail, subscriber), or None for no mail."""
    request = MailRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None:
        return None
    request.delete()
    subscriber = _subscriber_of(request)
    kind = subscriber and mail_for(subscriber, request.wanted)
    if not kind or not _take_todays(kind, subscriber):
        return None
    if kind == CONFIRMATION:
        _record(request, subscriber)
    return kind, subscriber


def mail_for(subscriber, wanted):
    """The kind of mail that answers the wish of an address of this standing; None for no mail.

    - active: that they are subscribed already, with the link to their preferences;
    - pending, unsubscribed or bounced: a confirmation, also when they asked for a link and never confirmed;
    - complained, or suppressed by staff: nothing, whoever asks.
    """
    if not subscriber.can_resubscribe:
        return None
    if wanted == Wanted.LINK and subscriber.confirmed_at:
        return LINK
    return ALREADY if subscriber.state == State.ACTIVE else CONFIRMATION


def _subscriber_of(request):
    """Whose address it is; made for a new one that wants to subscribe. None: not known, or refused."""
    if request.wanted == Wanted.SUBSCRIPTION and not _is_refused(request.email):
        Subscriber.objects.bulk_create([Subscriber(email=request.email)], ignore_conflicts=True)
    return Subscriber.objects.with_address(request.email).first()


def _is_refused(email):
    return DoNotMail.objects.filter(address_hash__in=address_hashes(email)).exists()


def _take_todays(kind, subscriber):
    """Whether an address of this standing may get one more mail of the kind today."""
    name = f"newsletter:{kind}:{subscriber.state}:{address_hash(subscriber.email)[:32]}"
    return not consume([Bucket(name, *ONE_A_DAY)])


def _record(request, subscriber):
    Consent.objects.create(
        subscriber=subscriber,
        action=Consent.Action.REQUESTED,
        at=request.at,
        form=request.form,
        network=request.network,
        text_version=request.text_version or TEXT_VERSION,
    )
