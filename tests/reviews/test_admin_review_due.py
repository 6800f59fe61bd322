from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from reviews.actions import publish_tool, reaffirm, undo_reaffirmation
from reviews.models import Reaffirmation
from tests.admin_client import make_staff, messages_of, sign_in
from tests.clock import Clock
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review
from tools.actions import recorded_changes

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def days_ago(days):
    return NOW.date() - timedelta(days=days)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, NOW)


@pytest.fixture
def due(db):
    return reverse("admin:reviews_review_due")


def rows(client, **query):
    page = client.get(reverse("admin:reviews_review_due"), query).context["page"]
    return [(row.tool, row.reviewer, row.reasons) for row in page]


def test_the_oldest_check_comes_first_and_missing_reviews_last(editor, settings):
    settings.REVIEW_DUE_DAYS = 100
    bo, zoe = make_reviewer("Bo"), make_reviewer("Zoe")
    ada, bea = make_tool(name="Ada"), make_tool(name="Bea")
    publish_review(ada, bo, reviewed_on=days_ago(100))
    publish_review(ada, zoe, reviewed_on=days_ago(99))
    publish_review(bea, bo, reviewed_on=days_ago(300))

    assert rows(editor) == [
        ("Bea", "Bo", ["Last checked 300 days ago."]),
        ("Ada", "Bo", ["Last checked 100 days ago."]),
        ("Bea", "Zoe", ["No review yet."]),
    ]
    assert rows(editor, reviewer="zoe") == rows(editor)[2:]
    assert rows(editor, reason="old") == rows(editor)[:2]
    assert rows(editor, reason="missing") == rows(editor)[2:]


def test_facts_observed_after_the_last_check_make_a_review_due(editor):
    tool, kind = make_tool(name="Ada"), make_fact_kind()
    publish_review(tool, make_reviewer("Bo"), reviewed_on=date(2026, 11, 10))
    fact = make_fact(tool, kind, "MIT", observed_on=date(2026, 11, 10))
    before = rows(editor)

    fact.observed_on = date(2026, 11, 11)
    fact.save()

    reason = "Facts were observed later, on 11 November 2026."
    assert before == []
    assert rows(editor, reason="facts") == rows(editor) == [("Ada", "Bo", [reason])]


def observed(fact, on, value=None, source_url=None):
    """Store that a fact was observed, as the forms of the admin do."""
    with recorded_changes(fact.tool_id):
        fact.observed_on = on
        if value is not None:
            fact.value = value
        fact.source_url = source_url or fact.source_url
        fact.save()


def test_a_fact_that_was_only_checked_again_makes_no_review_due(editor):
    tool, kind = make_tool(name="Ada"), make_fact_kind()
    publish_review(tool, make_reviewer("Bo"), reviewed_on=days_ago(10))
    fact = make_fact(tool, kind, "MIT", observed_on=days_ago(12))
    before = rows(editor)

    observed(fact, days_ago(5))
    observed(fact, days_ago(4), source_url="https://example.org/other")
    checked = rows(editor)
    observed(fact, days_ago(3), value="GPL")
    observed(fact, days_ago(2))

    reason = f"Facts were observed later, on {days_ago(3):%-d %B %Y}."
    assert before == checked == []
    assert rows(editor, reason="facts") == rows(editor) == [("Ada", "Bo", [reason])]


def test_a_new_fact_makes_reviews_due_even_after_it_was_checked_again(editor):
    tool, kind = make_tool(name="Ada"), make_fact_kind()
    publish_review(tool, make_reviewer("Bo"), reviewed_on=days_ago(10))
    with recorded_changes(tool.pk):
        fact = make_fact(tool, kind, "MIT", observed_on=days_ago(5))
    observed(fact, days_ago(2))

    reason = f"Facts were observed later, on {days_ago(5):%-d %B %Y}."
    assert rows(editor) == [("Ada", "Bo", [reason])]


def test_a_fact_from_before_the_publication_is_as_old_as_its_value(editor):
    tool = make_tool(name="Ada", published=False)
    fact = make_fact(tool, make_fact_kind(), "MIT", observed_on=days_ago(8))
    publish_tool(tool=tool)
    publish_review(tool, make_reviewer("Bo"), reviewed_on=days_ago(10))
    observed(fact, days_ago(5))
    observed(fact, days_ago(2))

    reason = f"Facts were observed later, on {days_ago(8):%-d %B %Y}."
    assert rows(editor) == [("Ada", "Bo", [reason])]


def test_a_date_that_the_change_log_does_not_explain_counts_as_new(editor):
    tool, kind = make_tool(name="Ada"), make_fact_kind()
    publish_review(tool, make_reviewer("Bo"), reviewed_on=days_ago(10))
    fact = make_fact(tool, kind, "MIT", observed_on=days_ago(12))
    observed(fact, days_ago(5))
    fact.observed_on = days_ago(2)
    fact.save()

    reason = f"Facts were observed later, on {days_ago(2):%-d %B %Y}."
    assert rows(editor) == [("Ada", "Bo", [reason])]


def test_a_large_catalogue_is_looked_at_in_portions(editor, due, monkeypatch):
    monkeypatch.setattr("tools.oldest_tools.MOST_TOOLS", 2)
    make_reviewer("Bo")
    _, bea, _ = [make_tool(name=name) for name in ("Ada", "Bea", "Cy")]

    first, second = editor.get(due), editor.get(due, {"after": bea.pk})

    assert [row.tool for row in first.context["page"]] == ["Ada", "Bea"]
    assert [row.tool for row in second.context["page"]] == ["Cy"]
    assert f"?after={bea.pk}" in first.content.decode()
    assert "Next tools" not in second.content.decode()
    assert "First tools" in second.content.decode()


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "\0", "١"])
def test_an_address_of_no_portion_shows_the_first(editor, due, after):
    make_reviewer("Bo"), make_tool(name="Ada")

    assert editor.get(due, {"after": after}).status_code in {200, 400}


def test_draft_tools_and_retired_reviewers_are_not_due(editor):
    bo = make_reviewer("Bo", is_active=False)
    make_tool(published=False)
    publish_review(make_tool(), bo, reviewed_on=days_ago(500))

    assert rows(editor) == []


def test_a_confirmed_review_is_not_due(editor, due):
    review = publish_review(make_tool(), make_reviewer(), reviewed_on=days_ago(500))

    for _ in range(2):
        response = editor.post(due, {"review": review.pk}, follow=True)

    assert rows(editor) == []
    assert list(Reaffirmation.objects.values_list("review", "on")) == [(review.pk, NOW.date())]
    assert response.status_code == 200


def test_several_reviews_are_confirmed_at_once(editor, due):
    tools = [make_tool(), make_tool()]
    bo = make_reviewer()
    reviews = [publish_review(tool, bo, reviewed_on=days_ago(500)) for tool in tools]

    response = editor.post(due, {"selected": [review.pk for review in reviews]})

    assert messages_of(response) == ["Confirmed that 2 reviews still stand."]
    assert rows(editor) == []


def test_a_replaced_review_is_not_confirmed(editor, due):
    tool, bo = make_tool(), make_reviewer()
    old = publish_review(tool, bo)
    publish_review(tool, bo, reason="Changed.")

    response = editor.post(due, {"review": old.pk})

    assert messages_of(response) == [
        "Nothing was confirmed: a newer revision has replaced that review."
    ]
    assert list(Reaffirmation.objects.all()) == []


def test_a_reviewer_confirms_only_their_own_reviews(due):
    user = make_staff("Editor")
    own = make_reviewer("Bo", user=user)
    tool = make_tool()
    theirs, mine = publish_review(tool, make_reviewer("Zoe")), publish_review(tool, own)
    client = sign_in(user)

    refused = client.post(due, {"selected": [theirs.pk, mine.pk]})
    client.post(due, {"review": mine.pk})

    assert refused.status_code == 403
    assert list(Reaffirmation.objects.values_list("review", flat=True)) == [mine.pk]


def test_a_reviewer_sees_their_own_rows_until_they_ask_for_all():
    user = make_staff("Editor")
    make_reviewer("Bo", user=user), make_reviewer("Zoe")
    make_tool(name="Ada")
    client = sign_in(user)

    assert [reviewer for _, reviewer, _ in rows(client)] == ["Bo"]
    assert [reviewer for _, reviewer, _ in rows(client, reviewer="")] == ["Bo", "Zoe"]


def test_strangers_and_staff_without_permissions_cannot_confirm(client, due):
    review = publish_review(make_tool(), make_reviewer())

    assert client.post(due, {"review": review.pk}).status_code == 302
    assert sign_in(make_staff()).post(due, {"review": review.pk}).status_code == 403
    assert list(Reaffirmation.objects.all()) == []


def test_viewing_the_list_changes_nothing(editor, due):
    review = publish_review(make_tool(), make_reviewer())

    editor.get(due, {"review": review.pk, "selected": review.pk})

    assert list(Reaffirmation.objects.all()) == []


@pytest.mark.parametrize("wanted", ["abc", "-1", "9" * 30, "1 OR 1=1"])
def test_an_id_that_is_not_a_number_is_a_bad_request(editor, due, wanted):
    assert editor.post(due, {"review": wanted}).status_code == 400


@pytest.mark.parametrize(
    "query",
    ["p=-1", "p=abc", "p=99999999999999999999", "reviewer=' --", "why=no", "reason=" + "x" * 999],
)
def test_no_query_breaks_the_list(editor, due, query):
    make_reviewer(), make_tool()

    assert editor.get(f"{due}?{query}").status_code == 200


def test_a_reaffirmation_counts_as_a_check(editor, settings):
    settings.REVIEW_DUE_DAYS = 30
    review = publish_review(make_tool(name="Ada"), make_reviewer("Bo"), reviewed_on=days_ago(90))
    reaffirm(review=review, on=days_ago(40))

    assert rows(editor) == [("Ada", "Bo", ["Last checked 40 days ago."])]


def test_a_confirmation_for_somebody_else_says_who_made_it_on_whose_behalf(due):
    user = make_staff("Editor", username="ed")
    client = sign_in(user)
    review = publish_review(make_tool(), make_reviewer("Bo"), reviewed_on=days_ago(500))

    offered = client.get(due).content.decode()
    client.post(due, {"review": review.pk})

    made = Reaffirmation.objects.get()
    assert "Confirm for Bo: still stands" in offered
    assert (made.by, made.on_behalf) == (user, True)
    page = client.get(reverse("admin:reviews_review_change", args=[review.pk])).content.decode()
    assert 'alt="True"' in page
    assert "ed" in page


def test_a_confirmation_can_be_undone_within_an_hour_by_who_made_it(editor, due):
    review = publish_review(make_tool(name="Ada"), make_reviewer("Bo"), reviewed_on=days_ago(500))
    editor.post(due, {"review": review.pk})
    made = Reaffirmation.objects.get()

    by_another = sign_in(make_staff("Editor")).post(due, {"undo": made.pk})
    response = editor.post(due, {"undo": made.pk})

    assert by_another.status_code == 404
    assert messages_of(response)[-1] == "Undone: the review of Ada by Bo is not confirmed."
    assert [row[:2] for row in rows(editor)] == [("Ada", "Bo")]


def test_a_confirmation_cannot_be_undone_later():
    review = publish_review(make_tool(), make_reviewer())
    made = reaffirm(review=review)
    made = Reaffirmation(review=review, on=days_ago(1), made_at=made.made_at - timedelta(hours=1))
    made.save()

    with pytest.raises(ValidationError, match="within an hour"):
        undo_reaffirmation(reaffirmation=made)
    with pytest.raises(IntegrityError, match="for an hour only"), transaction.atomic():
        made.delete()


@pytest.mark.parametrize("wanted", ["abc", "-1", "9" * 30, "0", ""])
def test_an_undo_of_nothing_is_not_found(editor, due, wanted):
    assert editor.post(due, {"undo": wanted}).status_code == 404
