"""One connection to the mail server, driven command by command.

Only so is it known on which side of the final dot a connection was lost: before it the message was not
accepted, whatever happened; after it, until the reply, nobody can know (RFC 1047). Django's backend and
`smtplib.sendmail` hide that.
"""

import smtplib
import ssl
from contextlib import suppress
from functools import partial

from newsletter.delivery.outcome import DeliveryResult, Outcome

SERVICE_CLOSES = 421


class ServerUnavailable(Exception):
    """The server cannot be reached, or turned us away for now: try again later."""


class ServerMisconfigured(Exception):
    """Login or TLS failed: nothing may be sent until a person has looked at it."""


class SmtpConnection:
    """An open, logged-in connection. `timeout` is for each step, `accept_timeout` for the last reply."""

    def __init__(self, server, *, sender, timeout, accept_timeout):
        self._sender = sender
        self._timeout = timeout
        self._accept_timeout = accept_timeout
        self._smtp = _connected(server, timeout, own_name=sender.rpartition("@")[2])

    def close(self):
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._smtp.close()

    def offer(self, email, message):
        """Offer `message` (bytes, lines ended by CRLF, no line beginning with a dot) to one recipient."""
        try:
            refusal = self._envelope(email)
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(DeliveryResult.NOT_TAKEN, words=_words(error), is_lost=True)
        if refusal:
            return refusal
        try:
            # Until the last of these bytes is handed over, the server has no whole message.
            self._smtp.send(message + b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(DeliveryResult.DEFERRED, words=_words(error), is_lost=True)
        return self._reply_to_the_dot()

    def _envelope(self, email):
        """The refusal (an Outcome) of sender, recipient or DATA; None when the message may follow."""
        code, words = self._smtp.mail(self._sender)
        if code != 250:
            return self._refused(code, words)
        code, words = self._smtp.rcpt(email)
        if code not in (250, 251):
            return self._refused(code, words, of_recipient=True)
        code, words = self._smtp.docmd("DATA")
        if code != 354:
            return self._refused(code, words)
        return None

    def _refused(self, code, words, *, of_recipient=False):
        outcome = _certain(code, words, of_recipient=of_recipient)
        if not outcome.is_lost:
            with suppress(smtplib.SMTPException, OSError):  # a lost one shows at the next message
                self._smtp.rset()
        return outcome

    def _reply_to_the_dot(self):
        try:
            self._smtp.sock.settimeout(self._accept_timeout)
            code, words = self._smtp.getreply()
            self._smtp.sock.settimeout(self._timeout)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Outcome(DeliveryResult.UNKNOWN, words=_words(error), is_lost=True)
        if 200 <= code < 300:
            return Outcome(DeliveryResult.ACCEPTED, code, _text(words))
        if 400 <= code < 600:
            return _certain(code, words)
        return Outcome(
            DeliveryResult.UNKNOWN, words=f"{code} is no reply to a message", is_lost=True
        )


def _connected(server, timeout, own_name):
    """`own_name` is what we say in EHLO; asking the machine for its own may take seconds."""
    context = ssl.create_default_context()
    smtp = None
    kind = partial(smtplib.SMTP_SSL, context=context) if server.is_tls else smtplib.SMTP
    try:
        smtp = kind(server.host, server.port, own_name, timeout=timeout)
        smtp.ehlo_or_helo_if_needed()
        if server.starts_tls:
            _start_tls(smtp, context)
        if server.user:
            _log_in(smtp, server)
    except ssl.SSLError as error:
        _hang_up(smtp)
        raise ServerMisconfigured(f"TLS failed: {_words(error)}") from error
    except ServerMisconfigured:
        _hang_up(smtp)
        raise
    except (smtplib.SMTPException, OSError) as error:
        _hang_up(smtp)
        raise ServerUnavailable(_words(error)) from error
    return smtp


def _start_tls(smtp, context):
    if not smtp.has_extn("starttls"):
        raise ServerMisconfigured("The mail server offers no TLS.")
    try:
        smtp.starttls(context=context)
    except smtplib.SMTPResponseException as refusal:
        raise ServerMisconfigured(f"The mail server refuses TLS: {_words(refusal)}") from refusal
    smtp.ehlo()


def _log_in(smtp, server):
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code >= 500:
            raise ServerMisconfigured(
                f"The mail server refuses the login: {error.smtp_code}"
            ) from error
        raise
    except smtplib.SMTPNotSupportedError as error:
        raise ServerMisconfigured("The mail server offers no login.") from error


def _hang_up(smtp):
    if smtp is not None:
        smtp.close()


def _certain(code, words, *, of_recipient=False):
    """Of a reply that says no: 5xx for good, else for now. 421, or none that can be read, is about the
    connection and not the mail."""
    is_lost = code == SERVICE_CLOSES or code < 0
    fate = (
        DeliveryResult.NOT_TAKEN
        if is_lost
        else DeliveryResult.REFUSED
        if code >= 500
        else DeliveryResult.DEFERRED
    )
    return Outcome(fate, code if code > 0 else None, _text(words), of_recipient, is_lost)


def _text(words):
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(text.replace("\0", "").split())[:300]


def _words(error):
    return _text(str(error) or type(error).__name__)
