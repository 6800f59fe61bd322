"""Emails to one person who made a request: a confirmation, "You are already subscribed", a link.

They contain nothing that the requester typed except the recipient's address.
"""

from email.utils import parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, make_msgid
from django.template.loader import render_to_string

from newsletter.models import Subscriber
from newsletter.signup.responses import ALREADY, CONFIRMATION, LINK
from newsletter.subscribers.consent_text import SIGN_UP_TEXT
from newsletter.subscribers.links import (
    CONFIRM_WITHIN,
    address_of,
    confirmation_token,
    subscriber_token,
)

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def confirmation(subscriber: Subscriber) -> EmailMultiAlternatives:
    return make_message(
        subscriber,
        "confirmation",
        f"Confirm your subscription to {settings.SITE_NAME} by email",
        confirm_url=address_of("confirm_subscription", confirmation_token(subscriber.key)),
        days=CONFIRM_WITHIN.days,
        sign_up_text=SIGN_UP_TEXT,
    )


def already_subscribed(subscriber: Subscriber) -> EmailMultiAlternatives:
    return make_message(subscriber, "already_subscribed", "You are already subscribed")


def link(subscriber: Subscriber) -> EmailMultiAlternatives:
    return make_message(subscriber, "link", f"Your link to {settings.SITE_NAME} by email")


KINDS = {CONFIRMATION: confirmation, ALREADY: already_subscribed, LINK: link}


def send(kind: str, subscriber: Subscriber) -> None:
    """Build the email of this kind and send it. Raises the exceptions of smtplib."""
    KINDS[kind](subscriber).send()


def make_message(
    subscriber: Subscriber, template: str, subject: str, **context: Any
) -> EmailMultiAlternatives:
    """Return the email of `newsletter/mail/<template>.txt` and `.html`, without headers of a mailing list."""
    token = subscriber_token(subscriber.key)
    context |= {
        "subject": subject,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "preferences_url": address_of("preferences", token),
        "unsubscribe_url": address_of("unsubscribe", token),
    }
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"newsletter/mail/{template}.txt", context),
        settings.NEWSLETTER_FROM,
        [subscriber.email],
        headers={
            # RFC 3834: suppresses out-of-office replies.
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=_domain()),
        },
    )
    html = render_to_string(f"newsletter/mail/{template}.html", context)
    message.attach_alternative(_inliner.inline(html), "text/html")
    return message


def _domain() -> str:
    """Return the domain of the sender's address, so that the name of this machine is not published."""
    return parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
