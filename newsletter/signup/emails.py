"""Mails to one person who asked for something: a confirmation, "you are subscribed already", a link.

None carries a word that a stranger typed, but the recipient's address itself.
"""

from email.utils import parseaddr

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, make_msgid
from django.template.loader import render_to_string

from newsletter.signup.responses import ALREADY, CONFIRMATION, LINK
from newsletter.subscribers.consent_text import SIGN_UP_TEXT
from newsletter.subscribers.links import (
    CONFIRM_WITHIN,
    address_of,
    confirmation_token,
    subscriber_token,
)

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


def confirmation(subscriber):
    return make_message(
        subscriber,
        "confirmation",
        f"Confirm: {settings.SITE_NAME} by mail",
        confirm_url=address_of("confirm_subscription", confirmation_token(subscriber.key)),
        days=CONFIRM_WITHIN.days,
        sign_up_text=SIGN_UP_TEXT,
    )


def already_subscribed(subscriber):
    return make_message(subscriber, "already_subscribed", "You are already subscribed")


def link(subscriber):
    return make_message(subscriber, "link", f"Your link to {settings.SITE_NAME} by mail")


KINDS = {CONFIRMATION: confirmation, ALREADY: already_subscribed, LINK: link}


def send(kind, subscriber):
    """Build the mail of this kind and hand it to the mail server; raises what smtplib raises."""
    KINDS[kind](subscriber).send()


def make_message(subscriber, template, subject, **context):
    """The mail `newsletter/mail/<template>.txt` and `.html`, without what would mark it as a list's."""
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
            # RFC 3834: no out-of-office reply, please.
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=_domain()),
        },
    )
    html = render_to_string(f"newsletter/mail/{template}.html", context)
    message.attach_alternative(_inliner.inline(html), "text/html")
    return message


def _domain():
    """Of the sender's address: the machine's own name is nobody's business."""
    return parseaddr(settings.NEWSLETTER_FROM)[1].rpartition("@")[2]
