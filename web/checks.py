"""System checks of `manage.py check --deploy`: what no setting can say about itself alone."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.http.request import split_domain_port, validate_host


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
            Info(
                f"TRUSTED_PROXY_HOPS is {hops}: a client that reaches the site through fewer of your proxies "
                "can choose its own address, and passes all limits.",
                hint="deploy/nginx.conf sends one address, whatever is in front of it: set 1. Otherwise make "
                "sure that nobody else reaches an inner proxy.",
                id="web.I001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def check_metrics(**_options: Any) -> list[CheckMessage]:
    """Prometheus asks gunicorn by its own address, which is no host of the site."""
    hosts = {urlsplit(settings.SITE_URL).hostname}
    if not settings.METRICS_TOKEN or set(settings.ALLOWED_HOSTS) - hosts:
        return []
    return [
        Warning(
            "METRICS_TOKEN is set, but ALLOWED_HOSTS holds no host but that of SITE_URL: Prometheus gets 400 from gunicorn.",
            hint="Add the host by which Prometheus asks, such as 127.0.0.1. See docs/operations.md.",
            id="web.W004",
        )
    ]


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


@register(Tags.security, deploy=True)
def check_site_address(**_options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    host, _port = split_domain_port(urlsplit(settings.SITE_URL).netloc)
    if not validate_host(host, settings.ALLOWED_HOSTS):
        found.append(
            Error(
                f"ALLOWED_HOSTS does not hold {host}, the host of SITE_URL: every page is answered with 400.",
                hint="Add it to ALLOWED_HOSTS.",
                id="web.E002",
            )
        )
    if not settings.HTTPS:
        found.append(
            Warning(
                "SITE_URL is http://: cookies and passwords cross the network unencrypted, and there is no HSTS.",
                hint="Put a proxy that terminates TLS in front, and set SITE_URL to the https:// address.",
                id="web.W003",
            )
        )
    return found
