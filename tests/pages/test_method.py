import pytest

from tests.pages.reading import words

pytestmark = pytest.mark.django_db


def test_the_method_prints_the_current_thresholds(client, settings):
    settings.BOTTOM_LINE_MIN_REVIEWERS = 4
    settings.BOTTOM_LINE_LEAD_POINTS = 6.5
    settings.BOTTOM_LINE_LEAD_SHARE = 80
    settings.BOTTOM_LINE_SPLIT_POINTS = 12.0
    settings.REVIEW_DUE_DAYS = 99

    text = words(client.get("/method/"))

    assert "Not enough reviews Fewer than 4 reviewers scored both." in text
    assert "A is ahead by 6.5 points or more on average, and at least 80% of the reviewers" in text
    assert "at least one reviewer prefers A by 12 points or more" in text
    assert "for 99 days" in text


def test_the_method_takes_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/method/")
