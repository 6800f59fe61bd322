"""The message template: an issue as bytes for the mail server, built once and completed per subscriber.

A message is multipart/alternative with two quoted-printable parts: ASCII, in lines of at most 76 octets
(RFC 2045 §6.7). So no server on the way needs 8BITMIME, and a subscriber's token fits between two soft line
breaks. No line of a part begins with a dot or with "From ".

The headers are those that receivers of bulk mail require:

- List-Unsubscribe with one https address, and List-Unsubscribe-Post: one-click unsubscribe (RFC 2369,
  RFC 8058). Gmail requires both, and a visible link in the body, from senders of 5,000 messages a day
  (support.google.com/a/answer/81126, /a/answer/15263077); so does Yahoo
  (senders.yahooinc.com/best-practices). There is no mailto: address, since nobody would read it. RFC 8058 §4
  requires both headers to be covered by the DKIM signature, which the mail server adds.
- List-Id (RFC 2919), which Gmail's guidelines for subscriptions ask for, and List-Archive.
- Feedback-ID, issue:cadence:list:sender, without recipient data (support.google.com/mail/answer/6254652).
- Precedence: bulk, which prevents vacation replies (RFC 3834 §2). No Auto-Submitted: people write and send an
  issue, and §5 reserves that field for automatic messages.

The inserted values cannot contain a line break: an address has only the characters of ADDRESS, the token is
our own signature, the id is a UUID.
"""

import re
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from newsletter.delivery.issue_email import PLACEHOLDER, IssueEmail
from newsletter.digest.plain_text import one_line
from newsletter.models import Issue
from newsletter.subscribers.links import address_of, subscriber_token

# What `newsletter.subscribers.addresses` accepts: a dot-atom and a domain in ASCII.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MAX_ADDRESS = 254
SENDER_ID = "shiporskip"  # 5 to 15 characters, which must not change
# 76, less room for a leading dot or F that becomes three characters.
POLICY = SMTP.clone(max_line_length=74)
SOFT_BREAK = b"=\r\n"
TOKEN_LINE = 70
# The placeholder in a quoted-printable part, where a soft line break may split it.
PLACEHOLDER_PATTERN = re.compile(
    b"(?:=\r\n)?".join(bytes([character]) for character in PLACEHOLDER.encode())
)


class MessageTemplate:
    """The message of an `issue_email`, except for what is personal to a subscriber.

    Built once per issue and distinct digest. `bytes_for` renders no template and makes no query.
    """

    def __init__(self, issue_email: IssueEmail) -> None:
        domain = parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
        head, _, body = _common_message(issue_email).as_bytes().partition(b"\r\n\r\n")
        self._head = b"\r\n".join([_list_headers(issue_email.issue, domain), head, b"", b""])
        self._pieces = PLACEHOLDER_PATTERN.split(_escape_line_starts(body))
        self._id_domain = domain
        self._one_click = address_of("one_click_unsubscribe", PLACEHOLDER).split(PLACEHOLDER)

    def bytes_for(self, *, email: str, key: UUID, delivery_id: UUID) -> bytes:
        """Return the whole message for one subscriber; lines end in CRLF.

        The Message-ID is the same in every attempt of a delivery. Raises ValueError for an address that
        is not safe in a header, which sign-up never accepts.
        """
        if len(email) > MAX_ADDRESS or not ADDRESS.fullmatch(email):
            raise ValueError(f"Not a valid email address: {email!r}")
        token = subscriber_token(key)
        before, after = self._one_click
        own = (
            f"Date: {_date(int(time.time()))}\r\n"
            f"To: {email}\r\n"
            f"Message-ID: <{delivery_id}@{self._id_domain}>\r\n"
            f"List-Unsubscribe: <{before}{token}{after}>\r\n"
        )
        return b"".join(
            [own.encode("ascii"), self._head, _quoted_printable(token.encode()).join(self._pieces)]
        )


def _common_message(issue_email: IssueEmail) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = settings.NEWSLETTER_FROM
    message["Subject"] = one_line(issue_email.subject)
    message.set_content(issue_email.text, cte="quoted-printable")
    message.add_alternative(issue_email.html, subtype="html", cte="quoted-printable")
    # "=_" cannot occur in a quoted-printable part.
    message.set_boundary(f"=_{sha256(issue_email.html.encode()).hexdigest()[:32]}")
    return message


def _list_headers(issue: Issue, domain: str) -> bytes:
    number = issue.number or f"draft-{issue.pk}"
    lines = [
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: {settings.SITE_NAME} <newsletter.{domain}>",
        f"List-Archive: <{settings.SITE_URL}{reverse('newsletter_archive')}>",
        f"Feedback-ID: issue-{number}:{issue.cadence}:newsletter:{SENDER_ID}",
        "Precedence: bulk",
    ]
    return "\r\n".join(lines).encode("ascii")


def _escape_line_starts(body: bytes) -> bytes:
    """Escape "." and "From " at line starts, which SMTP and mbox files treat specially."""
    body = re.sub(rb"(?m)^\.", b"=2E", body)
    return re.sub(rb"(?m)^From ", b"=46rom ", body)


def _quoted_printable(token: bytes) -> bytes:
    """Return the token between soft line breaks, in lines of less than 76 octets."""
    lines = [token[start : start + TOKEN_LINE] for start in range(0, len(token), TOKEN_LINE)]
    return SOFT_BREAK.join([b"", *lines, b""])


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """Return the Date header, formatted once a second instead of once a message."""
    return format_datetime(datetime.fromtimestamp(second, UTC))
