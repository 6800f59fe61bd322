"""Asking for a mail by a form: the same few statements whatever we know of the address.

One for the limits, one that keeps what was typed, one that defers the job which looks at the address.
"""

from django.conf import settings
from django.db import transaction

from accounts.rate_limits import Bucket, consume
from newsletter.models import MailRequest
from newsletter.signup.tasks import answer_request


def exceeded_limits(network):
    """The limits that one more request goes beyond, as buckets with `retry_after`. None is the best case."""
    return consume(
        [
            Bucket(f"newsletter:network:{network.hex()}", *settings.NEWSLETTER_LIMIT_NETWORK),
            Bucket("newsletter:site", *settings.NEWSLETTER_LIMIT_SITE),
        ]
    )


@transaction.atomic
def ask_for_mail(*, email, wanted, source, text_version=""):
    request = MailRequest.objects.create(
        email=email,
        wanted=wanted,
        form=source.form,
        network=source.network,
        text_version=text_version,
    )
    answer_request.defer(request=request.pk)
