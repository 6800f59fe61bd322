"""The endpoint for the mail provider's reports of bounces and complaints, which Anymail verifies and parses."""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any, cast

from anymail.exceptions import AnymailError
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.subscribers import webhooks
from web.json_document import BadDocument, Limits, refuse_large

__all__ = [
    "mail_events",
    "webhooks",
]  # importing the latter registers the handler of Anymail's events

VIEWS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "mandrill": "MandrillCombinedWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
}


@never_cache
@csrf_exempt  # the signature or login of the provider authenticates the request
@require_http_methods(["HEAD", "POST"])
def mail_events(request: HttpRequest) -> HttpResponseBase:
    """Handle reports of settings.MAIL_PROVIDER. One that is unverified or unreadable gets 400 and changes nothing."""
    if not settings.MAIL_PROVIDER:
        raise Http404
    return _view_of(settings.MAIL_PROVIDER)(request)


# Django limits the length of the body.
LIMITS = Limits(characters=1_000_000, values=50_000, depth=20)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AnymailError, BadDocument)


def refuse_large_report(request: HttpRequest) -> None:
    """Raise BadDocument if the JSON of a report, in the body or in one field of a form, is too large."""
    for text in [request.body.decode(), *map(str, request.POST.values())]:
        refuse_large(text, LIMITS)


class RefuseUnreadable(AnymailBaseWebhookView):
    """Answers a malformed body with 400, where Anymail's views fail with 500."""

    def run_validators(self, request: HttpRequest) -> None:
        """Refuse too many values first: some providers sign within the JSON, so it is parsed to be verified."""
        self._read(refuse_large_report, request)
        self._read(super().run_validators, request)

    def parse_events(self, request: HttpRequest) -> Any:
        return self._read(super().parse_events, request)

    def _read(self, read: Callable[[HttpRequest], Any], request: HttpRequest) -> Any:
        try:
            return read(request)
        except UNREADABLE as error:
            raise SuspiciousOperation("Unreadable report of a mail provider") from error


@lru_cache
def _view_of(provider: str) -> Callable[[HttpRequest], HttpResponseBase]:
    base = getattr(import_module(f"anymail.webhooks.{provider}"), VIEWS[provider])
    view_class = type(base.__name__, (RefuseUnreadable, base), {})
    return cast(type[AnymailBaseWebhookView], view_class).as_view()
