"""The nightly alarm over what is stored beside its rows."""

import pytest
from procrastinate.contrib.django import app

from pages.tasks import prove_figures
from reviews.models import PanelVerdict
from reviews.refresh import refresh_figures
from tests.factories import make_reviewer, make_tool, publish_review
from tests.votes.ballots import make_votes, tally_of
from votes.models import Tally


@pytest.fixture
def alarms(caplog):
    return lambda: [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == "pages.tasks"
    ]


@pytest.mark.django_db
def test_figures_that_are_those_of_their_rows_raise_no_alarm(alarms):
    tool = make_tool()
    publish_review(tool, make_reviewer())
    make_votes(tool, ships=2)
    refresh_figures()

    prove_figures(timestamp=0)

    assert alarms() == []


@pytest.mark.django_db
def test_each_difference_is_an_error_that_names_it_and_stays(alarms):
    tool = make_tool(slug="ada")
    publish_review(tool, make_reviewer(), 80)
    make_votes(tool, ships=2)
    refresh_figures()
    PanelVerdict.objects.filter(tool=tool).update(score=90)
    Tally.objects.filter(tool=tool).update(ships=5)

    prove_figures(timestamp=0)

    assert alarms() == [
        ("ERROR", "Panel verdicts: ada: score is 90.0, not 80.0"),
        ("ERROR", "Tallies: ada: ships, skips, held are [5, 0, 0], not [2, 0, 0]"),
        ("ERROR", "Vote log: ada: ships, skips, held add up to [2, 0, 0], not [5, 0, 0]"),
        ("ERROR", "Change log: ada: score is 90.0, not 80.0"),
    ]
    assert tally_of(tool) == (5, 0, 0)


def test_the_figures_are_proved_every_night():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["pages.tasks.prove_figures"] == "20 4 * * *"
