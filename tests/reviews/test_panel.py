"""The panel's figures against their definitions, and the proof that what is stored is true."""

from decimal import ROUND_HALF_UP, Decimal
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews import panel
from reviews.actions import publish_reviews
from reviews.models import PanelVerdict
from reviews.refresh import refresh_figures
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tests.waiting import start_until_it_waits

reviews_of_one_tool = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from(["ship", "skip"])), max_size=6
)


def half_up(number, digits="1"):
    return Decimal(number).quantize(Decimal(digits), ROUND_HALF_UP)


def expected_figures(reviews):
    """The definitions of docs and design, in Python."""
    ships = sum(verdict == "ship" for _, verdict in reviews)
    skips = len(reviews) - ships
    if not reviews:
        return ("none", 0, 0, None, None, None)
    scores = [score for score, _ in reviews]
    word = "ship" if ships > skips else "skip" if skips > ships else "split"
    percent = half_up(Decimal(100 * ships) / len(reviews))
    mean = half_up(Decimal(sum(scores)) / len(scores), "0.1")
    return (word, ships, skips, percent, mean, max(scores) - min(scores))


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reviews_of_one_tool)
def test_the_figures_follow_from_the_reviews(reviews):
    tool = make_tool()
    for score, verdict in reviews:
        publish_review(tool, make_reviewer(), score, verdict)

    stored = PanelVerdict.objects.values_list(
        "verdict", "ships", "skips", "ship_percent", "score", "spread"
    ).get(tool=tool)
    assert stored == expected_figures(reviews)


@pytest.mark.django_db
def test_shares_and_means_are_rounded_half_up():
    tool = make_tool()
    for score, verdict in [(80, "ship")] * 5 + [(81, "skip")] * 3 + [(80, "skip")] * 12:
        publish_review(tool, make_reviewer(), score, verdict)

    assert (tool.panel.ship_percent, tool.panel.score) == (25, Decimal("80.2"))  # 80.15


@pytest.mark.django_db
def test_recount_check_proves_the_figures(capsys):
    publish_review(make_tool(), make_reviewer())
    refresh_figures()

    call_command("recount", "--check")

    assert capsys.readouterr().out.startswith("Panel verdicts: all match their rows.\n")


@pytest.mark.django_db
def test_recount_check_names_a_difference_and_exits_1(capsys):
    tool = make_tool(slug="ada")
    publish_review(tool, make_reviewer(), 80)
    PanelVerdict.objects.filter(tool=tool).update(score=90)

    with pytest.raises(SystemExit) as exit_:
        call_command("recount", "--check")

    assert exit_.value.code == 1
    assert "Panel verdicts: ada: score is 90.0, not 80.0\n" in capsys.readouterr().out


@pytest.mark.django_db
def test_recount_check_names_a_missing_row(capsys):
    PanelVerdict.objects.filter(tool=make_tool(slug="ada")).delete()

    with pytest.raises(SystemExit):
        call_command("recount", "--check")

    assert capsys.readouterr().out.startswith("Panel verdicts: ada: verdict is None, not none")


@pytest.mark.django_db
def test_recount_rebuilds_only_what_is_wrong(capsys):
    tool = make_tool()
    publish_review(tool, make_reviewer(), 80)
    publish_review(make_tool(), make_reviewer(), 70)
    PanelVerdict.objects.filter(tool=tool).update(score=90)

    call_command("recount")

    tool.panel.refresh_from_db()
    assert tool.panel.score == Decimal("80.0")
    assert capsys.readouterr().out.startswith("Panel verdicts: 1 rebuilt.\n")


@pytest.mark.django_db(transaction=True)
def test_recount_counts_a_review_that_is_published_at_the_same_moment():
    tool = make_tool()

    with transaction.atomic():
        publish_reviews(tool=tool, reviews=[draft_review(tool, make_reviewer())])
        recounted = start_until_it_waits(panel.recount)

    assert recounted.result() == 0
    assert PanelVerdict.objects.get(tool=tool).ships == 1


@pytest.mark.django_db(transaction=True)
def test_reviews_published_at_the_same_moment_are_all_counted():
    tool = make_tool()
    reviewers = [make_reviewer() for _ in range(8)]

    def publish(reviewer):
        try:
            publish_reviews(tool=tool, reviews=[draft_review(tool, reviewer)])
        finally:
            connection.close()

    threads = [Thread(target=publish, args=[reviewer]) for reviewer in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert PanelVerdict.objects.get(tool=tool).ships == 8
    assert list(panel.differences()) == []
