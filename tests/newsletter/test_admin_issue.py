"""The page of an issue: what staff write, see, and let go."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import RateLimit
from newsletter.delivery.test_email import NO_SUBSCRIBER_KEY
from newsletter.digest.sections import PARTS
from newsletter.models import Delivery, Issue
from newsletter.subscribers.links import subscriber_token
from tests.admin_client import make_staff, messages_of, sign_in
from tests.factories import make_category, make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, review
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db

LIST = reverse("admin:newsletter_issue_changelist")


@pytest.fixture(autouse=True)
def site(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


@pytest.fixture
def publisher():
    return sign_in(make_staff("Publisher", username="pia", email="pia@example.org"))


@pytest.fixture
def editor():
    return sign_in(make_staff("Editor", email="ed@example.org"))


@pytest.fixture
def ada():
    tool = old_tool("Ada", category=make_category(name="Editors", slug="editors"))
    review(tool, (make_reviewer("Bo"), 80, "ship"), at=on(2))
    return tool


@pytest.fixture
def issue(ada):
    return make_issue(
        since=SINCE, until=UNTIL, subject="Ada: Ship", preheader="One verdict.", parts=["new"]
    )


def page_of(issue, name="change", **query):
    return reverse(f"admin:newsletter_issue_{name}", args=[issue.pk], query=query or None)


def written(client, issue, **changes):
    """The fields of the page as `client` sees them, some changed, ready to be sent."""
    form = client.get(page_of(issue)).context["adminform"].form
    places = {part: str(place) for place, part in enumerate(issue.parts, 1)}
    fields = {
        name: form[name].value() for name in ["subject", "preheader", "intro", "version_token"]
    }
    fields |= {f"parts-{part}": places.get(part, "") for part in PARTS}
    return fields | {name.replace("parts_", "parts-"): value for name, value in changes.items()}


def state_of(issue):
    issue.refresh_from_db()
    return issue.state


def logged():
    return [(entry.user.username, entry.get_change_message()) for entry in LogEntry.objects.all()]


def one_line(response):
    return " ".join(response.content.decode().split())


def go(client, issue, **answer):
    """Press the button of the page that checks an issue."""
    form = client.get(page_of(issue, "send")).context["form"]
    return client.post(
        page_of(issue, "send"),
        {"when": "now", "version_token": form["version_token"].value()} | answer,
    )


# The list


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_whatever_is_on_it(editor, django_assert_num_queries, rows):
    for _ in range(rows):
        make_issue(hold_reason="Nothing to say.")

    with django_assert_num_queries(8):
        html = editor.get(LIST).content.decode()

    assert html.count("Nothing to say.") == rows


def test_an_editor_drafts_an_issue_before_it_is_due(editor, ada):
    response = editor.post(reverse("admin:newsletter_issue_draft_now"), {"cadence": "weekly"})

    issue = Issue.objects.get()
    assert response["Location"] == page_of(issue)
    assert issue.cadence == "weekly"


@pytest.mark.parametrize("data, code", [({}, 400), ({"cadence": "daily"}, 400)])
def test_no_other_issue_is_drafted(editor, data, code):
    assert editor.post(reverse("admin:newsletter_issue_draft_now"), data).status_code == code
    assert Issue.objects.count() == 0


# Rights


def test_staff_without_permission_see_no_issues(issue):
    client = sign_in(make_staff())
    names = ["change", "preview", "preview_mail", "send", "progress", "cancel", "uncertain"]

    assert {client.get(page_of(issue, name)).status_code for name in names} == {403}
    assert client.get(LIST).status_code == 403


SENDING = ["cancel", "retry", "uncertain", "pause", "resume", "unschedule", "send"]


@pytest.mark.parametrize("name", SENDING)
def test_an_editor_cannot_send_pause_or_cancel(editor, issue, name):
    assert editor.post(page_of(issue, name), {"when": "now"}).status_code == 403
    assert state_of(issue) == "draft"


@pytest.mark.parametrize("name", ["test", "retry", "pause", "resume", "unschedule"])
def test_get_changes_nothing(publisher, issue, name):
    assert publisher.get(page_of(issue, name)).status_code == 405


@pytest.mark.parametrize("name", ["cancel", "send", "uncertain", "preview"])
def test_opening_a_page_changes_nothing(publisher, issue, name):
    assert publisher.get(page_of(issue, name)).status_code == 200
    assert state_of(issue) == "draft"
    assert logged() == []


@pytest.mark.parametrize("name", ["preview", "send", "cancel", "uncertain", "progress"])
def test_a_missing_issue_answers_404(publisher, name):
    for number in [12345, 10**30]:
        address = reverse(f"admin:newsletter_issue_{name}", args=[number])
        assert publisher.get(address).status_code == 404


def test_nobody_adds_or_deletes_an_issue(publisher, issue):
    assert publisher.get(reverse("admin:newsletter_issue_add")).status_code == 403
    assert publisher.post(page_of(issue, "delete"), {"post": "yes"}).status_code == 403


# Writing


def test_an_editor_writes_subject_preheader_and_introduction(editor, issue):
    fields = written(editor, issue, subject="New", preheader="In short", intro="**Hello**")

    response = editor.post(page_of(issue), fields)

    issue.refresh_from_db()
    assert response["Location"] == page_of(issue)
    assert (issue.subject, issue.preheader, issue.intro) == ("New", "In short", "**Hello**")
    assert len(logged()) == 1


def test_save_and_preview_saves_the_issue_first(editor, issue):
    fields = written(editor, issue, subject="Ada ships")

    response = editor.post(page_of(issue), fields | {"_preview": "Save and preview"})

    assert response.url == page_of(issue, "preview")
    assert 'name="_preview"' in editor.get(page_of(issue)).text
    assert Issue.objects.get().subject == "Ada ships"


def test_parts_are_ordered_by_their_places(editor, issue):
    fields = written(editor, issue, parts_gap="1", parts_new="3", parts_changed="2", parts_other="")

    editor.post(page_of(issue), fields)

    issue.refresh_from_db()
    assert issue.parts == ["gap", "changed", "new"]


def test_parts_with_the_same_place_keep_the_order_of_the_page(editor, issue):
    Issue.objects.update(parts=["gap", "new", "changed"])
    issue.refresh_from_db()
    page = editor.get(page_of(issue)).content.decode()
    shown = re.findall(r'name="parts-(\w+)"', page)
    fields = written(editor, issue)
    fields |= {f"parts-{part}": fields.pop(f"parts-{part}") for part in shown}

    editor.post(
        page_of(issue), fields | {f"parts-{part}": "1" for part in ["gap", "new", "changed"]}
    )

    issue.refresh_from_db()
    assert shown[:3] == ["gap", "new", "changed"]
    assert issue.parts == ["gap", "new", "changed"]


@pytest.mark.parametrize(
    "changes", [{"parts_new": ""}, {"parts_new": "99"}, {"parts_new": "x"}, {"subject": ""}]
)
def test_invalid_input_is_not_saved(editor, issue, changes):
    response = editor.post(page_of(issue), written(editor, issue, **changes))

    issue.refresh_from_db()
    assert response.status_code == 200
    assert "Please correct" in response.content.decode()
    assert (issue.subject, issue.parts) == ("Ada: Ship", ["new"])


def test_a_page_without_the_parts_leaves_none_out(editor, issue):
    fields = {k: v for k, v in written(editor, issue).items() if not k.startswith("parts")}

    assert editor.post(page_of(issue), fields).status_code == 200
    issue.refresh_from_db()
    assert issue.parts == ["new"]


def test_a_concurrent_edit_is_not_overwritten(editor, publisher, issue):
    mine = written(editor, issue, subject="Mine")
    publisher.post(page_of(issue), written(publisher, issue, subject="Theirs"))

    refused = editor.post(page_of(issue), mine)

    issue.refresh_from_db()
    assert issue.subject == "Theirs"
    assert "This issue changed after you opened this page" in refused.content.decode()
    again = mine | {"version_token": refused.context["adminform"].form["version_token"].value()}
    editor.post(page_of(issue), again)
    issue.refresh_from_db()
    assert issue.subject == "Mine"


def test_a_page_that_was_not_changed_does_not_undo_somebody_elses_change(editor, publisher, issue):
    mine = written(editor, issue)
    publisher.post(page_of(issue), written(publisher, issue, subject="Theirs"))

    response = editor.post(page_of(issue), mine)

    issue.refresh_from_db()
    assert response.status_code == 302
    assert issue.subject == "Theirs"


def test_the_page_counts_the_items_of_each_part(editor, issue):
    html = editor.get(page_of(issue)).content.decode()

    assert re.search(r"New verdicts\s*<small>1</small>", html)
    assert re.search(r"Changed verdicts\s*<small>empty</small>", html)


@pytest.mark.parametrize("state", ["sending", "paused", "sent", "cancelled"])
def test_after_freezing_nothing_can_be_edited(publisher, issue, state):
    fields = written(publisher, issue, subject="Late")
    Issue.objects.filter(pk=issue.pk).update(
        state=state, number=1, content={}, content_hash="0" * 64, published_at=timezone.now()
    )

    assert publisher.post(page_of(issue), fields).status_code == 403
    issue.refresh_from_db()
    assert issue.subject == "Ada: Ship"


def test_a_scheduled_issue_is_changed_only_by_publishers(editor, publisher, issue):
    fields = written(editor, issue, subject="Other")
    Issue.objects.filter(pk=issue.pk).update(
        state="scheduled", scheduled_for=timezone.now() + timedelta(days=1)
    )

    assert editor.post(page_of(issue), fields).status_code == 403
    assert editor.get(page_of(issue)).status_code == 200
    assert publisher.post(page_of(issue), fields).status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, issue.state) == ("Other", "scheduled")


def test_saving_keeps_the_state_that_a_worker_has_set(publisher, issue):
    fields = written(publisher, issue, subject="Other")
    Issue.objects.filter(pk=issue.pk).update(hold_reason="Too late.")

    publisher.post(page_of(issue), fields)

    issue.refresh_from_db()
    assert (issue.subject, issue.hold_reason) == ("Other", "Too late.")


def test_the_page_says_why_an_issue_is_on_hold(editor, issue):
    Issue.objects.update(hold_reason="It was to go out at noon, more than 6 hours ago.")

    assert "more than 6 hours ago." in editor.get(page_of(issue)).content.decode()


# Preview


def test_a_preview_shows_the_unfiltered_version(editor, issue):
    html = editor.get(page_of(issue, "preview_mail")).content.decode()

    assert "Ada" in html
    assert subscriber_token(NO_SUBSCRIBER_KEY) in html


def test_a_subscriber_is_found_by_address_and_the_url_does_not_contain_it(publisher, issue):
    subscriber = make_subscriber(email="Bea@example.org")

    response = publisher.post(page_of(issue, "preview"), {"address": " bea@example.org "})

    assert response["Location"] == page_of(issue, "preview", subscriber=subscriber.pk)
    page = publisher.get(response["Location"])
    assert "Bea@example.org" in page.content.decode()
    assert " is active. Preferences: every week, all categories." in page.content.decode()


@pytest.mark.parametrize("typed", ["nobody@example.org", "", "\0", "x" * 5000])
def test_an_unknown_address_shows_the_unfiltered_version(publisher, issue, typed):
    response = publisher.post(page_of(issue, "preview"), {"address": typed})

    assert response.status_code in {302, 400}
    if response.status_code == 302:
        assert response["Location"] == page_of(issue, "preview")


@pytest.mark.parametrize("pk", ["abc", "99999999999999999999", "-1", "7"])
def test_an_unknown_subscriber_id_shows_the_unfiltered_version(publisher, issue, pk):
    for name in ["preview", "preview_mail"]:
        assert publisher.get(page_of(issue, name, subscriber=pk)).status_code == 200


def test_a_preview_follows_the_subscribers_preferences(publisher, issue):
    other = make_category(name="Other", slug="other")
    wants_other = make_subscriber(categories=[other])
    wants_all = make_subscriber()

    nothing = publisher.get(page_of(issue, "preview", subscriber=wants_other.pk)).content.decode()
    mail_to_all = publisher.get(page_of(issue, "preview_mail", subscriber=wants_all.pk))

    assert "they will not get this email" in nothing
    assert "Ada" in mail_to_all.content.decode()


def test_a_preview_contains_no_working_personal_link(publisher, issue):
    subscriber = make_subscriber()
    pages = [
        page_of(issue, "preview_mail", subscriber=subscriber.pk),
        page_of(issue, "preview", subscriber=subscriber.pk, part="text"),
    ]

    for page in pages:
        html = publisher.get(page).content.decode()
        assert subscriber_token(subscriber.key) not in html
        assert subscriber_token(NO_SUBSCRIBER_KEY) in html


def test_without_the_right_to_view_subscribers_nobody_is_previewed(editor, issue):
    subscriber = make_subscriber(email="bea@example.org")
    pages = [page_of(issue, name, subscriber=subscriber.pk) for name in ["preview", "preview_mail"]]

    answers = [editor.get(page) for page in pages]
    answers.append(editor.post(page_of(issue, "preview"), {"address": "bea@example.org"}))
    answers.append(editor.post(page_of(issue, "preview"), {"address": "nobody@example.org"}))

    assert [answer.status_code for answer in answers] == [403] * 4
    assert 'name="address"' not in editor.get(page_of(issue, "preview")).content.decode()


def test_a_preview_is_for_somebody_who_does_not_exist(editor, issue):
    html = one_line(editor.get(page_of(issue, "preview", profile="category")))

    assert (
        "Shown for a made-up subscriber: Follows only Editors (every week). Personal links" in html
    )
    assert "Follows all tools (every week)" in html
    assert "Has a bookmark of 1 tool (every week)" in html


def test_a_profile_gets_only_what_it_follows(editor, issue):
    bea = old_tool("Bea", category=make_category(name="Agents", slug="agents"))
    review(bea, (make_reviewer("Cy"), 70, "ship"), at=on(3))

    sent = editor.get(page_of(issue, "preview_mail", profile="category")).content.decode()

    assert ">Ada<" in sent
    assert ">Bea<" not in sent


@pytest.mark.parametrize("code", ["nobody", "x" * 5000])
def test_an_unknown_profile_is_the_first(editor, issue, code):
    html = one_line(editor.get(page_of(issue, "preview", profile=code)))

    assert "Shown for a made-up subscriber: Follows all tools (every week). Personal" in html


def test_the_plain_text_part_is_shown_unchanged(editor, issue):
    html = editor.get(page_of(issue, "preview", part="text")).content.decode()

    assert '<pre class="admin-text">' in html
    assert "Ada" in html


def test_only_the_framed_email_allows_inline_style_and_nothing_else(editor, issue, settings):
    sent = editor.get(page_of(issue, "preview_mail"))

    assert sent["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert sent["X-Frame-Options"] == "SAMEORIGIN"
    page = editor.get(page_of(issue, "preview"))
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


# A test to oneself


def test_a_test_email_is_the_issue_with_a_marked_subject(editor, issue):
    response = editor.post(page_of(issue, "test"))

    (sent,) = mail.outbox
    message = message_from_bytes(sent.message().as_bytes(), policy=policy.SMTP)
    assert messages_of(response) == ["Test email sent to ed@example.org."]
    assert (message["Subject"], message["To"]) == ("[Test] Ada: Ship", "ed@example.org")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert subscriber_token(NO_SUBSCRIBER_KEY) in message["List-Unsubscribe"]
    assert "Ada" in message.get_body(["plain"]).get_content()
    assert "Ada" in message.get_body(["html"]).get_content()
    assert Delivery.objects.count() == 0
    assert state_of(issue) == "draft"
    assert [words for _, words in logged()] == ["Test email sent to ed@example.org."]


def test_test_emails_are_rate_limited(editor, issue):
    answers = [editor.post(page_of(issue, "test")) for _ in range(11)]

    assert len(mail.outbox) == 10
    assert messages_of(answers[-1])[-1] == (
        "The test was not sent: you can send 10 tests in a row and 30 an hour. Try again later."
    )
    assert RateLimit.objects.filter(name__startswith="newsletter-test:").count() == 1


def test_a_test_email_needs_an_address_and_content(issue, editor, ada):
    nobody = sign_in(make_staff("Editor"))

    assert messages_of(nobody.post(page_of(issue, "test"))) == [
        "The test was not sent: your account has no email address. Ask an operator to add one."
    ]
    unpublish_tool(tool=ada, reason="A duplicate.")
    assert messages_of(editor.post(page_of(issue, "test"))) == [
        "The test was not sent: the issue has no changes to send."
    ]
    assert mail.outbox == []


@pytest.mark.parametrize("address", ["a b@example.org", "ä@example.org", "x\r\nBcc: y@example.org"])
def test_an_invalid_staff_address_is_reported(issue, address):
    client = sign_in(make_staff("Editor", email=address))

    assert "Not a valid email address" in messages_of(client.post(page_of(issue, "test")))[0]
    assert mail.outbox == []


def test_an_unavailable_mail_server_is_reported(editor, issue, settings):
    options = {"host": "127.0.0.1", "port": 1, "timeout": 2}
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": options,
        }
    }

    response = editor.post(page_of(issue, "test"))

    assert messages_of(response) == [
        "The test was not sent. The mail server answered: [Errno 111] Connection refused"
    ]


# Letting it go


def test_the_check_shows_findings_recipients_and_figures(editor, issue):
    make_subscriber()
    make_subscriber(cadence="monthly")
    make_subscriber("pending")
    Issue.objects.update(intro="TODO [this](/gone/)", preheader="")

    response = editor.get(page_of(issue, "send"))

    shown = response.context_data
    assert shown["recipients"] == 1
    assert [str(finding) for finding in shown["errors"]] == [
        "HTML: Fix the link “this” (http://127.0.0.1:8000/gone/). The page does not exist (404)."
    ]
    assert [finding.topic for finding in shown["warnings"]] == ["Introduction"]
    assert shown["figures"]["parts"] == [("New verdicts", 1)]


def test_an_editor_checks_and_has_no_button_to_send(editor, publisher, issue):
    assert "Only a publisher can send this." in editor.get(page_of(issue, "send")).content.decode()
    assert 'name="when"' not in editor.get(page_of(issue, "send")).content.decode()
    assert 'name="when"' in publisher.get(page_of(issue, "send")).content.decode()


def test_a_publisher_sends_it_now(publisher, issue):
    subscriber = make_subscriber()

    response = go(publisher, issue)

    assert messages_of(response) == ["Sending started."]
    assert state_of(issue) == "sending"
    assert (issue.number, issue.approved_by.username) == (1, "pia")
    assert [delivery.subscriber for delivery in Delivery.objects.all()] == [subscriber]
    assert logged() == [("pia", "Sending started.")]


def test_a_repeated_request_sends_once(publisher, issue):
    make_subscriber()
    form = publisher.get(page_of(issue, "send")).context["form"]
    answer = {"when": "now", "version_token": form["version_token"].value()}

    answers = [publisher.post(page_of(issue, "send"), answer) for _ in range(2)]

    assert [response.status_code for response in answers] == [302, 302]
    assert Delivery.objects.count() == 1
    assert len(logged()) == 1


def test_a_publisher_schedules_and_reschedules_an_issue(publisher, issue):
    for hours in [24, 48]:
        at = (timezone.now() + timedelta(hours=hours)).replace(second=0, microsecond=0)
        assert go(publisher, issue, when="later", at=f"{at:%Y-%m-%dT%H:%M}").status_code == 302
        assert (state_of(issue), issue.scheduled_for) == ("scheduled", at)

    assert Delivery.objects.count() == 0
    assert len(logged()) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"when": "later"},
        {"when": "later", "at": "2026-01-01T09:00"},
        {"when": "later", "at": "soon"},
        {"when": "never"},
        {"when": ""},
        {"version_token": "0" * 16},
        {"version_token": ""},
    ],
)
def test_invalid_answers_send_nothing(publisher, issue, answer):
    response = go(publisher, issue, **answer)

    assert response.status_code == 422
    assert state_of(issue) == "draft"


def test_an_issue_that_changed_after_the_page_was_opened_is_not_sent(publisher, issue):
    form = publisher.get(page_of(issue, "send")).context["form"]
    Issue.objects.update(subject="Something else")

    answer = {"when": "now", "version_token": form["version_token"].value()}
    response = publisher.post(page_of(issue, "send"), answer)

    assert response.status_code == 422
    assert "changed after you opened this page" in response.content.decode()
    assert state_of(issue) == "draft"
    token = response.context["form"]["version_token"].value()
    assert (
        publisher.post(page_of(issue, "send"), answer | {"version_token": token}).status_code == 302
    )


def test_an_error_prevents_sending(publisher, issue):
    Issue.objects.update(intro="[this](/gone/)")
    token = publisher.get(page_of(issue, "send")).context["form"]["version_token"].value()

    response = publisher.post(
        page_of(issue, "send"), {"when": "now", "version_token": token, "anyway": "on"}
    )

    assert response.status_code == 422
    assert state_of(issue) == "draft"


def test_an_issue_without_changes_is_not_sent(publisher, issue, ada):
    unpublish_tool(tool=ada, reason="A duplicate.")

    response = go(publisher, issue)

    assert response.status_code == 422
    assert "Nothing would be sent: no item that is included changed" in response.content.decode()
    assert state_of(issue) == "draft"


def test_a_warning_needs_confirmation(publisher, issue):
    Issue.objects.update(intro="TODO")

    assert go(publisher, issue).status_code == 422
    assert state_of(issue) == "draft"
    assert go(publisher, issue, anyway="on").status_code == 302
    assert state_of(issue) == "sending"
