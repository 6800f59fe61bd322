"""Save and preview in the admin, and the preview of a text that is being typed."""

import pytest
from django.urls import reverse

from reviews.models import Review
from tests.admin_client import make_staff, messages_of, page_fields, page_of, send, sign_in
from tests.factories import make_reviewer, make_tool
from tools.models import Tool

pytestmark = pytest.mark.django_db

TEXT_PREVIEW = "/admin/reviews/review/text-preview/"


@pytest.fixture
def bo():
    """The client of a reviewer who enters blind."""
    user = make_staff("Reviewer")
    make_reviewer("Bo", user=user)
    return sign_in(user)


def preview_of(tool, name="tool_preview"):
    return reverse(name, args=[tool.pk])


def test_save_and_preview_saves_the_tool_and_its_drafts_first(editor):
    make_reviewer("Bo")
    tool = make_tool(published=False)

    response = send(editor, tool, "_preview", name="Bolt", bo__score=64, bo__body="Fast.")

    assert response.url == preview_of(tool)
    assert Tool.objects.get().name == "Bolt"
    assert Review.objects.get().body == "Fast."


def test_a_refused_save_shows_the_form_and_no_preview(editor):
    tool = make_tool()

    response = send(editor, tool, "_preview", name="")

    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {"name": ["This field is required."]}


def test_a_new_tool_leads_to_its_scorecard_and_says_what_is_next(editor):
    category = make_tool().category
    fields = {"name": "Ada", "slug": "ada", "category": category.pk, "status": "active"}

    saved = editor.post(reverse("admin:tools_tool_add"), fields | {"_save": "1"})
    previewed = editor.post(
        reverse("admin:tools_tool_add"), fields | {"slug": "bea", "_preview": "1"}
    )
    another = editor.post(
        reverse("admin:tools_tool_add"), fields | {"slug": "cleo", "_addanother": "1"}
    )

    assert saved.url == f"{page_of(Tool.objects.get(slug='ada'))}#scorecard"
    assert messages_of(saved) == [
        "Ada was added as a draft. Next: fill in its scorecard and facts, then publish it."
    ]
    assert previewed.url == preview_of(Tool.objects.get(slug="bea"))
    assert another.url == reverse("admin:tools_tool_add")


def test_a_reviewer_saves_and_previews_their_own_review(bo):
    tool = make_tool()
    url = reverse("admin:reviews_review_write", args=[tool.pk])
    line = bo.get(url).context["line"]
    fields = {
        line.form.add_prefix("body"): "It **broke**.",
        line.form["version_token"].html_name: line.form["version_token"].value(),
    }

    response = bo.post(url, fields | {"_preview": "Save and preview"})

    assert response.url == preview_of(tool, "own_review_preview")
    assert "It <strong>broke</strong>." in bo.get(response.url).text


def test_the_text_of_the_named_field_is_shown_as_readers_see_it_and_not_saved(editor):
    make_reviewer("Bo")
    tool = make_tool()
    text = "It **held**. <script>alert(1)</script> [x](javascript:alert(1))"
    fields = page_fields(editor, tool) | {"review-1-body": text, "_preview": "review-1-body"}

    page = editor.post(TEXT_PREVIEW, fields).text

    assert "<p>It <strong>held</strong>. &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="javascript' not in page
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "There is no text yet."),
        ({"_preview": "nowhere"}, "There is no text yet."),
        ({"_preview": "body", "body": " \n"}, "There is no text yet."),
        ({"_preview": "body", "body": "x" * 20_000}, "x" * 20_000),
        ({"_preview": "body", "body": "x" * 20_001}, "longer than 20,000 characters"),
        ({"_preview": "body", "body": "*" * 19_999 + "a"}, "a"),
    ],
)
def test_a_text_is_bounded_before_it_is_rendered(editor, fields, text):
    response = editor.post(TEXT_PREVIEW, fields)

    assert response.status_code == 200
    assert text in response.text


def test_only_staff_who_see_reviews_have_texts_rendered(client, editor, bo):
    fields = {"_preview": "body", "body": "*a*"}

    stranger = client.post(TEXT_PREVIEW, fields)
    intern = sign_in(make_staff()).post(TEXT_PREVIEW, fields)

    assert stranger.url == f"/admin/login/?next={TEXT_PREVIEW}"
    assert intern.status_code == 403
    assert editor.get(TEXT_PREVIEW).status_code == 405
    assert "<em>a</em>" in bo.post(TEXT_PREVIEW, fields).text
