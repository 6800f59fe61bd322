"""Typing errors in published reviews are corrected: the earlier text is kept and shown, and nothing is news."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from reviews.actions import correct_review
from reviews.catalog.exporting import export_text
from reviews.catalog.importing import import_file
from reviews.models import Review, ReviewCorrection
from reviews.review_due import DueRows
from reviews.text_difference import MOST_TOKENS, mark_words
from tests.admin_client import make_staff, sign_in
from tests.catalog import empty_the_database
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tools.models import LedgerEntry, Tool
from web.json_document import BadDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    tool = make_tool(name="Ada", slug="ada")
    return publish_review(tool, make_reviewer("Bo"), body="It is teh best.")


def correct_page(review):
    return reverse("admin:reviews_review_correct", args=[review.pk])


def exported():
    return "".join(export_text())


def test_a_publisher_corrects_a_typing_error(review, client):
    user = make_staff("Publisher")

    sign_in(user).post(correct_page(review), {"body": "It is the best."})

    stored = Review.objects.get()
    assert (stored.body, stored.revision, stored.score) == ("It is the best.", 1, 80)
    correction = ReviewCorrection.objects.get()
    assert (correction.by, correction.old_body) == (user, "It is teh best.")
    page = client.get("/tools/ada/").content.decode()
    assert "Corrected on" in page
    assert "It is <del>teh</del><ins>the</ins> best." in page


def test_a_correction_is_no_news(review):
    entries = list(LedgerEntry.objects.values_list("pk", flat=True))
    version = Tool.objects.get().version

    correct_review(review=review, body="It is the best.")

    assert list(LedgerEntry.objects.values_list("pk", flat=True)) == entries
    assert Tool.objects.get().version > version


def test_a_corrected_review_is_due_when_it_was_due(settings):
    settings.REVIEW_DUE_DAYS = 30
    day = timezone.localdate() - timedelta(days=31)
    review = publish_review(make_tool(), make_reviewer(), body="Teh.", reviewed_on=day)

    correct_review(review=review, body="The.")

    assert [row.review_id for row in DueRows()[0:9]] == [review.pk]


@pytest.mark.parametrize("body", ["", "  ", "It is teh best.", "It is teh best.\r\n"])
def test_a_text_that_is_empty_or_the_same_is_refused(review, body):
    response = sign_in(make_staff("Publisher")).post(correct_page(review), {"body": body})

    assert response.status_code == 422
    assert list(ReviewCorrection.objects.all()) == []


def test_line_breaks_of_a_browser_are_no_difference():
    review = publish_review(make_tool(), make_reviewer(), body="One.\nTwo.")

    with pytest.raises(ValidationError, match="Nothing was corrected"):
        correct_review(review=review, body="One.\r\nTwo.")
    correct_review(review=review, body="One.\r\nTwo!")

    assert Review.objects.get().body == "One.\nTwo!"


def test_a_draft_is_not_corrected(review):
    draft = draft_review(review.tool, make_reviewer("Zoe"))
    draft.save()

    with pytest.raises(ValidationError, match="Only a published review"):
        correct_review(review=draft, body="Other.")


@pytest.mark.parametrize("role", ["Reviewer", "Editor", None])
def test_only_publishers_correct(review, role):
    user = make_staff(role)
    if role == "Reviewer":
        review.reviewer.user = user
        review.reviewer.save()

    assert sign_in(user).post(correct_page(review), {"body": "Mine."}).status_code == 403
    assert Review.objects.get().body == "It is teh best."


def test_the_database_changes_a_published_text_by_a_correction_only(review):
    wrong = {"review": review, "old_body": "Something else.", "new_body": "Mine."}
    correct_review(review=review, body="It is the best.")

    for write in (
        lambda: Review.objects.update(body="Mine."),
        lambda: ReviewCorrection.objects.create(**wrong),
        lambda: ReviewCorrection.objects.update(old_body="Mine."),
        lambda: ReviewCorrection.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert Review.objects.get().body == "It is the best."


def test_a_page_has_every_correction_of_every_revision(review, client):
    correct_review(review=review, body="It is the best.")
    correct_review(review=review, body="It is the best!")
    again = publish_review(review.tool, review.reviewer, body="Wrose.", reason="It crashed.")
    correct_review(review=again, body="Worse.")

    page = client.get("/tools/ada/").content.decode()

    assert page.count("Corrected on") == 3


def test_the_corrections_survive_export_and_import(review, tmp_path):
    correct_review(review=review, body="It is the best.")
    correct_review(review=review, body="It is the best!")
    text = exported()
    file = tmp_path / "catalog.json"
    file.write_text(text)
    again = import_file(str(file))
    in_place = exported()

    empty_the_database()
    import_file(str(file))

    assert again.is_nothing
    assert in_place == exported() == text
    assert list(ReviewCorrection.objects.values_list("old_body", "new_body")) == [
        ("It is teh best.", "It is the best."),
        ("It is the best.", "It is the best!"),
    ]


def test_an_import_adds_corrections_to_stored_reviews(review, tmp_path):
    document = json.loads(exported())
    row = document["tools"][0]["reviews"][0]
    at = timezone.now().isoformat()
    row |= {"body": "It is the best.", "corrections": [{"at": at, "old": "It is teh best."}]}
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(document))

    import_file(str(file))

    assert Review.objects.get().body == "It is the best."


@pytest.mark.parametrize(
    "changes, problem",
    [
        ({"body": "Mine."}, "is published and cannot change"),
        (
            {"corrections": [{"at": "2999-01-01T00:00:00Z", "old": "It is teh best!"}]},
            "in the future",
        ),
        ({"corrections": [{"at": "2001-01-01T00:00:00Z", "old": "It is teh best!"}]}, "in order"),
        (
            {"corrections": [{"at": "now", "old": "It is teh best."}]},
            "a correction changes the text",
        ),
        ({"reviewed_on": "1999-12-31"}, "the date is before 2000"),
    ],
)
def test_an_import_refuses_other_changes_of_a_published_text(review, tmp_path, changes, problem):
    document = json.loads(exported())
    now = timezone.now().isoformat()
    for correction in changes.get("corrections", []):
        correction["at"] = correction["at"].replace("now", now)
    document["tools"][0]["reviews"][0] |= changes
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(document))

    with pytest.raises(BadDocument) as refused:
        import_file(str(file))

    assert problem in "\n".join(refused.value.problems)


def test_an_import_refuses_corrections_that_differ_from_the_stored_ones(review, tmp_path):
    correct_review(review=review, body="It is the best.")
    document = json.loads(exported())
    row = document["tools"][0]["reviews"][0]
    row["body"] = "It is the very best."
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(document))

    with pytest.raises(BadDocument) as refused:
        import_file(str(file))

    assert "corrections of revision 1" in "\n".join(refused.value.problems)


def test_staff_see_what_changed_between_revisions(review):
    again = publish_review(review.tool, review.reviewer, body="It is worst.", reason="It crashed.")
    url = reverse("admin:reviews_review_change", args=[again.pk])

    page = sign_in(make_staff("Editor")).get(url).content.decode()

    assert "It is <del>teh best.</del><ins>worst.</ins>" in page


def test_differences_are_marked_by_words_and_escaped():
    assert mark_words("a <b> c", "a <i> c d") == (
        "a <del>&lt;b&gt;</del><ins>&lt;i&gt;</ins> c<ins> d</ins>"
    )
    assert mark_words("", "new") == "<ins>new</ins>"
    assert mark_words("same\r\n", "same\n") == "same\n"


def test_long_differences_are_marked_as_a_whole():
    words = MOST_TOKENS
    old, new = "x " * words + "end", "y " * words + "end"

    marked = mark_words(old, new)

    assert marked.count("<del>") == marked.count("<ins>") == 1
