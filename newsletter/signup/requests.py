"""Requests for an email, made with a form: the same few statements whatever we know of the address.

One for the limits, one that stores what was typed, one that defers the job which looks at the address.
"""

from django.conf import settings
from django.db import transaction

from accounts.rate_limits import Bucket, consume
from newsletter.models import MailRequest
from newsletter.signup.tasks import answer_request
from newsletter.subscribers.actions import ConsentSource


def exceeded_limits(network: bytes) -> list[Bucket]:
    """Return the limits that one more request exceeds; none when it may be made."""
    return consume(
        [
            Bucket(f"newsletter:network:{network.hex()}", *settings.NEWSLETTER_LIMIT_NETWORK),
            Bucket("newsletter:site", *settings.NEWSLETTER_LIMIT_SITE),
        ]
    )


@transaction.atomic
def ask_for_mail(*, email: str, wanted: str, source: ConsentSource, text_version: str = "") -> None:
    request = MailRequest.objects.create(
        email=email,
        wanted=wanted,
        form=source.form,
        network=source.network,
        text_version=text_version,
    )
    answer_request.defer(request=request.pk)
