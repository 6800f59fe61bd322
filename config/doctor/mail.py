"""The mail server, up to the sign-in: no email is sent."""

from email.utils import parseaddr

from django.conf import settings

from config.health.parts import Finding
from newsletter.delivery.smtp import ServerMisconfigured, ServerUnavailable, SmtpConnection

TIMEOUT = 10  # seconds for each step


def mail_server() -> Finding:
    server = settings.MAIL_SERVER
    try:
        SmtpConnection(
            server,
            sender=parseaddr(settings.NEWSLETTER_FROM)[1],
            timeout=TIMEOUT,
            accept_timeout=TIMEOUT,
        ).close()
    except ServerUnavailable as error:
        return _failing(
            str(error),
            "Check host and port in MAIL_URL, and that no firewall blocks this machine.",
        )
    except ServerMisconfigured as error:
        return _failing(
            str(error), "Check scheme, user and password in MAIL_URL, and the server's certificate."
        )
    how = "over TLS" if server.starts_tls or server.is_tls else "without TLS"
    return Finding("mail server", f"accepts the sign-in {how}" if server.user else f"answers {how}")


def mail_domain() -> Finding:
    domain = parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
    return Finding(
        "mail domain",
        f"the DNS of {domain} is not read here",
        hint=f"Check that 'dig +short TXT {domain}' shows v=spf1 with your mail server, that "
        f"'dig +short TXT _dmarc.{domain}' shows v=DMARC1, and that your mail server signs with DKIM.",
        is_note=True,
    )


def _failing(text: str, hint: str) -> Finding:
    return Finding("mail server", f"{settings.MAIL_SERVER.host}: {text}", is_well=False, hint=hint)
