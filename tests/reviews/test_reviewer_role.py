"""What the role Reviewer can do: write, hand in and confirm their own reviews, and nothing else."""

import pytest
from django.urls import reverse

from reviews.actions import publish_tool
from reviews.admin.step_pages import write_url
from reviews.draft_actions import hand_back
from reviews.models import Reaffirmation, Review, Reviewer
from tests.admin_client import make_staff, messages_of, page_of, sign_in
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tools.models import Tool

pytestmark = pytest.mark.django_db

OPINION = {"score": 50, "verdict": "skip", "basis": "first_look", "body": "It broke at once."}


@pytest.fixture
def user():
    return make_staff("Reviewer", username="bo")


@pytest.fixture
def bo(user):
    return make_reviewer("Bo", user=user)


@pytest.fixture
def client_of_bo(bo, user):
    return sign_in(user)


@pytest.fixture
def tool(bo):
    tool = make_tool(name="Ada")
    publish_review(tool, make_reviewer("Zoe"), score=93, body="Zoe's secret body.")
    return tool


def write(client, tool, button="_save", opened=None, **opinion):
    """Open the page of the own review, type, and press a button. `opened` is the form of a page opened earlier."""
    form = opened or opened_form(client, tool)
    fields = {form.add_prefix(name): value for name, value in opinion.items()}
    token = {form.add_prefix("version_token"): form.current_token}
    return client.post(write_url(tool), fields | token | {button: "1"})


def opened_form(client, tool):
    return client.get(write_url(tool)).context["line"].form


def step(client, review, name, **answers):
    return client.post(
        reverse(f"admin:reviews_review_{name.replace('-', '_')}", args=[review.pk]), answers
    )


def test_the_page_of_a_review_that_was_handed_in_lets_a_publisher_publish_it(
    client_of_bo, tool, bo
):
    write(client_of_bo, tool, "_hand_in", **OPINION)
    review = Review.objects.get(reviewer=bo)
    publisher = sign_in(make_staff("Publisher"))

    page = publisher.get(reverse("admin:reviews_review_change", args=[review.pk]))
    link = reverse("admin:reviews_review_publish", args=[review.pk])

    assert f'<a href="{link}">Publish</a>' in page.content.decode()
    assert [each.title for each in page.context["steps"]] == ["Publish", "Schedule", "Hand back"]


def test_the_page_of_a_review_offers_nothing_to_an_editor_that_only_publishers_do(
    client_of_bo, tool, bo
):
    write(client_of_bo, tool, "_hand_in", **OPINION)
    review = Review.objects.get(reviewer=bo)

    page = sign_in(make_staff("Editor")).get(
        reverse("admin:reviews_review_change", args=[review.pk])
    )

    assert (page.status_code, page.context["steps"]) == (200, [])


def test_a_reviewer_saves_a_draft_and_hands_it_in(client_of_bo, tool):
    saved = write(client_of_bo, tool, score=50)
    refused = write(client_of_bo, tool, "_hand_in", score=51)
    handed_in = write(client_of_bo, tool, "_hand_in", **OPINION)

    assert messages_of(saved) == ["Draft saved."]
    assert messages_of(refused)[-1] == (
        "Not handed in. Still missing: verdict, basis, review text. What you typed was saved."
    )
    assert messages_of(handed_in)[-1] == "The review of Ada is handed in. A publisher publishes it."
    draft = Review.objects.get(reviewer__slug="bo")
    assert (draft.score, draft.published_at, draft.handed_in_at is not None) == (50, None, True)


def test_what_is_handed_in_cannot_be_edited_and_what_was_typed_stays(client_of_bo, tool):
    write(client_of_bo, tool, **OPINION)
    opened = opened_form(client_of_bo, tool)
    write(client_of_bo, tool, "_hand_in", **OPINION)

    response = write(client_of_bo, tool, opened=opened, **OPINION | {"score": 99})

    form = response.context["line"].form
    assert response.status_code == 422
    assert form["score"].value() == "99"
    assert form.non_field_errors()[0].startswith("This line changed after you opened this page")
    assert response.context["line"].state_text.startswith("Draft · Handed in on")
    assert Review.objects.get(reviewer__slug="bo").score == 50


def test_the_others_are_hidden_until_the_own_review_is_handed_in(client_of_bo, tool):
    def sees():
        preview = client_of_bo.get(reverse("tool_preview", args=[tool.pk])).status_code
        return "93/100" in client_of_bo.get(page_of(tool)).content.decode(), preview

    write(client_of_bo, tool, **OPINION)
    before = sees()
    write(client_of_bo, tool, "_hand_in", **OPINION)

    assert before == (False, 403)
    assert sees() == (True, 200)


def test_handing_back_closes_the_others_again_and_is_recorded(client_of_bo, tool):
    write(client_of_bo, tool, "_hand_in", **OPINION)
    draft = Review.objects.get(reviewer__slug="bo")
    publisher = sign_in(make_staff("Publisher"))

    refused = step(publisher, draft, "hand-back", reason="")
    step(publisher, draft, "hand-back", reason="The version is missing.")
    write(client_of_bo, tool, **OPINION | {"tested_version": "2.1"})

    draft.refresh_from_db()
    assert refused.status_code == 422
    assert (draft.tested_version, draft.handed_in_at) == ("2.1", None)
    assert draft.handed_back_at is not None
    page = client_of_bo.get(write_url(tool)).content.decode()
    assert "Handed back: The version is missing." in page
    assert "93/100" not in client_of_bo.get(page_of(tool)).content.decode()


def test_a_reviewer_publishes_nothing_and_changes_no_other_row(client_of_bo, tool):
    write(client_of_bo, tool, "_hand_in", **OPINION)
    draft = Review.objects.get(reviewer__slug="bo")
    theirs = Review.objects.get(reviewer__slug="zoe")
    steps = ["publish", "schedule", "hand-back", "cancel-schedule"]

    answers = [step(client_of_bo, draft, name).status_code for name in steps]
    answers.append(step(client_of_bo, theirs, "correct", body="Mine.").status_code)
    answers += [
        client_of_bo.post(url, {"name": "X", "post": "yes"}).status_code
        for url in [
            page_of(tool),
            reverse("admin:tools_tool_add"),
            reverse("admin:tools_tool_delete", args=[tool.pk]),
            reverse("admin:tools_tool_withdraw", args=[tool.pk]),
            reverse("admin:tools_tool_import"),
            reverse("admin:tools_category_add"),
            reverse("admin:tools_fact_add"),
            reverse("admin:reviews_reviewer_change", args=[draft.reviewer_id]),
            reverse("admin:reviews_reviewer_add"),
        ]
    ]

    assert set(answers) == {403}
    assert Tool.objects.get().name == "Ada"
    assert Review.objects.published().get() == theirs


def test_reviews_of_others_do_not_exist_for_a_reviewer_who_has_not_handed_in(client_of_bo, tool):
    theirs = Review.objects.get(reviewer__slug="zoe")

    assert step(client_of_bo, theirs, "discard").status_code == 404
    assert step(client_of_bo, theirs, "correct", body="Mine.").status_code == 404


def test_a_reviewer_discards_their_draft_after_a_confirmation(client_of_bo, tool):
    write(client_of_bo, tool, **OPINION)
    draft = Review.objects.get(reviewer__slug="bo")
    url = reverse("admin:reviews_review_discard", args=[draft.pk])

    page = client_of_bo.get(url).content.decode()
    kept = Review.objects.filter(pk=draft.pk).exists()
    client_of_bo.post(url)

    assert "The draft is deleted for good." in page
    assert kept
    assert not Review.objects.filter(pk=draft.pk).exists()


def test_an_account_without_a_reviewer_sees_no_panel_and_writes_nothing(user, tool):
    Reviewer.objects.filter(slug="bo").update(user=None)
    client = sign_in(user)
    pages = [
        page_of(tool),
        reverse("admin:tools_tool_changelist"),
        reverse("admin:reviews_review_changelist"),
        reverse("admin:reviews_review_due"),
        reverse("admin:tools_ledgerentry_changelist"),
        write_url(tool),
        reverse("tool_preview", args=[tool.pk]),
    ]

    assert {client.get(page).status_code for page in pages} == {403}


def test_a_reviewer_confirms_their_own_review_and_undoes_it(client_of_bo, bo, user, tool):
    review = publish_review(tool, bo)
    due = reverse("admin:reviews_review_due")

    client_of_bo.post(due, {"review": review.pk})
    made = Reaffirmation.objects.get()
    shown = client_of_bo.get(due).content.decode()
    client_of_bo.post(due, {"undo": made.pk})

    assert (made.by, made.on_behalf) == (user, False)
    assert "Confirmed within the last hour" in shown
    assert list(Reaffirmation.objects.all()) == []


def test_without_blind_entry_a_reviewer_still_writes_and_confirms_only_their_own(
    client_of_bo, tool, settings
):
    settings.BLIND_ENTRY = False
    theirs = Review.objects.get(reviewer__slug="zoe")
    draft = draft_review(tool, make_reviewer("Ned"))
    draft.save()

    due = client_of_bo.post(reverse("admin:reviews_review_due"), {"review": theirs.pk})

    assert due.status_code == 403
    assert step(client_of_bo, draft, "discard").status_code == 403
    assert list(Reaffirmation.objects.all()) == []


def test_a_handed_back_review_is_handed_in_again(client_of_bo, tool):
    write(client_of_bo, tool, "_hand_in", **OPINION)
    hand_back(review=Review.objects.get(reviewer__slug="bo"), reason="Say more.")

    write(client_of_bo, tool, "_hand_in", **OPINION | {"body": "It broke, twice."})

    draft = Review.objects.get(reviewer__slug="bo")
    assert (draft.body, draft.handed_in_at is not None) == ("It broke, twice.", True)


def test_a_retired_reviewer_writes_nothing(client_of_bo, bo, tool):
    Reviewer.objects.filter(slug="bo").update(is_active=False)

    url = write_url(tool)
    fields = {f"review-{bo.pk}-{name}": value for name, value in OPINION.items()}

    response = client_of_bo.post(url, fields)

    assert "You are retired from the panel." in response.content.decode()
    assert list(Review.objects.drafts()) == []


def test_a_reviewer_writes_on_tools_that_are_not_published(client_of_bo, bo):
    tool = make_tool(published=False)

    write(client_of_bo, tool, "_hand_in", **OPINION)
    publish_tool(tool=tool)

    assert Review.objects.handed_in().get().tool == tool
