from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words

pytestmark = pytest.mark.django_db


def test_the_panel_says_who_is_ai_assisted_and_who_is_retired(client):
    make_reviewer("Builder", kind="ai_assisted", motto="Show me.", excited_about="Small APIs.")
    make_reviewer("Emeritus", is_active=False)

    text = words(client.get("/reviewers/"))

    assert "Builder “Show me.” AI-assisted Excited about Small APIs." in text
    assert "Emeritus Human · retired from the panel" in text


def test_a_reviewer_shows_verdicts_ship_rate_and_mean_of_published_tools(client):
    builder = make_reviewer("Builder")
    publish_review(make_tool(), builder, 90)
    publish_review(make_tool(), builder, 85)
    publish_review(make_tool(), builder, 20, "skip")
    publish_review(make_tool(published=False), builder, 1, "skip")

    for address in ("/reviewers/", "/reviewers/builder/"):
        text = words(client.get(address))
        assert "Reviews 3 Ship rate 67 % (2 of 3) Mean score 65.0" in text


def test_a_replaced_review_counts_no_longer(client):
    builder, tool = make_reviewer("Builder"), make_tool()
    publish_review(tool, builder, 10, "skip")
    publish_review(tool, builder, 70, reason="It was mended.")

    text = words(client.get("/reviewers/builder/"))

    assert "Review 1 Ship rate 100 % (1 of 1) Mean score 70.0" in text
    assert "Why it changed: It was mended." in text


def test_agreement_counts_the_same_verdict_on_tools_that_both_reviewed(client):
    builder, skeptic = make_reviewer("Builder"), make_reviewer("Skeptic")
    make_reviewer("Stranger")
    for verdict in ("ship", "ship", "skip"):
        tool = make_tool()
        publish_review(tool, builder, 80, verdict)
        publish_review(tool, skeptic, 20, "ship")
    publish_review(make_tool(), builder, 80)
    draft = make_tool(published=False)
    publish_review(draft, builder, 80)
    publish_review(draft, skeptic, 80)

    text = words(client.get("/reviewers/builder/"))

    assert "Agrees with Skeptic on 2 of 3 tools" in text
    assert "Stranger" not in text


def test_reviews_come_latest_first_and_lead_to_their_place_on_the_tool_page(client):
    builder, today = make_reviewer("Builder"), timezone.localdate()
    publish_review(make_tool(slug="old"), builder, reviewed_on=today - timedelta(days=3))
    publish_review(make_tool(slug="new"), builder, reviewed_on=today)
    publish_review(make_tool(slug="hidden", published=False), builder, reviewed_on=today)

    found = [link for link in links(client.get("/reviewers/builder/")) if "#builder" in link]

    assert found == ["/tools/new/#builder", "/tools/old/#builder"]


def test_an_old_address_of_a_reviewer_leads_on_for_good_with_its_query(client):
    reviewer = make_reviewer("Before")
    reviewer.slug = "after"
    reviewer.save()

    answer = client.get("/reviewers/before/?page=1")

    assert (answer.status_code, answer["Location"]) == (301, "/reviewers/after/?page=1")


@pytest.mark.parametrize("slug", ["nobody", "誰", "%FF", "a" * 81])
def test_no_reviewer_is_not_found(client, slug):
    assert client.get(f"/reviewers/{slug}/").status_code == 404


@pytest.mark.parametrize(("page", "count"), [("1", 24), ("2", 1), ("abc", 24), ("9" * 20, 1)])
def test_reviews_are_paged(client, page, count):
    builder = make_reviewer("Builder")
    for _ in range(25):
        publish_review(make_tool(), builder)

    answer = client.get(f"/reviewers/builder/?page={page}")

    assert len([link for link in links(answer) if "#builder" in link]) == count


def test_an_empty_panel_is_said_in_words(client):
    assert "There are no reviewers yet." in words(client.get("/reviewers/"))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_panel_takes_two_queries_and_a_reviewer_five(client, django_assert_num_queries, rows):
    builder = make_reviewer("Builder")
    for _ in range(rows):
        tool = make_tool()
        publish_review(tool, builder)
        publish_review(tool, make_reviewer())

    with django_assert_num_queries(2):
        client.get("/reviewers/")
    # The state of the catalogue, the reviewer, agreement, how many reviews, which.
    with django_assert_num_queries(5):
        client.get("/reviewers/builder/")
