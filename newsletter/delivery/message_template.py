"""An issue as the bytes that a mail server gets: built once, and spliced for each subscriber.

A message is multipart/alternative with two quoted-printable parts: ASCII, in lines of at most 76 octets
(RFC 2045 §6.7), so nothing on the way needs 8BITMIME, and a subscriber's token can stand between two soft
line breaks. No line of a part begins with a dot or with "From ".

The headers are those that receivers of bulk mail ask for:

- List-Unsubscribe with one https address, and List-Unsubscribe-Post: one click (RFC 2369, RFC 8058). Gmail
  asks both of who sends 5,000 a day, and a visible link in the body (support.google.com/a/answer/81126,
  /a/answer/15263077); Yahoo asks the same (senders.yahooinc.com/best-practices). No mailto: nobody reads it.
  RFC 8058 §4 wants both under the DKIM signature, which the mail server makes.
- List-Id (RFC 2919), which Gmail's guidelines for subscriptions ask for, and List-Archive.
- Feedback-ID, issue:cadence:list:sender: nothing of the recipient's (support.google.com/mail/answer/6254652).
- Precedence: bulk, at which no vacation notice answers (RFC 3834 §2). No Auto-Submitted: people write and
  release an issue, and §5 keeps that field for what a program says of its own accord.

Nothing that is spliced in can hold a line break: an address is letters of a closed set, the token is our own
signature, the id is a UUID.
"""

import re
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.urls import reverse

from newsletter.delivery.issue_email import PLACEHOLDER
from newsletter.digest.plain_text import one_line
from newsletter.subscribers.links import address_of, subscriber_token

# What `newsletter.subscribers.addresses` lets in: a dot-atom, and a domain in ASCII.
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
LONGEST_ADDRESS = 254
SENDER_ID = "shiporskip"  # 5 to 15 characters, the same for ever
# Room for a leading dot or F to become three characters, within 76.
LINES = SMTP.clone(max_line_length=74)
SOFT_BREAK = b"=\r\n"
TOKEN_LINE = 70
# The place of the token in a quoted-printable part, which may have been broken over two lines.
PLACE = re.compile(b"(?:=\r\n)?".join(bytes([character]) for character in PLACEHOLDER.encode()))


class MessageTemplate:
    """The message of a `issue_email`, but for what differs from one subscriber to the next.

    Made once per issue and distinct DigestFilter; `bytes_for` renders nothing and asks the database nothing.
    """

    def __init__(self, issue_email):
        domain = parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
        head, _, body = _common_message(issue_email).as_bytes().partition(b"\r\n\r\n")
        self._head = b"\r\n".join([_list_headers(issue_email.issue, domain), head, b"", b""])
        self._pieces = PLACE.split(_without_telling_line_starts(body))
        self._id_domain = domain
        self._one_click = address_of("one_click_unsubscribe", PLACEHOLDER).split(PLACEHOLDER)

    def bytes_for(self, *, email, key, delivery_id):
        """The whole message for one subscriber, lines ended by CRLF, dots not yet doubled for SMTP.

        The Message-ID is the same whenever the same delivery is tried. Raises ValueError for an
        address that cannot stand in a header as it is, which sign-up never lets in.
        """
        if len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email):
            raise ValueError(f"Not an address to write to: {email!r}")
        token = subscriber_token(key)
        before, after = self._one_click
        own = (
            f"Date: {_date(int(time.time()))}\r\n"
            f"To: {email}\r\n"
            f"Message-ID: <{delivery_id}@{self._id_domain}>\r\n"
            f"List-Unsubscribe: <{before}{token}{after}>\r\n"
        )
        return b"".join(
            [own.encode("ascii"), self._head, _in_lines(token.encode()).join(self._pieces)]
        )


def _common_message(issue_email):
    message = EmailMessage(policy=LINES)
    message["From"] = settings.NEWSLETTER_FROM
    message["Subject"] = one_line(issue_email.subject)
    message.set_content(issue_email.text, cte="quoted-printable")
    message.add_alternative(issue_email.html, subtype="html", cte="quoted-printable")
    # "=_" cannot occur in a quoted-printable part.
    message.set_boundary(f"=_{sha256(issue_email.html.encode()).hexdigest()[:32]}")
    return message


def _list_headers(issue, domain):
    number = issue.number or f"draft-{issue.pk}"
    lines = [
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: {settings.SITE_NAME} <newsletter.{domain}>",
        f"List-Archive: <{settings.SITE_URL}{reverse('newsletter_archive')}>",
        f"Feedback-ID: issue-{number}:{issue.cadence}:newsletter:{SENDER_ID}",
        "Precedence: bulk",
    ]
    return "\r\n".join(lines).encode("ascii")


def _without_telling_line_starts(body):
    """No line that SMTP (".") or a mailbox file ("From ") would take for its own."""
    body = re.sub(rb"(?m)^\.", b"=2E", body)
    return re.sub(rb"(?m)^From ", b"=46rom ", body)


def _in_lines(token):
    """The token between soft line breaks, itself broken: a quoted-printable line has 76 octets."""
    lines = [token[start : start + TOKEN_LINE] for start in range(0, len(token), TOKEN_LINE)]
    return SOFT_BREAK.join([b"", *lines, b""])


@lru_cache(maxsize=1)
def _date(second):
    """Made once a second, not once a mail."""
    return format_datetime(datetime.fromtimestamp(second, UTC))
