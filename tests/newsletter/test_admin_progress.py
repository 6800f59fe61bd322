"""An issue on its way: progress, and the buttons that steer it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from newsletter.admin.progress import in_words
from newsletter.delivery import sending_gate
from newsletter.issues import actions
from newsletter.models import Delivery, Issue, SendingGate
from tests.admin_client import make_staff, messages_of, sign_in
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, review

pytestmark = pytest.mark.django_db

OFFICE = reverse("admin:newsletter_sendinggate_changelist")
GO = reverse("admin:newsletter_sendinggate_resume")


@pytest.fixture
def publisher():
    return sign_in(make_staff("Publisher", username="pia"))


@pytest.fixture
def editor():
    return sign_in(make_staff("Editor"))


@pytest.fixture
def issue():
    tool = old_tool("Ada")
    review(tool, (make_reviewer("Bo"), 80, "ship"), at=on(2))
    for _ in range(6):
        make_subscriber()
    issue = make_issue(since=SINCE, until=UNTIL, parts=["new"])
    return actions.start_sending(issue=issue)


def page_of(issue, name="change", **query):
    return reverse(f"admin:newsletter_issue_{name}", args=[issue.pk], query=query or None)


def press(client, issue, name, **data):
    response = client.post(page_of(issue, name), data)
    issue.refresh_from_db()
    return response


def make(issue, *states):
    """Give the deliveries of the issue these states, in order; the others stay queued."""
    for delivery, state in zip(issue.deliveries.order_by("pk"), states, strict=False):
        claim = uuid.uuid4() if state == "uncertain" else None
        Delivery.objects.filter(pk=delivery.pk).update(state=state, claim=claim)


def states(issue):
    return sorted(issue.deliveries.values_list("state", flat=True))


def logged():
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_the_page_of_a_frozen_issue_shows_how_far_it_got(editor, issue):
    make(issue, "sent", "sent", "rejected", "uncertain", "skipped")

    html = editor.get(page_of(issue)).content.decode()

    assert (
        '<progress value="5" max="6" aria-label="Deliveries that are done">83 %</progress>' in html
    )
    for words, number in [
        ("Sent", 2), ("Waiting", 1), ("Rejected", 1), ("Uncertain", 1), ("Skipped", 1), ("Of", 6)
    ]:  # fmt: skip
        assert f"<dt>{words}</dt><dd>{number}</dd>" in html


def test_progress_is_asked_for_only_while_it_is_sent(editor, publisher, issue):
    address = f'hx-get="{page_of(issue, "progress")}?was=sending" hx-trigger="every 2s"'

    assert address in editor.get(page_of(issue)).content.decode()
    press(publisher, issue, "pause")
    assert "hx-get" not in editor.get(page_of(issue)).content.decode()


def test_htmx_gets_the_numbers_alone_and_the_whole_page_once_the_state_is_another(editor, issue):
    address = page_of(issue, "progress", was="sending")

    part = editor.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div class="admin-bar">')
    assert "HX-Refresh" not in part
    Issue.objects.update(state="sent")
    assert editor.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_browser_without_htmx_gets_the_page(editor, issue):
    assert editor.get(page_of(issue, "progress"))["Location"] == page_of(issue)


@pytest.mark.parametrize("rows", [1, 3])
def test_progress_takes_the_same_queries_whatever_is_sent(
    editor, issue, django_assert_num_queries, rows
):
    make(issue, *["sent"] * rows)

    with django_assert_num_queries(10):
        editor.get(page_of(issue, "progress", was="sending"), headers={"HX-Request": "true"})


def test_a_publisher_pauses_and_resumes(publisher, issue):
    assert messages_of(press(publisher, issue, "pause")) == ["Paused."]
    assert issue.state == "paused"
    assert messages_of(press(publisher, issue, "resume"))[-1] == "Going on."
    assert issue.state == "sending"
    assert logged() == ["Paused.", "Going on."]


@pytest.mark.parametrize(
    "name, words", [("pause", "Paused."), ("resume", None), ("unschedule", None), ("retry", None)]
)
def test_a_button_pressed_twice_or_too_late_changes_nothing_more(publisher, issue, name, words):
    for _ in range(2):
        response = press(publisher, issue, name)

    assert "Nothing was changed" in messages_of(response)[-1]
    assert logged() == ([words] if words else [])


def test_a_publisher_takes_the_time_back(publisher):
    issue = make_issue(state="scheduled", scheduled_for=timezone.now() + timedelta(days=1))

    press(publisher, issue, "unschedule")

    assert (issue.state, issue.scheduled_for) == ("draft", None)
    assert logged() == ["A draft again."]


def test_cancelling_asks_first_and_skips_what_waits(publisher, issue):
    make(issue, "sent")
    assert "1 of 6 were sent; the 5 that wait would get nothing." in publisher.get(
        page_of(issue, "cancel")
    ).content.decode().replace("\n", " ")

    for _ in range(2):
        press(publisher, issue, "cancel")

    assert issue.state == "cancelled"
    assert states(issue) == ["sent", *["skipped"] * 5]
    assert logged() == ["Cancelled."]


def test_the_rejected_are_tried_again(publisher, issue):
    make(issue, "rejected", "rejected", *["sent"] * 4)
    Issue.objects.update(state="sent")
    assert "Try the 2 rejected again" in publisher.get(page_of(issue)).content.decode()

    press(publisher, issue, "retry")

    assert issue.state == "sending"
    assert states(issue) == ["queued"] * 2 + ["sent"] * 4
    assert logged() == ["Queued again: 2 rejected."]


# What nobody can know


def test_the_uncertain_are_listed_by_name(publisher, issue):
    make(issue, "uncertain", "sent")

    html = publisher.get(page_of(issue, "uncertain")).content.decode()

    (delivery,) = issue.deliveries.filter(state="uncertain")
    assert delivery.subscriber.email in html
    assert html.count('name="delivery"') == 1


@pytest.mark.parametrize(
    "choice, state, words",
    [("sent", "sent", "1 settled as sent."), ("again", "queued", "1 settled as not sent, and queued again.")],
)  # fmt: skip
def test_staff_settle_an_uncertain_delivery(publisher, issue, choice, state, words):
    make(issue, "uncertain", "uncertain", *["sent"] * 4)
    delivery = issue.deliveries.filter(state="uncertain").first()

    press(publisher, issue, "uncertain", delivery=str(delivery.pk), **{"as": choice})

    delivery.refresh_from_db()
    assert delivery.state == state
    assert states(issue).count("uncertain") == 1
    assert logged() == [words]


def test_only_the_uncertain_of_this_issue_are_settled(publisher, issue):
    make(issue, "sent")
    other = Delivery.objects.create(
        issue=make_issue(), subscriber=make_subscriber(), state="uncertain", claim=uuid.uuid4()
    )
    sent = issue.deliveries.get(state="sent")

    response = press(
        publisher, issue, "uncertain", delivery=[str(other.pk), str(sent.pk)], **{"as": "again"}
    )

    other.refresh_from_db()
    sent.refresh_from_db()
    assert (other.state, sent.state) == ("uncertain", "sent")
    assert messages_of(response) == ["Nothing was changed: none of the chosen is uncertain."]
    assert logged() == []


@pytest.mark.parametrize(
    "data", [{"delivery": "7", "as": "sent"}, {"delivery": "\0", "as": "sent"}, {"as": "x"}, {}]
)
def test_an_answer_that_is_none_settles_nothing(publisher, issue, data):
    make(issue, "uncertain")

    assert press(publisher, issue, "uncertain", **data).status_code == 400
    assert states(issue).count("uncertain") == 1


def test_settling_nothing_says_so(publisher, issue):
    response = press(publisher, issue, "uncertain", **{"as": "sent"})

    assert "Nothing was changed" in messages_of(response)[0]


# The sending gate


def test_the_page_of_an_issue_says_why_nothing_is_sent(editor, publisher, issue):
    sending_gate.trip("The mail server refused our login.")

    for client in [editor, publisher]:
        html = client.get(page_of(issue)).content.decode()
        assert "Nothing is mailed: The mail server refused our login." in html


def test_a_publisher_says_go_after_a_halt(publisher):
    sending_gate.get_gate()
    sending_gate.trip("The mail server refused our login.")
    assert "Go: send again" in publisher.get(OFFICE).content.decode()

    response = publisher.post(GO)

    assert sending_gate.is_open()
    assert messages_of(response) == ["Sending goes on."]
    assert logged() == ["Said go. Nothing is mailed: The mail server refused our login."]


def test_a_publisher_says_go_for_a_restored_database(publisher):
    SendingGate.objects.filter(pk=sending_gate.get_gate().pk).update(identity="another")
    assert "Was it restored?" in publisher.get(OFFICE).content.decode()

    publisher.post(GO)

    assert sending_gate.is_open()


def test_a_mail_server_that_is_gone_needs_nobody(publisher):
    sending_gate.get_gate()
    sending_gate.pause("connection refused")

    html = publisher.get(OFFICE).content.decode()

    assert "The mail server is gone. Sending goes on by itself." in html
    assert "Go: send again" not in html
    assert messages_of(publisher.post(GO))[0].startswith("Nothing was changed")


def test_saying_go_to_an_open_post_office_changes_nothing(publisher):
    assert "Open: what is due is sent." in publisher.get(OFFICE).content.decode()
    assert messages_of(publisher.post(GO))[0].startswith("Nothing was changed")
    assert logged() == []


def test_the_post_office_is_for_who_may_send(editor):
    assert editor.get(OFFICE).status_code == 403
    assert editor.post(GO).status_code == 403
    assert sign_in(make_staff("Publisher")).get(GO).status_code == 405


@pytest.mark.parametrize(
    "seconds, words",
    [
        (None, ""), (0, "about 1 second"), (45, "about 45 seconds"), (120, "about 2 minutes"),
        (7200, "about 2 hours"),
    ],
)  # fmt: skip
def test_the_time_left_is_told_in_words(seconds, words):
    assert in_words(seconds) == words
