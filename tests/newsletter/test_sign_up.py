import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import RateLimit
from accounts.networks import network_hash
from newsletter.models import Consent, DoNotMail, MailRequest, Subscriber
from newsletter.signup.tasks import answer_request
from newsletter.subscribers.actions import block_address
from newsletter.subscribers.consent_text import TEXT_VERSION
from tests.newsletter.factories import make_subscriber
from tests.newsletter.forms import FORM, HTMX, send
from tests.newsletter.jobs import do_jobs
from tests.pages.reading import words

pytestmark = pytest.mark.django_db
ADA = "ada@example.org"
SENTENCE = "If we can send email to this address, you will get a confirmation link."


@pytest.fixture(autouse=True)
def todays_key():
    network_hash("127.0.0.1")  # read once per process


def with_standing(standing):
    """Whatever may be known of Ada's address when somebody types it."""
    match standing:
        case "pending" | "active" | "unsubscribed":
            make_subscriber(
                standing, email=ADA, confirmed_at=None if standing == "pending" else timezone.now()
            )
        case "bounced" | "complained" | "staff":
            make_subscriber("suppressed", email=ADA, suppression=standing)
        case "deleted":
            block_address(email=ADA)


STANDINGS = [
    "new", "pending", "active", "unsubscribed", "bounced", "complained", "staff", "deleted",
]  # fmt: skip


def subjects():
    return [message.subject for message in mail.outbox]


def answer(response):
    """All of an answer but the time of day and its own id."""
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("Expires", "X-Request-ID")
    }
    return response.status_code, response.content.decode(), headers


def nothing_done():
    counts = [
        model.objects.count() for model in (Subscriber, Consent, MailRequest, ProcrastinateJob)
    ]
    return counts == [0, 0, 0, 0]


def test_a_stranger_is_sent_one_confirmation_and_is_pending(client):
    response = send(client)
    do_jobs()

    assert (response.status_code, response["Location"]) == (303, "/newsletter/asked/")
    assert SENTENCE in words(client.get("/newsletter/asked/"))
    assert subjects() == ["Confirm your subscription to Ship or Skip by email"]
    assert mail.outbox[0].to == [ADA]
    assert Subscriber.objects.values_list("email", "state").get() == (ADA, "pending")
    assert MailRequest.objects.count() == 0


def test_htmx_is_answered_with_the_form_and_its_sentence_said_aloud(client):
    response = send(client, headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert response.templates[0].name == "newsletter/address_form.html"
    assert SENTENCE in page
    assert f'value="{ADA}"' in page
    assert SENTENCE in response["HX-Trigger"]
    assert dict(response.cookies) == {}
    assert "no-store" in response["Cache-Control"]


def test_what_was_agreed_to_is_kept(client):
    send(client)
    do_jobs()

    consent = Consent.objects.get()
    assert (consent.action, consent.form, consent.text_version) == (
        "requested",
        "footer",
        TEXT_VERSION,
    )
    assert bytes(consent.network) == network_hash("127.0.0.1")


def test_a_form_that_is_not_ours_is_told_as_the_page(client):
    send(client, place="<script>")
    do_jobs()

    assert Consent.objects.get().form == "page"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_every_standing_gets_the_same_answer_by_the_same_statements(client, headers):
    seen = {}
    for standing in STANDINGS:
        Subscriber.objects.all().delete()
        DoNotMail.objects.all().delete()
        with_standing(standing)

        with CaptureQueriesContext(connection) as queries:
            response = send(client, headers=headers)

        statements = [re.sub(r"'.*?'|\d+", "…", query["sql"]) for query in queries]
        seen[standing] = (*answer(response), statements)

    assert {name for name in STANDINGS if seen[name] != seen["new"]} == set()
    # limits of the network, shared limits, savepoint, what was typed, job, release
    assert len(seen["new"][3]) == 6


@pytest.mark.parametrize(
    "standing, subject",
    [
        ("new", ["Confirm your subscription to Ship or Skip by email"]),
        ("pending", ["Confirm your subscription to Ship or Skip by email"]),
        ("active", ["You are already subscribed"]),
        ("unsubscribed", ["Confirm your subscription to Ship or Skip by email"]),
        ("bounced", ["Confirm your subscription to Ship or Skip by email"]),
        ("complained", []),
        ("staff", []),
        ("deleted", []),
    ],
)
def test_every_standing_gets_its_mail_once_a_day(client, standing, subject):
    with_standing(standing)
    before = list(Subscriber.objects.values_list("state", "suppression"))

    for _ in range(3):
        send(client)
        do_jobs()

    assert subjects() == subject
    if before:
        assert list(Subscriber.objects.values_list("state", "suppression")) == before
    assert Subscriber.objects.count() == (0 if standing == "deleted" else 1)
    assert Consent.objects.count() == subject.count(
        "Confirm your subscription to Ship or Skip by email"
    )


def test_a_day_later_there_is_another_confirmation(client):
    for _ in range(2):
        send(client)
        do_jobs()
        RateLimit.objects.update(updated_at=timezone.now() - timedelta(hours=25))

    assert len(mail.outbox) == 2


def test_who_leaves_can_come_back_on_the_same_day(client):
    send(client)
    do_jobs()
    Subscriber.objects.update(state="unsubscribed", confirmed_at=timezone.now())

    send(client)
    do_jobs()

    assert subjects() == ["Confirm your subscription to Ship or Skip by email"] * 2


def test_the_same_address_in_another_case_is_the_same_subscriber(client):
    for email in [ADA, "ADA@Example.ORG", "Ada@EXAMPLE.org"]:
        send(client, email)
        do_jobs()

    assert len(mail.outbox) == 1
    assert Subscriber.objects.count() == 1


def test_a_domain_beyond_ascii_is_kept_in_ascii(client):
    send(client, "Ada@BÜCHER.example")
    send(client, "ada@xn--bcher-kva.example")
    do_jobs()

    assert [message.to for message in mail.outbox] == [["Ada@xn--bcher-kva.example"]]


def test_a_job_that_runs_twice_sends_one_mail(client):
    send(client)
    request = MailRequest.objects.get()

    answer_request(request=request.pk)
    answer_request(request=request.pk)
    do_jobs()

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@example..org",
        "ada@-example.org",
        "a..da@example.org",
        ".ada@example.org",
        '"a da"@example.org',
        "ada@example.org\x00",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada\n@example.org",
        "ada@exam\x0bple.org",
        "ada@example.org\r\n",
        "\nada@example.org",
        "ada@example.org\u2028",
        "ada@example.org\u2028x",
        "ada@example.org\x85x",
        "ada@example.org, eve@example.org",
        "ada@example.org;eve@example.org",
        "ada@example.org eve@example.org",
        "Ada <ada@example.org>",
        "ada@eve@example.org",
        "ädä@example.org",
        "ada@exa\u200bmple.\u202eorg",
        "a" * 65 + "@example.org",
        "ada@" + ".".join(["a" * 60] * 5) + ".org",
        "a" * 10_000 + "@example.org",
        "ada@" + "ü" * 10_000 + ".org",
        "ada@example.org" + " " * 10_000,
    ],
    ids=lambda email: repr(email[:30]),
)
def test_what_is_no_address_is_refused_at_the_field(client, email, headers):
    response = send(client, email, headers=headers)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true" aria-describedby="email-footer-error"' in page
    assert re.search(r'id="email-footer-error">[^<]{10,}<', page)
    assert "announce" in response["HX-Trigger"]
    assert nothing_done()


def test_another_site_cannot_send_the_form(client):
    response = send(client, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert nothing_done()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_who_fills_in_the_trap_gets_the_same_answer_and_nothing_is_done(client, headers):
    person = send(client, headers=headers)
    MailRequest.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    machine = send(client, headers=headers, leave_empty="https://spam.example")

    assert answer(machine) == answer(person)
    assert nothing_done()


def test_a_network_that_types_many_addresses_has_to_wait(client, settings):
    settings.NEWSLETTER_LIMIT_NETWORK = (2, 60)
    for n in range(2):
        send(client, f"ada-{n}@example.org")

    response = send(client)

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Too many requests. Try again in 60 seconds." in words(response)
    assert MailRequest.objects.count() == 2


@pytest.mark.parametrize(
    "content_type, status",
    [("multipart/form-data; boundary=x", 415), ("application/json", 422), ("text/plain", 422)],
)
def test_another_kind_of_body_is_refused(client, content_type, status):
    response = client.post("/newsletter/", b'{"email": "a@b.example"}', content_type=content_type)

    assert response.status_code == status
    assert nothing_done()


def test_a_body_of_1_mb_is_refused(client):
    response = client.post("/newsletter/", urlencode({"email": "x" * 2**20}), content_type=FORM)

    assert response.status_code == 400
    assert nothing_done()


def test_the_form_page_sets_no_cookie(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/newsletter/")

    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert "no-store" in response["Cache-Control"]


def test_the_trap_is_not_offered_to_people():
    band = render_to_string("newsletter/signup.html", {"form_name": "footer"})

    assert '<div class="address-form__trap" aria-hidden="true">' in band
    assert 'name="leave_empty" tabindex="-1" autocomplete="off"' in band


def test_the_link_is_sent_to_who_is_known_and_the_answer_is_the_same(client):
    make_subscriber(email=ADA)

    known = send(client, address="/newsletter/link/")
    stranger = send(client, "eve@example.org", "/newsletter/link/")
    do_jobs()

    assert (known.status_code, known["Location"]) == (303, "/newsletter/link/asked/")
    assert answer(known) == answer(stranger)
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([ADA], "Your link to Ship or Skip by email")
    ]
    assert Subscriber.objects.count() == 1
    assert "If we know this address" in words(client.get("/newsletter/link/asked/"))


@pytest.mark.parametrize(
    "standing, subject",
    [
        ("new", []),
        ("pending", ["Confirm your subscription to Ship or Skip by email"]),
        ("active", ["Your link to Ship or Skip by email"]),
        ("unsubscribed", ["Your link to Ship or Skip by email"]),
        ("complained", []),
        ("deleted", []),
    ],
)
def test_a_link_is_mailed_once_a_day_by_standing(client, standing, subject):
    with_standing(standing)

    for _ in range(2):
        send(client, address="/newsletter/link/")
        do_jobs()

    assert subjects() == subject


def test_htmx_asks_for_the_link_in_place(client):
    response = send(client, address="/newsletter/link/", headers=HTMX)

    assert response.status_code == 200
    assert 'hx-post="/newsletter/link/"' in response.content.decode()
