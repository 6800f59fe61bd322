"""The bytes that a mail server gets, read back as a mail program reads them."""

import re
import time
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.message_template import MessageTemplate
from newsletter.digest.items import NewVerdict
from newsletter.subscribers.links import subscriber_token
from tests.newsletter.digests import changed, digest_of, full_digest, name
from tests.newsletter.factories import issue_of, make_issue, make_subscriber

KEY = uuid.UUID(int=7)
DELIVERY = uuid.UUID("0190b5a4-7b3e-7c1d-9e2f-000000000001")


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://ship.example"
    settings.NEWSLETTER_FROM = "Ship or Skip <news@mail.ship.example>"


@pytest.fixture
def template():
    return template_for()


def template_for(digest=None, **fields):
    return MessageTemplate(
        IssueEmail(issue_of(**({"number": 12} | fields)), digest or full_digest())
    )


def bytes_of(template, **fields):
    defaults = {"email": "ada@example.org", "key": KEY, "delivery_id": DELIVERY}
    return template.bytes_for(**(defaults | fields))


def read(raw):
    """The message as Python's parser has it, which found nothing wrong anywhere."""
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        assert part.defects == []
        assert [(n, v.defects) for n, v in part.items() if getattr(v, "defects", None)] == []
    return message


def content(message, kind):
    return message.get_body([kind]).get_content().replace("\r\n", "\n")


def test_the_headers_are_those_that_receivers_of_bulk_mail_ask_for():
    message = read(bytes_of(template_for()))

    headers = {name: str(value) for name, value in message.items()}
    at = headers.pop("Date")
    assert abs(datetime.strptime(at, "%a, %d %b %Y %H:%M:%S %z") - datetime.now(UTC)) < timedelta(
        seconds=5
    )
    boundary = message.get_boundary()
    token = subscriber_token(KEY)
    assert headers == {
        "From": "Ship or Skip <news@mail.ship.example>",
        "To": "ada@example.org",
        "Subject": "What changed this week",
        "Message-ID": f"<{DELIVERY}@mail.ship.example>",
        "List-Unsubscribe": f"<https://ship.example/newsletter/one-click/{token}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "Ship or Skip <newsletter.mail.ship.example>",
        "List-Archive": "<https://ship.example/newsletter/issues/>",
        "Feedback-ID": "issue-12:weekly:newsletter:shiporskip",
        "Precedence": "bulk",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }


def test_no_header_stands_twice():
    names = [name.lower() for name in read(bytes_of(template_for()))]

    assert len(names) == len(set(names))


def test_the_parts_are_the_letters_with_the_subscribers_own_links():
    issue_email = IssueEmail(issue_of(number=12), full_digest())

    message = read(bytes_of(MessageTemplate(issue_email)))

    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert content(message, "plain") == issue_email.text_for(KEY)
    assert content(message, "html").rstrip("\n") == issue_email.html_for(KEY).rstrip("\n")


def test_every_link_of_a_message_is_one_persons():
    raw = bytes_of(template_for())
    other = bytes_of(template_for(), key=uuid.UUID(int=8))

    plain = [content(read(each), "plain") for each in (raw, other)]
    assert plain[0] != plain[1]
    assert plain[0].replace(subscriber_token(KEY), "") == plain[1].replace(
        subscriber_token(uuid.UUID(int=8)), ""
    )


def test_the_same_delivery_has_the_same_id_however_often_it_is_tried():
    template = template_for()

    assert read(bytes_of(template))["Message-ID"] == read(bytes_of(template))["Message-ID"]
    assert read(bytes_of(template, delivery_id=uuid.uuid4()))["Message-ID"] != f"<{DELIVERY}@x>"


def test_the_wire_takes_it_as_it_is():
    digest = digest_of(
        changed=(changed(1, ". dot", reasons=("From here on\r\n.\r\n" + "字" * 900,)),),
        new=(NewVerdict(name(2, "علّام"), "ship", "x" * 3000, None),),
    )

    raw = bytes_of(
        template_for(digest, subject="Schiff ahoi: naïve café " * 4, intro=".\n\nFrom me")
    )

    raw.decode("ascii")
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert not re.search(rb"(?m)^(\.|From )", body)


def test_a_subject_in_any_script_arrives():
    subject = "Über 字 and علّام: " + "long " * 20

    assert str(read(bytes_of(template_for(subject=subject)))["Subject"]).strip() == subject.strip()


def test_a_subject_makes_no_header():
    message = read(bytes_of(template_for(subject="Hello\r\nBcc: all@example.org\x00\u2028x")))

    assert message["Bcc"] is None
    assert str(message["Subject"]) == "Hello Bcc: all@example.org x"


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org\n",
        "ada@example.org, eve@example.org",
        "Ada <ada@example.org>",
        "ada @example.org",
        '"a b"@example.org',
        "ädä@example.org",
        "ada@exämple.org",
        "ada@[127.0.0.1]",
        "ada@example..org",
        ".ada@example.org",
        "ada",
        "@example.org",
        "",
        "\x00@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_an_address_that_is_unsafe_in_a_header_is_refused(email):
    with pytest.raises(ValueError, match="Not a valid email address"):
        bytes_of(template_for(), email=email)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_address_whatever_makes_a_header(template, local, domain):
    email = f"{local}@{domain}"

    try:
        raw = bytes_of(template, email=email)
    except ValueError:
        return

    assert read(raw)["To"] == email


@pytest.mark.parametrize(
    "email",
    ["ada+news@example.org", "o'neil@example.co.uk", "a.b-c_d@xn--exmple-cua.example", "Ada@a.b"],
)
def test_an_address_arrives_as_it_was_typed(email):
    assert read(bytes_of(template_for(), email=email))["To"] == email


def test_a_monthly_issue_and_a_draft_name_themselves_to_feedback_loops():
    assert read(bytes_of(template_for(cadence="monthly")))["Feedback-ID"] == (
        "issue-12:monthly:newsletter:shiporskip"
    )
    assert read(bytes_of(template_for(number=None, pk=7)))["Feedback-ID"] == (
        "issue-draft-7:weekly:newsletter:shiporskip"
    )


def test_a_placeholder_is_found_wherever_a_line_is_broken():
    token = subscriber_token(KEY)
    for width in range(90):
        raw = bytes_of(template_for(digest_of(changed=(changed(1),)), intro="x" * width))

        message = read(raw)
        assert content(message, "plain").count(token) == 2
        assert content(message, "html").count(token) == 2
        assert "TOKEN-OF" not in content(message, "html") + content(message, "plain")


def test_the_date_is_that_of_the_minute(monkeypatch):
    template = template_for()
    monkeypatch.setattr(time, "time", lambda: 1_800_000_000.9)

    assert read(bytes_of(template))["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"


def test_a_sender_with_a_name_in_any_script_arrives(settings):
    settings.NEWSLETTER_FROM = "Schiff über Bord <news@mail.ship.example>"

    sender = read(bytes_of(template_for()))["From"].addresses[0]

    assert (sender.display_name, sender.addr_spec) == (
        "Schiff über Bord",
        "news@mail.ship.example",
    )


@pytest.mark.django_db
def test_the_one_click_of_a_message_unsubscribes(client):
    subscriber = make_subscriber()
    message = read(bytes_of(template_for(), key=subscriber.key))

    path = urlsplit(message["List-Unsubscribe"].strip("<>")).path
    response = client.post(path, {"List-Unsubscribe": "One-Click"})

    subscriber.refresh_from_db()
    assert (response.status_code, subscriber.state) == (200, "unsubscribed")


@pytest.mark.django_db
def test_the_links_of_a_message_lead_somewhere(client):
    subscriber = make_subscriber()
    make_issue(full_digest(), number=12)

    text = content(read(bytes_of(template_for(), key=subscriber.key)), "plain")

    own = [urlsplit(link).path for link in re.findall(r"https://\S+/newsletter/\S+", text)]
    assert [path.split("/")[2] for path in own] == ["unsubscribe", "preferences", "issues"]
    assert [client.get(path).status_code for path in own] == [200, 200, 200]
    subscriber.refresh_from_db()
    assert subscriber.state == "active"
