"""Dates that staff enter are neither in the future nor before 2000."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reviews.models import Review
from tests.admin_client import make_staff, send, sign_in
from tests.clock import Clock
from tests.factories import draft_review, make_reviewer, make_tool
from tools.dates import date_problem
from tools.models import Tool

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
PROBLEMS = {TOMORROW: "The date is in the future.", date(1999, 12, 31): "The date is before 2000."}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    return Clock(monkeypatch, datetime(2026, 11, 20, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize("day, problem", PROBLEMS.items())
def test_a_date_that_cannot_be_is_refused_at_its_field(day, problem):
    make_reviewer("Bo")
    tool = make_tool(published=False)
    client = sign_in(make_staff("Editor"))

    of_status = send(client, tool, status="paused", status_date=str(day))
    of_review = send(client, tool, bo__score=50, bo__reviewed_on=str(day))

    assert of_status.context["adminform"].form.errors["status_date"] == [problem]
    line = of_review.context["scorecard"].lines[0].form
    assert line.errors == {"reviewed_on": [problem]}
    assert (Tool.objects.get().status, Review.objects.count()) == ("active", 0)


@pytest.mark.parametrize("day, problem", PROBLEMS.items())
def test_the_model_refuses_it_too(day, problem):
    with pytest.raises(ValidationError, match=problem):
        Tool(status_date=day).clean_state()


def test_the_first_day_and_today_are_accepted():
    assert [date_problem(day) for day in (None, date(2000, 1, 1), TODAY)] == [""] * 3


def test_the_database_refuses_dates_before_2000():
    review = draft_review(make_tool(), make_reviewer(), reviewed_on=date(1999, 12, 31))

    with pytest.raises(IntegrityError, match="review_date_is_from_2000_on"), transaction.atomic():
        review.save()
    with pytest.raises(IntegrityError, match="status_date_is_from_2000_on"), transaction.atomic():
        Tool.objects.update(status_date=date(1999, 12, 31))
