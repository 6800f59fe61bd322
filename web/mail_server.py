"""The mail server, parsed from one address such as smtp://user:password@mail.example."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

from environs import ValidationError

from web.server_address import split_server_address

# The default port of each scheme. "smtp" requires STARTTLS.
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
EXAMPLE = (
    "smtp://user:password@host:port (STARTTLS), smtps://… (TLS from the start) or "
    "smtp+plain://… (no TLS)"
)


@dataclass(frozen=True)
class MailServer:
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def starts_tls(self) -> bool:
        return self.scheme == "smtp"

    @property
    def is_tls(self) -> bool:
        return self.scheme == "smtps"


def mail_server(address: str) -> MailServer:
    """Return the MailServer at `address`. Raises ValidationError, whose message has no password."""
    parts = split_server_address(address, schemes=PORTS, example=EXAMPLE, is_path_allowed=False)
    if not parts.hostname:
        raise ValidationError(f"The host is missing: write it as in {EXAMPLE}.")
    server = MailServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    if server.scheme == "smtp+plain" and server.user and not _is_this_machine(server.host):
        raise ValidationError(
            "A password is not sent to a mail server without TLS: use smtp:// or smtps://."
        )
    return server


def django_mailer(server: MailServer, timeout: float) -> dict[str, Any]:
    """Return the server as an entry of Django's `MAILERS`, for emails to one person."""
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": server.host,
            "port": server.port,
            "username": server.user,
            "password": server.password,
            "use_tls": server.starts_tls,
            "use_ssl": server.is_tls,
            "timeout": timeout,
        },
    }


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
