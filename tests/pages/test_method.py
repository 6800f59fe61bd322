import pytest

from dump import recompute
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def thresholds(settings):
    settings.BOTTOM_LINE_MIN_REVIEWERS = 4
    settings.BOTTOM_LINE_LEAD_POINTS = 6.5
    settings.BOTTOM_LINE_LEAN_SHARE = 80
    settings.BOTTOM_LINE_SPLIT_POINTS = 12.0
    settings.BOTTOM_LINE_SPLIT_SHARE = 30
    settings.REVIEW_DUE_DAYS = 99


def test_the_method_prints_the_current_thresholds(client, thresholds):
    text = words(client.get("/method/"))

    assert "Thin Fewer than 4 reviewers scored both." in text
    assert "A leads A is ahead by 6.5 points or more on average" in text
    assert "at least 80% of the reviewers who scored both prefer A" in text
    assert "At least 30% of the reviewers prefer A by 12 points or more" in text
    assert "every difference is below 12 points" in text
    assert "both have at least 10 votes" in text
    assert "tools with 3 or more reviews" in text
    assert "for 99 days" in text


def test_programs_read_the_thresholds_and_the_rules_in_their_order(client, thresholds):
    response = client.get("/method/rules.json")

    data = response.json()
    assert response["Content-Type"] == "application/json"
    assert data["thresholds"] == {
        "min_reviewers": 4,
        "lead_points": 6.5,
        "lean_share": 80,
        "split_points": 12,
        "split_share": 30,
        "confidence": 95,
        "min_votes": 10,
        "min_reviews_in_rankings": 3,
    }
    assert [rule["outcome"] for rule in data["rules"]] == [
        "thin", "leads", "leans", "split", "no_difference", "undecided",
    ]  # fmt: skip


def test_a_cache_may_keep_the_rules_and_revalidates_them(client, settings):
    settings.PAGE_CACHE = True

    first = client.get("/method/rules.json")
    again = client.get("/method/rules.json", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, first["Cache-Control"]) == (304, "public, no-cache")


def test_the_method_takes_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/method/")


def test_the_rules_name_the_constants_with_which_figures_are_computed_again(client):
    data = client.get("/method/rules.json").json()

    assert f"random.Random({recompute.SEED})" in data["weightings"]
    assert f"{recompute.DRAWS:,} draws" in data["weightings"]
    assert data["share_interval"].endswith(f"z = {recompute.Z}")
    assert data["rankings"].keys() == {*recompute.RANKINGS, "ties"}
