"""One connection to the mail server, driven command by command.

Django's email backend and `smtplib.sendmail` hide whether a connection was lost before or after the final
dot of a message. Before it, the message was certainly not accepted; between the dot and the reply, nobody
can know (RFC 1047).
"""

import smtplib
import ssl
from contextlib import suppress
from functools import partial
from socket import socket
from typing import cast

from newsletter.delivery.outcome import DeliveryResult, Outcome
from web.mail_server import MailServer

SERVICE_CLOSES = 421


class ServerUnavailable(Exception):
    """The server cannot be reached or refuses the connection for now: try again later."""


class ServerMisconfigured(Exception):
    """The login or TLS failed: nothing may be sent until a person has fixed it."""


class SmtpConnection:
    """An open, logged-in connection.

    `timeout` applies to each step and `accept_timeout` to the reply after the final dot, in seconds.
    """

    def __init__(
        self, server: MailServer, *, sender: str, timeout: float, accept_timeout: float
    ) -> None:
        self._sender = sender
        self._timeout = timeout
        self._accept_timeout = accept_timeout
        self._smtp = _open(server, timeout, own_name=sender.rpartition("@")[2])

    def close(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._smtp.close()

    def send_message(self, email: str, message: bytes) -> Outcome:
        """Send `message` to one recipient: lines end in CRLF, and no line begins with a dot."""
        try:
            refusal = self._send_envelope(email)
        except (smtplib.SMTPException, OSError) as error:
            return _lost(DeliveryResult.INTERRUPTED, _describe(error))
        if refusal:
            return refusal
        try:
            # The server has no whole message until the last of these bytes is sent.
            self._smtp.send(message + b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            return _lost(DeliveryResult.DEFERRED, _describe(error))
        return self._read_final_reply()

    def _send_envelope(self, email: str) -> Outcome | None:
        """Return the refusal of the sender, recipient or DATA; None when the message may follow."""
        code, reply = self._smtp.mail(self._sender)
        if code != 250:
            return self._refused(code, reply)
        code, reply = self._smtp.rcpt(email)
        if code not in (250, 251):
            return self._refused(code, reply, is_recipient_refusal=True)
        code, reply = self._smtp.docmd("DATA")
        if code != 354:
            return self._refused(code, reply)
        return None

    def _refused(self, code: int, reply: bytes, *, is_recipient_refusal: bool = False) -> Outcome:
        outcome = _refusal(code, reply, is_recipient_refusal=is_recipient_refusal)
        if not outcome.connection_lost:
            # A connection that is lost here fails again at the next message.
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.rset()
        return outcome

    def _read_final_reply(self) -> Outcome:
        try:
            sock = cast(socket, self._smtp.sock)  # open, since DATA was accepted
            sock.settimeout(self._accept_timeout)
            code, reply = self._smtp.getreply()
            sock.settimeout(self._timeout)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _lost(DeliveryResult.UNKNOWN, _describe(error))
        if 200 <= code < 300:
            return Outcome(DeliveryResult.ACCEPTED, code, _one_line(reply))
        if 400 <= code < 600:
            return _refusal(code, reply)
        return _lost(DeliveryResult.UNKNOWN, f"unexpected reply {code} to a message")


def _open(server: MailServer, timeout: float, own_name: str) -> smtplib.SMTP:
    """Connect and log in. EHLO names `own_name`, since looking up the host's name may take seconds."""
    context = ssl.create_default_context()
    smtp = None
    connect = partial(smtplib.SMTP_SSL, context=context) if server.is_tls else smtplib.SMTP
    try:
        smtp = connect(server.host, server.port, own_name, timeout=timeout)
        smtp.ehlo_or_helo_if_needed()
        if server.starts_tls:
            _start_tls(smtp, context)
        if server.user:
            _log_in(smtp, server)
    except ssl.SSLError as error:
        _close(smtp)
        raise ServerMisconfigured(f"TLS failed: {_describe(error)}") from error
    except ServerMisconfigured:
        _close(smtp)
        raise
    except (smtplib.SMTPException, OSError) as error:
        _close(smtp)
        raise ServerUnavailable(_describe(error)) from error
    return smtp


def _start_tls(smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise ServerMisconfigured("The mail server does not support TLS.")
    try:
        smtp.starttls(context=context)
    except smtplib.SMTPResponseException as refusal:
        raise ServerMisconfigured(f"The mail server refused TLS: {_describe(refusal)}") from refusal
    smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code >= 500:
            raise ServerMisconfigured(
                f"The mail server refused the login: {error.smtp_code}"
            ) from error
        raise
    except smtplib.SMTPNotSupportedError as error:
        raise ServerMisconfigured("The mail server does not support logging in.") from error


def _close(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()


def _refusal(code: int, reply: bytes, *, is_recipient_refusal: bool = False) -> Outcome:
    """Classify a negative reply: 5xx is permanent, others are temporary.

    421, or a reply without a readable code, is about the connection and not about the message.
    """
    connection_lost = code == SERVICE_CLOSES or code < 0
    if connection_lost:
        result = DeliveryResult.INTERRUPTED
    else:
        result = DeliveryResult.REJECTED if code >= 500 else DeliveryResult.DEFERRED
    return Outcome(
        result,
        code if code > 0 else None,
        _one_line(reply),
        is_recipient_refusal,
        connection_lost,
    )


def _lost(result: DeliveryResult, reply: str) -> Outcome:
    return Outcome(result, reply=reply, connection_lost=True)


def _one_line(reply: bytes | str) -> str:
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else str(reply)
    return " ".join(text.replace("\0", "").split())[:300]


def _describe(error: Exception) -> str:
    return _one_line(str(error) or type(error).__name__)
