"""Requests for an email, made with a form: the same few statements whatever we know of the address.

Two for the limits, one that stores what was typed, one that defers the job which looks at the address.
"""

from collections.abc import Sequence
from math import ceil

from django.db import transaction

from accounts.networks import Network
from newsletter.models import MailRequest
from newsletter.signup import limits
from newsletter.signup.tasks import answer_request
from newsletter.subscribers.actions import ConsentSource


def ask_for_mail(
    *,
    email: str,
    wanted: str,
    networks: Sequence[Network],
    source: ConsentSource,
    text_version: str,
) -> None:
    """Store the request, to be answered once its turn comes. Raises TooManyRequests beyond the limits."""
    wait = limits.wait_for_turn(email, networks)
    with transaction.atomic():
        request = MailRequest.objects.create(
            email=email,
            wanted=wanted,
            form=source.form,
            network=source.network,
            text_version=text_version,
        )
        job = answer_request.configure(schedule_in={"seconds": ceil(wait)})
        job.defer(request=request.pk)
