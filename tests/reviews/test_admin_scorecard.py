import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from reviews.models import Review
from tests.admin_client import make_staff, messages_of, page_fields, page_of, send, sign_in
from tests.factories import (
    draft_review,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.models import Fact, LedgerEntry, Tool

pytestmark = pytest.mark.django_db

COMPLETE = {"score": 81, "verdict": "ship", "basis": "hands_on", "body": "It held up."}


def line(slug, **fields):
    return {f"{slug}__{name}": value for name, value in fields.items()}


def withdraw(client, tool, reason):
    url = reverse("admin:tools_tool_withdraw", args=[tool.pk])
    return client.post(url, {"withdrawal_reason": reason})


def drafts():
    return list(Review.objects.drafts().values_list("reviewer__slug", "score", "verdict"))


def test_the_scorecard_has_a_line_per_active_reviewer_in_panel_order(editor):
    second, first = make_reviewer("Zoe", position=2), make_reviewer("Bo", position=1)
    retired = make_reviewer("Old", position=0, is_active=False)
    make_reviewer("Gone", is_active=False)
    tool = make_tool()
    publish_review(tool, retired)

    card = editor.get(page_of(tool)).context["scorecard"]

    assert [(each.reviewer, each.form is not None) for each in card.lines] == [
        (retired, False),
        (first, True),
        (second, True),
    ]


def test_input_is_saved_as_one_draft_per_reviewer(editor):
    make_reviewer("Bo"), make_reviewer("Zoe")
    tool = make_tool()

    send(editor, tool, **line("bo", score=70))
    send(editor, tool, **line("bo", verdict="skip"))

    assert drafts() == [("bo", 70, "skip")]


def test_an_emptied_line_has_no_draft(editor):
    make_reviewer("Bo")
    tool = make_tool()
    send(editor, tool, **line("bo", score=70, tested_version="2"))

    send(editor, tool, **line("bo", score=""))

    assert drafts() == []


def test_a_published_line_that_was_not_changed_makes_no_draft(editor):
    tool = make_tool()
    publish_review(tool, make_reviewer("Bo"), body="One.\n\nTwo.")
    version = Tool.objects.get().version

    send(editor, tool)

    assert drafts() == []
    assert Tool.objects.get().version == version


def test_a_draft_changed_back_to_the_published_review_is_deleted(editor):
    tool = make_tool()
    publish_review(tool, make_reviewer("Bo"), score=80)
    send(editor, tool, **line("bo", score=60))
    assert drafts() == [("bo", 60, "ship")]

    send(editor, tool, **line("bo", score=80))

    assert drafts() == []


def test_publishing_publishes_every_draft(publisher):
    make_reviewer("Bo"), make_reviewer("Zoe"), make_reviewer("Ned")
    tool = make_tool()

    response = send(
        publisher, tool, "_publish_reviews", **line("bo", **COMPLETE), **line("zoe", **COMPLETE)
    )

    assert messages_of(response) == ["Published: Bo, Zoe."]
    current = Review.objects.current().values_list("reviewer__slug", "score", "reviewed_on")
    assert sorted(current) == [(slug, 81, timezone.localdate()) for slug in ("bo", "zoe")]
    tool.panel.refresh_from_db()
    assert str(tool.panel) == "Ship"


def test_incomplete_reviews_are_not_published_and_the_input_is_saved(publisher):
    make_reviewer("Bo"), make_reviewer("Zoe")
    tool = make_tool()

    response = send(
        publisher, tool, "_publish_reviews", **line("bo", **COMPLETE), **line("zoe", score=5)
    )

    assert messages_of(response) == [
        "Not published. Zoe: verdict, basis, review text missing. What you typed was saved."
    ]
    assert list(Review.objects.published()) == []
    assert sorted(drafts()) == [("bo", 81, "ship"), ("zoe", 5, "")]
    page = publisher.get(response.url)
    assert page.context["scorecard"].lines[1].missing == ["verdict", "basis", "review text"]
    assertContains(
        page,
        '<p class="admin-missing is-refused">Still missing: verdict, basis, review text</p>',
        html=True,
    )


def test_changing_a_published_review_asks_for_the_reason_and_makes_a_revision(publisher):
    tool = make_tool()
    publish_review(tool, make_reviewer("Bo"), score=80)

    refused = send(publisher, tool, "_publish_reviews", **line("bo", score=60))
    send(publisher, tool, "_publish_reviews", **line("bo", reason="It crashed."))

    assert messages_of(refused)[0].startswith("Not published. Bo: reason for the change missing.")
    assert list(Review.objects.order_by("revision").values_list("revision", "score", "reason")) == [
        (1, 80, ""),
        (2, 60, "It crashed."),
    ]
    assert Review.objects.current().get().revision == 2


def test_an_invalid_score_is_reported_at_its_line_and_nothing_is_saved(editor):
    make_reviewer("Bo")
    tool = make_tool(name="Ada")

    response = send(editor, tool, name="Bea", ledger_reason="Said so.", **line("bo", score=101))

    form = response.context["scorecard"].lines[0].form
    assert form.errors == {"score": ["Ensure this value is less than or equal to 100."]}
    assert form["score"].value() == "101"
    assert Tool.objects.get().name == "Ada"
    assert drafts() == []


def test_a_line_saved_by_somebody_else_since_is_not_overwritten(editor):
    make_reviewer("Bo")
    tool = make_tool()
    opened = page_fields(editor, tool)
    send(editor, tool, **line("bo", score=82, verdict="ship"))

    response = send(editor, tool, fields=opened, **line("bo", score=40))

    form = response.context["scorecard"].lines[0].form
    assert list(form.non_field_errors())[1] == "The draft is now 82/100 · ship."
    assert form["score"].value() == "40"
    assert drafts() == [("bo", 82, "ship")]


def test_saving_again_after_a_conflict_keeps_the_new_input(editor):
    make_reviewer("Bo")
    tool = make_tool()
    opened = page_fields(editor, tool)
    send(editor, tool, **line("bo", score=82))
    refused = send(editor, tool, fields=opened, **line("bo", score=40))
    token = refused.context["scorecard"].lines[0].form["version_token"].value()

    send(editor, tool, fields=opened, **line("bo", score=40, version_token=token))

    assert drafts() == [("bo", 40, "")]


def test_a_draft_published_since_is_not_overwritten(publisher):
    make_reviewer("Bo")
    tool = make_tool()
    send(publisher, tool, **line("bo", **COMPLETE))
    opened = page_fields(publisher, tool)
    send(publisher, tool, "_publish_reviews")

    response = send(publisher, tool, fields=opened, **line("bo", score=12))

    errors = response.context["scorecard"].lines[0].form.non_field_errors()
    assert list(errors)[1] == "It was published as 81/100 · ship."
    assert drafts() == []


def test_saving_a_stale_page_keeps_lines_saved_by_somebody_else(editor):
    make_reviewer("Bo"), make_reviewer("Zoe")
    tool = make_tool()
    opened = page_fields(editor, tool)
    send(editor, tool, **line("bo", score=82))

    send(editor, tool, fields=opened, **line("zoe", score=40))

    assert drafts() == [("bo", 82, ""), ("zoe", 40, "")]


def test_fields_saved_by_somebody_else_since_are_not_overwritten(editor):
    tool = make_tool(published=False)
    opened = page_fields(editor, tool)
    send(editor, tool, tagline="Theirs.")

    response = send(editor, tool, fields=opened, tagline="Mine.")

    form = response.context["adminform"].form
    assert list(form.non_field_errors())[1:] == ["Tagline is now “Theirs.”."]
    assert form["tagline"].value() == "Mine."
    assert Tool.objects.get().tagline == "Theirs."


def test_unchanged_fields_do_not_undo_somebody_elses_change(editor):
    make_reviewer("Bo")
    tool = make_tool(published=False)
    opened = page_fields(editor, tool)
    send(editor, tool, tagline="Theirs.")

    send(editor, tool, fields=opened, **line("bo", score=40))

    assert Tool.objects.get().tagline == "Theirs."
    assert drafts() == [("bo", 40, "")]


def test_a_fact_saved_by_somebody_else_since_is_not_overwritten(editor):
    tool = make_tool()
    make_fact(tool, make_fact_kind(), "MIT")
    opened = page_fields(editor, tool)
    send(editor, tool, **{"facts-0-value": "GPL"})

    response = send(editor, tool, fields=opened, **{"facts-0-value": "BSD"})

    assert "The list of facts changed after you opened this page" in response.content.decode()
    assert Fact.objects.get().value == "GPL"


def test_a_fact_deleted_since_is_a_conflict(editor):
    tool = make_tool()
    make_fact(tool, make_fact_kind(), "MIT")
    opened = page_fields(editor, tool)
    Fact.objects.all().delete()

    response = send(editor, tool, fields=opened, **{"facts-0-value": "BSD"})

    assert response.status_code == 200
    assert list(Fact.objects.all()) == []


@pytest.mark.parametrize(
    "value_type, typed, value",
    [("text", "MIT", "MIT"), ("number", "128 000", 128000), ("boolean", "No", False)],
)
def test_a_value_is_parsed_by_the_type_of_its_kind(editor, value_type, typed, value):
    kind = make_fact_kind(value_type)
    tool = make_tool()
    row = {
        "kind": kind.pk,
        "value": typed,
        "source_url": "https://source.example/",
        "observed_on": "2026-11-01",
    }

    fields = {f"facts-0-{name}": value for name, value in row.items()}
    send(editor, tool, **fields, **{"facts-TOTAL_FORMS": 1})

    assert tool.facts.get().value == value


@pytest.mark.parametrize(
    "value_type, typed, error",
    [
        (
            "number",
            "many",
            "“many” is not a number. Enter digits, with a point before decimals, for “{}”: 12.5 or 128000.",
        ),
        ("boolean", "maybe", "“maybe” is neither yes nor no. Enter yes or no for “{}”."),
    ],
)
def test_a_value_of_another_type_is_reported_at_the_fact(editor, value_type, typed, error):
    kind = make_fact_kind(value_type)
    tool = make_tool()
    row = {"kind": kind.pk, "value": typed, "source_url": "https://source.example/"}

    fields = {f"facts-0-{name}": value for name, value in row.items()}
    response = send(
        editor, tool, **fields, **{"facts-0-observed_on": "2026-11-01", "facts-TOTAL_FORMS": 1}
    )

    (formset,) = response.context["inline_admin_formsets"]
    assert formset.formset.errors[0]["value"][0] == error.format(kind)


def test_a_recorded_change_of_a_published_tool_needs_a_reason(editor):
    tool = make_tool(entry="free")

    refused = send(editor, tool, entry="paid")
    send(editor, tool, entry="paid", ledger_reason="The vendor said so.")

    assert refused.context["adminform"].form.errors == {
        "ledger_reason": ["Give a reason. Readers will see a new entry."]
    }
    assert list(LedgerEntry.objects.filter(kind="entry").values_list("old", "reason")) == [
        ("free", "The vendor said so.")
    ]


def test_the_time_of_publication_cannot_be_set_by_a_field(publisher):
    tool = make_tool(published=False)

    send(publisher, tool, published_at="2020-01-01", published_at_0="2020-01-01", tagline="New.")

    assert list(Tool.objects.values_list("published_at", "tagline")) == [(None, "New.")]


def test_a_publisher_publishes_and_unpublishes_a_tool(publisher):
    tool = make_tool(published=False)

    send(publisher, tool, "_publish_tool")
    shown = list(Tool.objects.published())
    withdraw(publisher, tool, "It is a copy.")

    assert shown == [tool]
    assert list(Tool.objects.published()) == []
    assert LedgerEntry.objects.get(kind="withdrawn").reason == "It is a copy."


def test_withdrawing_asks_for_a_reason_on_a_page_that_says_what_happens(publisher):
    tool = make_tool(name="Ada")
    url = reverse("admin:tools_tool_withdraw", args=[tool.pk])

    page = publisher.get(url)
    response = withdraw(publisher, tool, " ")

    assert "The tool leaves all lists" in page.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "withdrawal_reason": ["Say why. Readers see the reason."]
    }
    assert list(Tool.objects.published()) == [tool]


def test_a_tool_that_is_not_public_is_not_withdrawn(publisher):
    tool = make_tool(published=False)

    response = withdraw(publisher, tool, "It is a copy.")

    assert response.status_code == 422
    assert list(LedgerEntry.objects.all()) == []


def test_an_editor_cannot_withdraw_a_tool(editor):
    tool = make_tool()

    assert withdraw(editor, tool, "No.").status_code == 403
    assert list(Tool.objects.published()) == [tool]


def test_a_withdrawn_tool_is_published_again_from_its_page(publisher):
    tool = make_tool()
    withdraw(publisher, tool, "It is a copy.")
    page = publisher.get(page_of(tool)).content.decode()

    send(publisher, tool, "_publish_tool")

    assert "Save and publish tool again" in page
    assert "_schedule_tool" not in page
    kinds = LedgerEntry.objects.in_order().values_list("kind", flat=True)
    assert list(kinds) == ["added", "withdrawn", "restored"]


def test_one_save_of_a_page_is_one_event_of_the_change_log(editor):
    tool, kind = make_tool(), make_fact_kind()
    row = {"kind": kind.pk, "value": "MIT", "source_url": "https://source.example/"}

    fields = {f"facts-0-{name}": value for name, value in row.items()}
    send(
        editor,
        tool,
        pricing="$5",
        **fields,
        **{"facts-0-observed_on": "2026-11-01", "facts-TOTAL_FORMS": 1},
    )

    entries = LedgerEntry.objects.exclude(kind="added")
    assert list(entries.in_order().values_list("kind", flat=True)) == []
    send(
        editor,
        tool,
        pricing="$5",
        ledger_reason="New plans.",
        **fields,
        **{"facts-0-observed_on": "2026-11-01", "facts-TOTAL_FORMS": 1},
    )
    assert list(entries.in_order().values_list("kind", "reason")) == [
        ("pricing", "New plans."),
        ("fact", "New plans."),
    ]
    assert entries.order_by().values("event").distinct().count() == 1


def test_an_incomplete_tool_is_not_published_and_the_message_says_why(publisher):
    tool = make_tool(published=False, website="")

    response = send(publisher, tool, "_publish_tool")

    assert messages_of(response) == ["Not published: website missing. What you typed was saved."]
    assert list(Tool.objects.published()) == []


def test_a_tool_can_be_scheduled_and_rescheduled_and_has_one_ledger_entry(publisher):
    tool = make_tool(published=False)
    first, second = timezone.now() + timedelta(days=2), timezone.now() + timedelta(days=1)

    for at in (first, second):
        send(publisher, tool, "_schedule_tool", publish_on=f"{at:%Y-%m-%dT%H:%M}")

    wanted = second.replace(second=0, microsecond=0)
    assert Tool.objects.get().published_at == wanted
    assert list(LedgerEntry.objects.values_list("kind", "at")) == [("added", wanted)]


def test_a_cancelled_publication_leaves_no_ledger_entry(publisher):
    tool = make_tool(published=False)
    at = timezone.now() + timedelta(days=2)
    send(publisher, tool, "_schedule_tool", publish_on=f"{at:%Y-%m-%dT%H:%M}")

    send(publisher, tool, "_cancel_publication")

    assert Tool.objects.get().published_at is None
    assert list(LedgerEntry.objects.all()) == []


@pytest.mark.parametrize("at", ["2020-01-01T10:00", "soon", ""])
def test_an_invalid_publication_time_schedules_nothing(publisher, at):
    tool = make_tool(published=False)

    response = send(publisher, tool, "_schedule_tool", publish_on=at, tagline="Typed.")

    assert response.status_code == 200
    assert response.context["adminform"].form["tagline"].value() == "Typed."
    assert Tool.objects.get().published_at is None


@pytest.mark.parametrize(
    "button",
    [
        "_publish_reviews",
        "_publish_review",
        "_publish_tool",
        "_cancel_publication",
        "_schedule_tool",
    ],
)
def test_an_editor_cannot_press_a_publishers_button(editor, button):
    make_reviewer("Bo")
    tool = make_tool(published=False)
    before = Tool.objects.get().published_at

    response = send(
        editor, tool, button, publish_on="2030-01-01T10:00", tagline="No.", **line("bo", **COMPLETE)
    )

    assert response.status_code == 403
    assert Tool.objects.get().published_at == before
    assert Tool.objects.get().tagline == "Does one thing."
    assert list(Review.objects.all()) == []
    page = editor.get(page_of(tool)).content.decode()
    assert [name for name in ("_publish", "_cancel", "_schedule") if f'name="{name}' in page] == []


def test_reviews_cannot_be_written_in_their_own_list(publisher):
    review = publish_review(make_tool(), make_reviewer())
    urls = [
        reverse("admin:reviews_review_add"),
        reverse("admin:reviews_review_change", args=[review.pk]),
        reverse("admin:reviews_review_delete", args=[review.pk]),
    ]

    answers = [publisher.post(url, {"score": 1, "post": "yes"}).status_code for url in urls]

    assert answers == [403, 403, 403]
    assert Review.objects.get().score == 80


def test_staff_without_permissions_and_strangers_do_not_see_the_page(client):
    tool = make_tool()

    assert sign_in(make_staff()).get(page_of(tool)).status_code == 403
    assert client.get(page_of(tool)).status_code == 302


def test_links_lead_to_the_preview_and_to_the_public_page(editor):
    tool, draft = make_tool(slug="ada"), make_tool(published=False)

    page, of_draft = editor.get(page_of(tool)), editor.get(page_of(draft))

    assert (page.context["preview"], page.context["public"]) == (
        reverse("tool_preview", args=[tool.pk]),
        "/tools/ada/",
    )
    assert (bool(of_draft.context["preview"]), of_draft.context["public"]) == (True, False)


def test_a_new_tool_is_a_draft_and_gets_its_scorecard_after_the_first_save(editor):
    category = make_tool().category
    fields = {"name": "Ada", "slug": "ada", "category": category.pk, "status": "active"}

    response = editor.post(reverse("admin:tools_tool_add"), fields | {"_continue": "1"})

    tool = Tool.objects.get(slug="ada")
    assert response.url == f"{page_of(tool)}#scorecard"
    assert tool.published_at is None


def test_review_text_is_escaped_in_its_field(editor):
    make_reviewer("Bo")
    tool = make_tool()
    send(editor, tool, **line("bo", body="</textarea><script>alert(1)</script>"))

    page = editor.get(page_of(tool)).content.decode()

    assert "<script>alert" not in page
    assert Review.objects.get().body == "</textarea><script>alert(1)</script>"


def test_a_draft_saved_after_the_page_was_opened_is_not_published(publisher):
    make_reviewer("Bo")
    tool = make_tool()
    opened = page_fields(publisher, tool)
    send(publisher, tool, **line("bo", **COMPLETE))

    response = send(publisher, tool, "_publish_reviews", fields=opened)

    assert messages_of(response)[-1].startswith(
        "Not published. Drafts changed after you opened this page: Bo."
    )
    assert list(Review.objects.published()) == []


def test_enter_in_a_field_saves_and_does_not_publish(publisher):
    """Browsers press the first button of a form."""
    make_reviewer("Bo")
    page = publisher.get(page_of(make_tool())).content.decode()

    buttons = re.findall(r'<(?:button|input type="submit")[^>]*name="(_\w+)"', page)

    assert buttons[0] == "_save"
    assert "_publish_review" in buttons


def test_the_page_of_a_tool_costs_the_same_with_more_reviewers(
    publisher, django_assert_num_queries
):
    tool = make_tool()
    publish_review(tool, make_reviewer())
    with CaptureQueriesContext(connection) as one:
        publisher.get(page_of(tool))

    for _ in range(3):
        publish_review(tool, make_reviewer())
    draft_review(tool, make_reviewer()).save()

    with django_assert_num_queries(len(one)):
        publisher.get(page_of(tool))
