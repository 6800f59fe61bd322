"""What `?on=` shows of a day equals what pages and the API said at its end, after a random history."""

from datetime import UTC, datetime, timedelta
from itertools import zip_longest

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.admin_client import make_staff
from tests.clock import Clock
from tests.pages.catalogue_history import CatalogueHistory
from tests.pages.published_texts import groups_of, said
from tools.models import Tool

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DAYS, A_DAY = 10, 11


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, START)


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.PAGE_CACHE = False
    settings.READ_LIMIT_NETWORK = settings.API_LIMIT_NETWORK = (10**6, 10**6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_day_of_the_past_is_what_was_published_then(client, clock, seed):
    history = CatalogueHistory(seed)
    history.staff = make_staff()
    archive, groups = {}, groups_of(history.tools)
    for day in range(DAYS):
        for part in range(A_DAY):
            clock.move(START + timedelta(days=day, minutes=73 * part))
            history.happen()
        clock.move(datetime(2026, 3, 1 + day, 23, 59, 59, 999_999, tzinfo=UTC))
        archive[clock.now.date()] = said(client, history.tools, groups)
    clock.move(clock.now + timedelta(days=2))
    history.publish_again()

    differing = [
        (day, key, *first_difference(then.get(key, ""), now.get(key, "")))
        for day, then in archive.items()
        for now in [said(client, history.tools, groups, f"?on={day}")]
        for key in then.keys() | now.keys()
        if then.get(key) != now.get(key)
    ]
    assert not differing, "\n".join(map(str, differing))
    assert sum(map(len, archive.values())) > 100


def first_difference(then, now):
    """The texts from a little before where they begin to differ."""
    pairs = enumerate(zip_longest(then, now))
    place = next((place for place, (one, other) in pairs if one != other), 0)
    return then[max(place - 60, 0) : place + 90], now[max(place - 60, 0) : place + 90]


def test_today_is_what_pages_say_of_the_sample(client, settings):
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)
    tools = list(Tool.objects.all())

    groups = groups_of(tools)[::45]
    today = said(client, tools, groups)

    assert len(today) > 3 * 30
    assert said(client, tools, groups, f"?on={timezone.now().date()}") == today
