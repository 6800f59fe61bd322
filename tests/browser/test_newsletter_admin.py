"""Writing, checking and sending an issue in the admin, with a real browser and a real mail server."""

from email import message_from_bytes, policy

import pytest
from django.conf import settings as site_settings
from playwright.sync_api import expect

from newsletter.delivery.sending import Options, send_due
from newsletter.models import Delivery, Issue
from tests.admin_client import make_staff
from tests.factories import make_category, make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, review
from tests.newsletter.smtp_server import SmtpServer
from web.mail_server import MailServer, django_mailer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESSES = ["ada@example.org", "bea@example.org", "cy@example.org"]


@pytest.fixture
def smtp_server(settings):
    with SmtpServer() as smtp_server:
        server = MailServer("smtp+plain", "127.0.0.1", smtp_server.port)
        settings.MAIL_SERVER = server
        settings.MAILERS = {"default": django_mailer(server, 5)}
        settings.NEWSLETTER_CONNECTIONS, settings.MAIL_TIMEOUT = 1, 5
        settings.NEWSLETTER_RATE = 1000
        yield smtp_server


@pytest.fixture
def issue(smtp_server):
    bo = make_reviewer("Bo")
    tool = old_tool("Ada", category=make_category(name="Editors", slug="editors"))
    review(tool, (bo, 40, "skip"), at=on(-5))
    review(tool, (bo, 80, "ship"), at=on(2), reason="It was fixed.")
    review(old_tool("Bea"), (bo, 70, "ship"), at=on(3))
    return make_issue(
        since=SINCE, until=UNTIL, subject="Draft", preheader="", parts=["changed", "new"]
    )


@pytest.fixture
def cookie(client, issue):
    client.force_login(make_staff(is_superuser=True, username="pia", email="pia@example.org"))
    return client.cookies[site_settings.SESSION_COOKIE_NAME].value


def signed_in(page, address, cookie):
    name = site_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": cookie, "url": address}])
    page.newsletter_admin = f"{address}/admin/newsletter/"
    return page


@pytest.fixture
def staff(live_server, page, cookie):
    return signed_in(page, live_server.url, cookie)


@pytest.fixture
def plain_staff(live_server, plain_page, cookie):
    return signed_in(plain_page, live_server.url, cookie)


def place(page, part, number):
    page.get_by_role("combobox", name=part).select_option(number)


def headings(text):
    wanted = ["Changed verdicts", "New verdicts"]
    return sorted((name for name in wanted if name in text), key=text.index)


def write(page, issue, subject):
    """Change the subject, and put the new verdicts first."""
    page.goto(f"{page.newsletter_admin}issue/{issue.pk}/change/")
    page.get_by_role("textbox", name="Subject").fill(subject)
    page.get_by_label("Preheader").fill("In short.")
    place(page, "New verdicts", "1")
    place(page, "Changed verdicts", "2")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_an_issue_is_written_previewed_tried_and_sent(staff, issue, smtp_server):
    for address in ADDRESSES:
        make_subscriber(email=address)
    write(staff, issue, "Ada ships again")

    staff.get_by_role("link", name="Preview").click()
    mail = staff.frame_locator("iframe")
    expect(mail.get_by_role("heading", name="Ada ships again")).to_be_visible()
    assert headings(mail.locator("body").inner_text()) == ["New verdicts", "Changed verdicts"]
    staff.get_by_role("link", name="Plain text").click()
    assert headings(staff.locator(".admin-text").inner_text()) == [
        "New verdicts",
        "Changed verdicts",
    ]

    staff.goto(f"{staff.newsletter_admin}issue/{issue.pk}/change/")
    staff.get_by_role("button", name="Send a test to pia@example.org").click()
    expect(staff.get_by_text("Test email sent to pia@example.org.")).to_be_visible()
    assert smtp_server.recipients() == ["pia@example.org"]

    staff.get_by_role("link", name="Check and send").click()
    expect(staff.get_by_text("No problems found.")).to_be_visible()
    staff.get_by_role("button", name="Send to 3 subscribers").click()
    expect(staff.get_by_text("Sending started.")).to_be_visible()
    expect(staff.get_by_role("progressbar", name="Finished deliveries")).to_be_visible()
    send_due(Options.from_settings(), seconds=20)

    # Nobody touches the page: it asks for the numbers, and then says that all is sent.
    expect(staff.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
    assert sorted(smtp_server.recipients()[1:]) == ADDRESSES
    assert Issue.objects.get().state == "sent"
    messages = [
        message_from_bytes(content, policy=policy.SMTP) for _, content in smtp_server.accepted
    ]
    assert [message["Subject"] for message in messages] == [
        "[Test] Ada ships again", *["Ada ships again"] * 3
    ]  # fmt: skip
    for message in messages:
        text = message.get_body(["plain"]).get_content()
        assert headings(text) == ["New verdicts", "Changed verdicts"]


def test_all_of_it_works_without_javascript(plain_staff, issue, smtp_server):
    make_subscriber(email="ada@example.org")
    write(plain_staff, issue, "Ada ships again")

    plain_staff.get_by_role("link", name="Check and send").click()
    plain_staff.get_by_role("button", name="Send to 1 subscriber").click()
    send_due(Options.from_settings(), seconds=20)
    plain_staff.reload()

    expect(plain_staff.get_by_role("heading", name="Sent", exact=True)).to_be_visible()
    assert smtp_server.recipients() == ["ada@example.org"]


def test_progress_moves_without_moving_the_focus(staff, issue):
    make_subscriber()
    make_subscriber()
    staff.goto(f"{staff.newsletter_admin}issue/{issue.pk}/send/")
    staff.get_by_role("button", name="Send to 2 subscribers").click()
    bar = staff.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    staff.get_by_role("button", name="Pause").focus()

    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="sent")

    expect(bar).to_have_attribute("value", "1")
    assert staff.evaluate("document.activeElement.innerText") == "Pause"


def test_the_mail_in_the_preview_is_boxed_in(staff, issue, context, settings, live_server):
    settings.SITE_URL = live_server.url
    Issue.objects.update(intro="See [the method](/method/).")
    staff.goto(f"{staff.newsletter_admin}issue/{issue.pk}/preview/?width=phone")
    frame = staff.locator("iframe")
    assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert frame.bounding_box()["width"] <= 377

    # A link opens the page itself, not within the frame.
    with context.expect_page() as opened:
        staff.frame_locator("iframe").get_by_role("link", name="the method").click()

    assert opened.value.url == f"{live_server.url}/method/"


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_of_the_newsletter_admin_is_wider_than_its_window(staff, issue, width):
    subscriber = make_subscriber()
    paths = [
        "issue/", f"issue/{issue.pk}/change/", f"issue/{issue.pk}/preview/",
        f"issue/{issue.pk}/preview/?part=text", f"issue/{issue.pk}/send/",
        f"issue/{issue.pk}/cancel/", f"issue/{issue.pk}/uncertain/", "sendinggate/", "subscriber/",
        f"subscriber/{subscriber.pk}/change/", f"subscriber/{subscriber.pk}/suppress/", "delivery/",
    ]  # fmt: skip
    staff.set_viewport_size({"width": width, "height": 800})

    widths = {}
    for path in paths:
        staff.goto(staff.newsletter_admin + path)
        widths[path] = staff.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(paths, width)
