"""Figures that a job stores: refreshed when their reviews change, and proven by `recount --check`."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from reviews.calibration.figures import CALIBRATION
from reviews.calibration.models import Agreement, Leniency
from reviews.figure_set import FigureSet
from reviews.refresh import refresh_figures
from reviews.tasks import refresh_stored_figures
from tests.factories import make_reviewer, make_tool, publish_review
from votes.page_validators import FIGURES_PAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]


@pytest.fixture
def tool(panel):
    tool = make_tool()
    for reviewer, score in zip(panel, (90, 70, 80), strict=True):
        publish_review(tool, reviewer, score)
    return tool


def test_the_job_runs_every_ten_minutes_and_stores_the_figures(tool):
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}
    assert crons["reviews.tasks.refresh_stored_figures"] == "*/10 * * * *"

    refresh_stored_figures(timestamp=0)

    assert Leniency.objects.count() == 3


def test_figures_are_computed_again_only_when_a_review_changed(tool, panel):
    assert CALIBRATION.refresh() is True
    assert CALIBRATION.refresh() is False

    publish_review(tool, panel[0], 60, reason="Version 2 is slower.")

    assert CALIBRATION.refresh() is True
    assert CALIBRATION.refresh() is False


@pytest.mark.parametrize("change", [{"published_at": None}, {"status": "discontinued"}])
def test_a_tool_that_is_withdrawn_or_ends_changes_the_figures(tool, change):
    CALIBRATION.refresh()

    type(tool).objects.filter(pk=tool.pk).update(**change)

    assert CALIBRATION.refresh() is True


def test_another_setting_changes_the_figures(tool, settings):
    CALIBRATION.refresh()

    settings.LENIENCY_PRIOR_TOOLS = 4

    assert CALIBRATION.refresh() is True


def test_kept_pages_are_old_only_after_a_computation(tool):
    before = FIGURES_PAGE.read({})
    CALIBRATION.refresh()
    computed = FIGURES_PAGE.read({})
    CALIBRATION.refresh()

    assert before != computed == FIGURES_PAGE.read({})


def test_the_check_proves_the_rows(tool, capsys):
    refresh_figures()

    call_command("recount", "--check")

    assert f"Calibration: {CALIBRATION.ALL_RIGHT}" in capsys.readouterr().out


def test_the_check_names_what_is_wrong_missing_or_too_much_and_recount_rebuilds_it(tool, panel):
    CALIBRATION.refresh()
    builder, skeptic, founder = (reviewer.pk for reviewer in panel)
    Leniency.objects.filter(reviewer=builder).update(points=9)
    Leniency.objects.filter(reviewer=skeptic).delete()
    extra = make_reviewer("Extra").pk
    Agreement.objects.create(first_id=founder, second_id=extra, tools=1, same_verdict=1)

    assert list(CALIBRATION.differences()) == [
        f"leniency {builder}: points is 9.0, not 0.9",
        f"leniency {skeptic} is missing",
        f"agreement {founder}/{extra} should not be there",
    ]

    CALIBRATION.recount()

    assert list(CALIBRATION.differences()) == []


def test_figures_that_wait_for_the_job_are_no_difference_unless_it_does_not_come(tool, panel):
    CALIBRATION.refresh()
    publish_review(tool, panel[0], 60, reason="Version 2 is slower.")
    assert list(CALIBRATION.differences()) == []

    FigureSet.objects.update(checked_at=timezone.now() - timedelta(minutes=61))

    (difference,) = CALIBRATION.differences()
    assert difference.startswith("not refreshed since ")


def test_figures_that_were_never_computed_are_a_difference(tool):
    assert list(CALIBRATION.differences()) == [
        "never computed. Run recount, and check that the worker runs."
    ]


def test_a_catalogue_without_reviews_needs_no_figures():
    assert list(CALIBRATION.differences()) == []
