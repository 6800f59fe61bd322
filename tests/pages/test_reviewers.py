import re
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.calibration.figures import CALIBRATION
from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words

pytestmark = pytest.mark.django_db


def test_the_panel_says_who_is_ai_assisted_and_who_is_retired(client):
    make_reviewer("Builder", kind="ai_assisted", motto="Show me.", excited_about="Small APIs.")
    publish_review(make_tool(), make_reviewer("Emeritus", is_active=False))

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
    publish_review(tool, builder, 70, reason="It was fixed.")

    text = words(client.get("/reviewers/builder/"))

    assert "Review 1 Ship rate 100 % (1 of 1) Mean score 70.0" in text
    assert "Why it changed: It was fixed." in text


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
    CALIBRATION.refresh()

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


def calibrated_panel(tools=5):
    """Three reviewers and their tools: Builder scores 6 above the others, and once alone says skip."""
    panel = [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]
    for n in range(tools):
        tool = make_tool()
        publish_review(tool, panel[0], 86 - n, "skip" if n == 0 else "ship")
        publish_review(tool, panel[1], 80 - n, "ship" if n % 2 else "skip")
        publish_review(tool, panel[2], 80 - n)
    CALIBRATION.refresh()
    return panel


def test_the_panel_shows_agreement_leniency_and_the_a_link_to_the_corrected_ranking(client):
    calibrated_panel()

    text = words(client.get("/reviewers/"))

    assert "Builder and Skeptic 3 of 5" in text
    assert "Builder +1.3 +4 5" in text  # 5 · 4 / (5 + 10)
    assert "Skeptic −0.7 −2 5" in text
    assert f"Calculated on {timezone.now():%-d %b %Y}" in text
    assert "/rankings/panel/" in links(client.get("/reviewers/"))


def test_the_matrix_draws_both_halves_with_numbers(client):
    calibrated_panel()

    page = client.get("/reviewers/").content.decode()

    svg = page[
        page.index('<svg class="chart__svg') : page.index("</svg>", page.index("chart__svg"))
    ]
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert texts[:6] == ["1 Builder", "1", "2 Skeptic", "2", "3 Founder", "3"]
    assert texts[6:10] == ["60%", "3 of 5", "0.25", "n = 5"]
    assert "style=" not in svg


def test_a_reviewer_shows_leniency_and_alpha(client):
    calibrated_panel()

    text = words(client.get("/reviewers/skeptic/"))

    assert "0.7 points stricter than the panel. Over 5 tools" in text
    assert "by −2 on average, before shrinking" in text
    assert "Agrees with Builder on 3 of 5 tools" in text
    assert "Krippendorff's α: 0.25 for verdicts" in text
    assert "The ranking corrected for every reviewer's leniency" in text
    assert "more lenient than the panel" in words(client.get("/reviewers/builder/"))


def test_alpha_of_fewer_than_five_tools_is_not_printed(client):
    calibrated_panel(tools=4)

    assert "α: – for verdicts, – for scores (n = 4)" in words(client.get("/reviewers/builder/"))


def test_before_the_first_computation_the_pages_say_so(client):
    builder = make_reviewer("Builder")
    publish_review(make_tool(), builder)

    text = words(client.get("/reviewers/builder/"))

    assert "Not known yet. This needs a tool with 3 or more reviews. Not calculated yet." in text
    assert "Leniency" not in words(client.get("/reviewers/"))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_panel_takes_four_queries_and_a_reviewer_five(client, django_assert_num_queries, rows):
    builder = make_reviewer("Builder")
    for _ in range(rows):
        tool = make_tool()
        publish_review(tool, builder)
        publish_review(tool, make_reviewer())
        publish_review(tool, make_reviewer())
    CALIBRATION.refresh()

    # The state of the catalogue, the reviewers, agreement, when it was computed.
    with django_assert_num_queries(4):
        client.get("/reviewers/")
    # … and which reviews.
    with django_assert_num_queries(5):
        client.get("/reviewers/builder/")
