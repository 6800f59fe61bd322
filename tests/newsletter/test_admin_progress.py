"""The status of an issue: progress, actions, uncertain deliveries and the sending gate."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from newsletter.delivery import sending_gate
from newsletter.delivery.sending_status import describe_age, describe_duration
from newsletter.issues import actions
from newsletter.models import Delivery, Issue, SendingGate
from tests.admin_client import make_staff, messages_of, sign_in
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, review
from tests.web.test_stalled_jobs import make_worker

pytestmark = pytest.mark.django_db

GATE = reverse("admin:newsletter_sendinggate_changelist")
RESUME = reverse("admin:newsletter_sendinggate_resume")


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


def one_line(response):
    return " ".join(response.content.decode().split())


def logged():
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_the_page_of_a_frozen_issue_shows_its_progress(editor, issue):
    make(issue, "sent", "sent", "rejected", "uncertain", "skipped")

    html = one_line(editor.get(page_of(issue)))

    assert '<progress value="5" max="6" aria-label="Finished deliveries"> 83 % </progress>' in html
    for label, number in [
        ("Sent", 2), ("Waiting", 1), ("Rejected", 1), ("Uncertain", 1), ("Skipped", 1), ("Total", 6)
    ]:  # fmt: skip
        assert re.search(rf"<dt>{label}</dt><dd> ?{number} ?</dd>", html)


def test_progress_is_polled_only_while_sending(editor, publisher, issue):
    address = f'hx-get="{page_of(issue, "progress")}?state=sending" hx-trigger="every 2s"'

    assert address in one_line(editor.get(page_of(issue)))
    press(publisher, issue, "pause")
    assert "hx-get" not in editor.get(page_of(issue)).content.decode()


def test_htmx_gets_the_counts_alone_and_a_refresh_when_the_state_has_changed(editor, issue):
    address = page_of(issue, "progress", state="sending")

    part = editor.get(address, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div class="admin-bar">')
    assert "HX-Refresh" not in part
    Issue.objects.update(state="sent")
    assert editor.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_a_browser_without_htmx_gets_the_page(editor, issue):
    assert editor.get(page_of(issue, "progress"))["Location"] == page_of(issue)


@pytest.mark.parametrize("rows", [1, 3])
def test_progress_costs_a_constant_number_of_queries(
    editor, issue, django_assert_num_queries, rows
):
    make(issue, *["sent"] * rows)

    with django_assert_num_queries(12):
        editor.get(page_of(issue, "progress", state="sending"), headers={"HX-Request": "true"})


def test_a_publisher_pauses_and_resumes(publisher, issue):
    assert messages_of(press(publisher, issue, "pause")) == ["Sending paused."]
    assert issue.state == "paused"
    assert messages_of(press(publisher, issue, "resume"))[-1] == "Sending resumed."
    assert issue.state == "sending"
    assert logged() == ["Sending paused.", "Sending resumed."]


@pytest.mark.parametrize(
    "name, message",
    [("pause", "Sending paused."), ("resume", None), ("unschedule", None), ("retry", None)],
)
def test_repeated_and_late_actions_change_nothing_more(publisher, issue, name, message):
    for _ in range(2):
        response = press(publisher, issue, name)

    assert "Nothing was changed" in messages_of(response)[-1]
    assert logged() == ([message] if message else [])


def test_a_publisher_cancels_the_schedule(publisher):
    issue = make_issue(state="scheduled", scheduled_for=timezone.now() + timedelta(days=1))

    press(publisher, issue, "unschedule")

    assert (issue.state, issue.scheduled_for) == ("draft", None)
    assert logged() == ["Back to draft."]


def test_cancelling_asks_first_and_skips_waiting_deliveries(publisher, issue):
    make(issue, "sent")
    page = one_line(publisher.get(page_of(issue, "cancel")))
    assert "1 of 6 emails were sent. The 5 emails still waiting will not be sent." in page

    for _ in range(2):
        press(publisher, issue, "cancel")

    assert issue.state == "cancelled"
    assert states(issue) == ["sent", *["skipped"] * 5]
    assert logged() == ["Issue cancelled."]


def test_rejected_deliveries_are_retried(publisher, issue):
    make(issue, "rejected", "rejected", *["sent"] * 4)
    Issue.objects.update(state="sent")
    assert "Retry 2 rejected deliveries" in publisher.get(page_of(issue)).content.decode()

    press(publisher, issue, "retry")

    assert issue.state == "sending"
    assert states(issue) == ["queued"] * 2 + ["sent"] * 4
    assert logged() == ["2 rejected deliveries were queued again."]


# Uncertain deliveries


def test_uncertain_deliveries_are_listed_by_address(publisher, issue):
    make(issue, "uncertain", "sent")

    html = publisher.get(page_of(issue, "uncertain")).content.decode()

    (delivery,) = issue.deliveries.filter(state="uncertain")
    assert delivery.subscriber.email in html
    assert html.count('name="delivery"') == 1


@pytest.mark.parametrize(
    "choice, state, message",
    [("sent", "sent", "1 delivery was marked as sent."), ("again", "queued", "1 delivery was queued again.")],
)  # fmt: skip
def test_staff_resolve_an_uncertain_delivery(publisher, issue, choice, state, message):
    make(issue, "uncertain", "uncertain", *["sent"] * 4)
    delivery = issue.deliveries.filter(state="uncertain").first()

    press(publisher, issue, "uncertain", delivery=str(delivery.pk), **{"as": choice})

    delivery.refresh_from_db()
    assert delivery.state == state
    assert states(issue).count("uncertain") == 1
    assert logged() == [message]


def test_only_uncertain_deliveries_of_this_issue_are_resolved(publisher, issue):
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
    assert messages_of(response) == [
        "Nothing was changed: none of the chosen deliveries is uncertain."
    ]
    assert logged() == []


@pytest.mark.parametrize(
    "data", [{"delivery": "7", "as": "sent"}, {"delivery": "\0", "as": "sent"}, {"as": "x"}, {}]
)
def test_an_invalid_answer_resolves_nothing(publisher, issue, data):
    make(issue, "uncertain")

    assert press(publisher, issue, "uncertain", **data).status_code == 400
    assert states(issue).count("uncertain") == 1


def test_resolving_without_a_selection_changes_nothing(publisher, issue):
    response = press(publisher, issue, "uncertain", **{"as": "sent"})

    assert "Nothing was changed" in messages_of(response)[0]


# What keeps it from being sent


def test_the_page_says_that_no_worker_reports(editor, issue):
    make_worker(silent_seconds=40)

    html = one_line(editor.get(page_of(issue)))

    assert "No worker has reported for 40 s, so nothing is sent. Ask an operator" in html
    assert "<dt>Time left</dt><dd>—</dd>" in html


def test_the_page_says_that_no_worker_has_ever_run(editor, issue):
    assert "No worker has ever run, so nothing is sent." in one_line(editor.get(page_of(issue)))


def test_a_worker_that_reports_is_not_missed(editor, issue):
    make_worker(silent_seconds=5)

    assert "No worker" not in editor.get(page_of(issue)).content.decode()


def test_a_worker_is_missed_only_while_an_issue_is_sent(editor, issue):
    Issue.objects.update(state="paused")

    assert "No worker" not in editor.get(page_of(issue)).content.decode()


@pytest.mark.parametrize(
    "seconds, text", [(40, "40 s"), (119, "119 s"), (720, "12 min"), (90000, "25 h")]
)
def test_an_age_is_described_in_one_unit(seconds, text):
    assert describe_age(seconds) == text


def test_a_refusal_is_shown_and_its_text_only_to_those_who_see_deliveries(editor, publisher, issue):
    refused = issue.deliveries.filter(pk=issue.deliveries.first().pk)
    refused.update(state="rejected", code=550, reply="<bea@example.org>: unknown")

    for client, shown in [(editor, False), (publisher, True)]:
        html = one_line(client.get(page_of(issue)))
        assert "Last refusal of the mail server: 550" in html
        assert ("bea@example.org" in html) == shown


def test_the_reason_of_a_pause_names_no_subscriber(editor, issue):
    sending_gate.pause("421 <bea@example.org>: try later")

    html = editor.get(page_of(issue)).content.decode()

    assert "The mail server is unavailable (421 &lt;…&gt;: try later)." in html


def test_a_mail_server_that_answers_ends_the_reason_of_the_pause(issue):
    sending_gate.pause("connection refused")
    sending_gate.reset_failures()

    assert SendingGate.objects.get().pause_reason == ""


def test_the_bar_of_a_cancelled_issue_shows_what_was_skipped(publisher, issue):
    make(issue, "sent", "sent")
    press(publisher, issue, "cancel")

    html = one_line(publisher.get(page_of(issue)))

    assert '<progress value="2" max="6" aria-label="Emails sent before it was cancelled">' in html
    assert "2 of 6 sent, 4 skipped (66 %)" in html


# The sending gate


def test_the_page_of_an_issue_says_why_sending_is_stopped(editor, publisher, issue):
    sending_gate.trip("The mail server refused our login.")

    for client in [editor, publisher]:
        html = client.get(page_of(issue)).content.decode()
        assert "Sending is stopped. The mail server refused our login." in html


def test_a_publisher_resumes_sending_after_a_trip(publisher):
    sending_gate.get_gate()
    sending_gate.trip("The mail server refused our login.")
    assert 'value="Resume sending"' in publisher.get(GATE).content.decode()

    response = publisher.post(RESUME)

    assert sending_gate.is_open()
    assert messages_of(response) == ["Sending re-enabled."]
    assert logged() == [
        "Sending re-enabled. Before: Sending is stopped. The mail server refused our login."
    ]


def test_a_publisher_resumes_sending_from_a_restored_copy(publisher):
    SendingGate.objects.filter(pk=sending_gate.get_gate().pk).update(identity="another")
    assert "may be a restored copy" in publisher.get(GATE).content.decode()

    publisher.post(RESUME)

    assert sending_gate.is_open()


def test_a_pause_needs_nobody_to_resume_sending(publisher):
    sending_gate.get_gate()
    sending_gate.pause("connection refused")

    html = publisher.get(GATE).content.decode()

    until = f"{SendingGate.objects.get().paused_until:%H:%M:%S} UTC"
    assert (
        "The mail server is unavailable (connection refused). "
        f"Sending resumes automatically at {until}." in html
    )
    assert "Resume sending" not in html
    assert messages_of(publisher.post(RESUME))[0].startswith("Nothing was changed")


def test_resuming_an_open_gate_changes_nothing(publisher):
    assert "The sending gate is open" in publisher.get(GATE).content.decode()
    assert messages_of(publisher.post(RESUME))[0].startswith("Nothing was changed")
    assert logged() == []


def test_only_staff_who_may_send_see_the_sending_gate(editor):
    assert editor.get(GATE).status_code == 403
    assert editor.post(RESUME).status_code == 403
    assert sign_in(make_staff("Publisher")).get(RESUME).status_code == 405


@pytest.mark.parametrize(
    "seconds, text",
    [
        (None, ""), (0, "about 1 second"), (45, "about 45 seconds"), (120, "about 2 minutes"),
        (7200, "about 2 hours"),
    ],
)  # fmt: skip
def test_a_duration_is_described_in_whole_units(seconds, text):
    assert describe_duration(seconds) == text
