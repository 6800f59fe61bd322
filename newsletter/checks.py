"""System checks of `manage.py check --deploy`: what the newsletter needs before an issue is sent."""

from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register

# Nobody accepts email from there (RFC 2606, RFC 6762).
LOCAL_DOMAINS = {"localhost", "local", "internal", "test", "invalid"}


@register(Tags.compatibility, deploy=True)
def check_postal_address(**_options: Any) -> list[CheckMessage]:
    if settings.NEWSLETTER_POSTAL_ADDRESS:
        return []
    return [
        Warning(
            "NEWSLETTER_POSTAL_ADDRESS is not set: the laws of many countries require it in every issue.",
            hint="Set it to the name and postal address of the publisher, on one line.",
            id="newsletter.W001",
        )
    ]


@register(Tags.compatibility, deploy=True)
def check_sender(**_options: Any) -> list[CheckMessage]:
    domain = parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
    if _is_local(domain):
        return [
            Warning(
                f"NEWSLETTER_FROM is an address at {domain}, from which no mail server accepts email.",
                hint="Set it to an address of a domain whose DNS names your mail server.",
                id="newsletter.W002",
            )
        ]
    if settings.NEWSLETTER_FROM == settings.DEFAULT_NEWSLETTER_FROM:
        return [
            Info(
                f"NEWSLETTER_FROM is not set: emails are from {settings.NEWSLETTER_FROM}.",
                hint="Make sure that this mailbox exists, or set another.",
                id="newsletter.I001",
            )
        ]
    return []


def _is_local(domain: str) -> bool:
    try:
        ip_address(domain.strip("[]"))
    except ValueError:
        return "." not in domain or domain.rpartition(".")[2] in LOCAL_DOMAINS
    return True
