"""Mails to one person, as a mail server gets them."""

import html
import re
import smtplib
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from procrastinate.jobs import Job

from bin.local.port import free_port
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import SendingGate, Subscriber
from newsletter.signup import emails
from newsletter.signup.tasks import PAUSES, Backoff, RestoredCopy, send_mail
from newsletter.subscribers import links
from tests.newsletter.factories import make_subscriber
from tests.newsletter.forms import post, send
from tests.newsletter.jobs import do_jobs
from web.mail_server import MailServer, django_mailer

pytestmark = pytest.mark.django_db
KINDS = ["confirmation", "already_subscribed", "link"]


class SmtpServer:
    """Keeps each mail, and answers RCPT with `reply` when it has one."""

    def __init__(self):
        self.got, self.reply = [], None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.reply is None:
            envelope.rcpt_tos.append(address)
        return self.reply or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.got.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def smtp_server(settings):
    port = free_port()
    smtp_server = SmtpServer()
    controller = Controller(smtp_server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.NEWSLETTER_FROM = "Ship or Skip <newsletter@shiporskip.example>"
    settings.MAILERS = {"default": django_mailer(MailServer("smtp+plain", "127.0.0.1", port), 5)}
    yield smtp_server
    controller.stop()


def parts(message):
    """(text, HTML) of an email.message.EmailMessage."""
    text = message.get_body(["plain"]).get_content()
    return text, message.get_body(["html"]).get_content()


def addresses(text):
    return set(re.findall(r"http://127\.0\.0\.1:8000(/[^\s\"<]*)", html.unescape(text)))


def test_a_stranger_signs_up_over_a_real_mail_server_and_confirms(client, smtp_server):
    send(client, "Ada@example.org")
    do_jobs()

    ((mail_from, recipients, content),) = smtp_server.got
    message = message_from_bytes(content, policy=policy.default)
    text, page = parts(message)
    assert mail_from == "newsletter@shiporskip.example"
    assert recipients == ["Ada@example.org"]
    assert message["From"] == "Ship or Skip <newsletter@shiporskip.example>"
    assert message["To"] == "Ada@example.org"
    assert message["Subject"] == "Confirm your subscription to Ship or Skip by email"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@shiporskip.example>")
    assert "List-Unsubscribe" not in message
    (path,) = [path for path in addresses(text) if path.startswith("/newsletter/")]
    assert path in addresses(page)
    assert page.count("Confirm my subscription") == 1

    post(client, path)

    assert Subscriber.objects.values_list("email", "state").get() == ("Ada@example.org", "active")


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same_links_and_nothing_that_is_loaded(kind):
    subscriber = make_subscriber(email="ada@example.org")

    emails.send(kind, subscriber)

    message = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    text, page = parts(message)
    assert message.get_content_type() == "multipart/alternative"
    assert addresses(text) == addresses(page)
    assert not re.search(r"<img|<link|<script|url\(|@import", page)
    assert "ada@example.org" not in text + page
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 72
    assert "{{" not in text + page


@pytest.mark.parametrize("kind", ["already_subscribed", "link"])
def test_a_link_leads_to_the_subscriber_s_own_preferences(client, kind):
    subscriber = make_subscriber()

    emails.send(kind, subscriber)

    path = f"/newsletter/preferences/{links.subscriber_token(subscriber.key)}/"
    assert path in mail.outbox[0].body
    assert client.get(path).status_code == 200


def test_a_mail_to_who_complained_meanwhile_is_not_sent():
    subscriber = make_subscriber("suppressed", suppression="complained")

    send_mail(kind="link", subscriber=subscriber.pk)

    assert mail.outbox == []


def test_a_mail_to_who_was_deleted_meanwhile_is_not_sent():
    send_mail(kind="link", subscriber=0)

    assert mail.outbox == []


def test_a_restored_copy_of_the_database_sends_nothing_until_a_person_says_go():
    subscriber = make_subscriber()
    SendingGate.objects.filter(pk=get_gate().pk).update(identity="another:1:2:3")

    with pytest.raises(RestoredCopy) as caught:
        send_mail(kind="link", subscriber=subscriber.pk)

    assert mail.outbox == []
    assert next_try(caught.value, attempts=0) is not None


def test_a_recipient_refused_for_good_is_a_hard_bounce(smtp_server):
    smtp_server.reply = "550 no such mailbox"
    subscriber = make_subscriber("pending")

    for _ in range(3):
        send_mail(kind="confirmation", subscriber=subscriber.pk)

    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.suppression) == ("suppressed", "bounced")


def test_a_recipient_refused_for_now_is_tried_again(smtp_server):
    smtp_server.reply = "450 greylisted"
    subscriber = make_subscriber("pending")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send_mail(kind="confirmation", subscriber=subscriber.pk)

    assert next_try(refusal.value, attempts=0) is not None
    subscriber.refresh_from_db()
    assert subscriber.hard_bounces == 0
    smtp_server.reply = None
    send_mail(kind="confirmation", subscriber=subscriber.pk)
    assert len(smtp_server.got) == 1


def next_try(error, attempts):
    job = Job(id=1, queue="", lock=None, queueing_lock=None, task_name="", attempts=attempts)
    return Backoff().get_retry_decision(exception=error, job=job)


@pytest.mark.parametrize(
    "error, again",
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (smtplib.SMTPServerDisconnected(), True),
        (smtplib.SMTPConnectError(421, b"busy"), True),
        (smtplib.SMTPAuthenticationError(535, b"who?"), True),
        (smtplib.SMTPSenderRefused(553, b"not you", "a@b"), True),
        (smtplib.SMTPDataError(451, b"later"), True),
        (smtplib.SMTPDataError(554, b"spam"), False),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"")}), False),
        (ValueError(), False),
    ],
    ids=repr,
)
def test_what_fails_for_now_is_tried_again(error, again):
    assert (next_try(error, attempts=0) is not None) == again


def test_the_pauses_grow_and_end():
    tries = [next_try(TimeoutError(), attempts) for attempts in range(len(PAUSES) + 1)]

    assert sorted(PAUSES) == PAUSES
    assert [each is not None for each in tries] == [True] * len(PAUSES) + [False]


def test_a_job_tells_the_log_no_address(client, caplog):
    send(client, "Ada@example.org")
    do_jobs()

    assert "Ada@example.org" not in caplog.text
