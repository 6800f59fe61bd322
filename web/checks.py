"""System checks of `manage.py check --deploy`: what no setting can say about itself alone."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_trusted_proxies(**_options: Any) -> list[CheckMessage]:
    hops = settings.TRUSTED_PROXY_HOPS
    if settings.HTTPS and not hops:
        return [
            Error(
                "SITE_URL is https://, but no proxy is trusted: every page redirects to itself for ever.",
                hint="Set TRUSTED_PROXY_HOPS to 1 behind deploy/nginx.conf, which says who terminates TLS.",
                id="web.E001",
            )
        ]
    if hops > 1:
        return [
            Warning(
                f"TRUSTED_PROXY_HOPS is {hops}: a client that reaches the site through fewer of your proxies "
                "can choose its own address, and passes all limits.",
                hint="deploy/nginx.conf sends one address, whatever is in front of it: set 1. Otherwise make "
                "sure that nobody else reaches an inner proxy.",
                id="web.W001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_security_contact(**_options: Any) -> list[CheckMessage]:
    if settings.SECURITY_CONTACT:
        return []
    return [
        Warning(
            "SECURITY_CONTACT is not set: /.well-known/security.txt does not exist, and nobody knows where to report "
            "a vulnerability.",
            hint="Set it to an address such as mailto:security@shiporskip.example.",
            id="web.W002",
        )
    ]
