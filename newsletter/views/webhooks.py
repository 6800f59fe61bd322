"""Where the mail provider reports bounces and complaints. Anymail checks and reads its words."""

from functools import lru_cache
from importlib import import_module

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.subscribers import webhooks

__all__ = ["mail_events", "webhooks"]  # the latter hears what anymail's views tell

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
@csrf_exempt  # the provider's signature or login is the proof
@require_http_methods(["HEAD", "POST"])
def mail_events(request):
    """Reports of settings.MAIL_PROVIDER. Without a valid proof, or unreadable: 400, and nothing changed."""
    if not settings.MAIL_PROVIDER:
        raise Http404
    return _view_of(settings.MAIL_PROVIDER)(request)


class Unreadable:
    """Answers a body that no provider sends with 400, where anymail's views fail with 500."""

    def run_validators(self, request):
        self._read(super().run_validators, request)

    def parse_events(self, request):
        return self._read(super().parse_events, request)

    def _read(self, read, request):
        try:
            return read(request)
        except (ValueError, LookupError, TypeError, AttributeError, AnymailError) as error:
            raise SuspiciousOperation("Unreadable report of a mail provider") from error


@lru_cache
def _view_of(provider):
    anymails = getattr(import_module(f"anymail.webhooks.{provider}"), VIEWS[provider])
    return type(anymails.__name__, (Unreadable, anymails), {}).as_view()
