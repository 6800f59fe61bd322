"""A client that follows the change log gets every entry once, also of transactions that end after later ones."""

import json
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone

from reviews.catalog.exporting import export_text
from reviews.catalog.importing import import_file
from tests.api.mcp.calls import call
from tests.factories import make_tool
from tests.waiting import GIVE_UP_AFTER
from tools.actions import change_tool
from tools.import_progress import lock_imports
from tools.models import Tool
from web import page_validator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def tools(settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    at = timezone.now() - timedelta(days=1)
    yield [make_tool(slug=slug, published_at=at) for slug in ("slow", "fast")]
    page_validator.close_connections()


@pytest.fixture
def pass_a_minute(monkeypatch):
    now = timezone.now

    def pass_a_minute():
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    return pass_a_minute


class ApiFollower:
    def __init__(self, client):
        self.client, self.cursor = client, ""

    def poll(self):
        """Return the tools of the entries that are new."""
        answer = self.client.get(f"/api/v1/ledger/?cursor={self.cursor}").json()
        self.cursor = answer["since"]
        return sorted(entry["tool"] for entry in answer["items"])


class McpFollower:
    def __init__(self, client):
        self.client, self.cursor = client, "2020-01-01"

    def poll(self):
        answer = call(self.client, "changes_since", since=self.cursor)
        self.cursor = answer["since"]
        return sorted(entry["tool"] for entry in answer["changes"])


@pytest.fixture(params=[ApiFollower, McpFollower])
def follower(request, client):
    follower = request.param(client)
    assert follower.poll() == ["fast", "slow"]
    return follower


def set_price(slug):
    tool = Tool.objects.get(slug=slug)
    tool.pricing = "$ 9"
    change_tool(tool=tool, reason="They said so.")


def change(tmp_path):
    set_price("slow")


def import_a_file(tmp_path):
    document = json.loads("".join(export_text()))
    row = next(row for row in document["tools"] if row["slug"] == "slow")
    document["tools"] = [row | {"pricing": "$ 9"}]
    file = tmp_path / "catalog.json"
    file.write_text(json.dumps(document))
    import_file(str(file))


def begin_an_import(tmp_path):
    assert lock_imports()


def look(tmp_path):
    assert Tool.objects.exists()


@contextmanager
def held_open(act, *arguments):
    """Run `act` in a transaction of another connection that stays open for as long as the block."""
    acted, released = Event(), Event()

    def run():
        try:
            with transaction.atomic():
                act(*arguments)
                acted.set()
                assert released.wait(GIVE_UP_AFTER)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        assert acted.wait(GIVE_UP_AFTER)
        yield
    finally:
        released.set()
        thread.join()


@pytest.mark.parametrize("act", [change, import_a_file])
def test_a_follower_gets_the_entries_of_a_transaction_that_ends_late(
    follower, tmp_path, pass_a_minute, act
):
    with held_open(act, tmp_path):
        set_price("fast")
        pass_a_minute()
        assert follower.poll() == []

    assert follower.poll() == ["fast", "slow"]
    assert follower.poll() == []


def test_an_import_holds_entries_back_from_its_beginning_so_that_none_is_taken_back(
    follower, tmp_path, pass_a_minute
):
    with held_open(begin_an_import, tmp_path):
        set_price("fast")
        pass_a_minute()
        assert follower.poll() == []

    assert follower.poll() == ["fast"]


def test_a_transaction_that_only_reads_holds_nothing_back(follower, tmp_path, pass_a_minute):
    with held_open(look, tmp_path):
        set_price("fast")
        pass_a_minute()
        assert follower.poll() == ["fast"]


def test_entries_from_before_a_transaction_are_not_held_back_by_it(
    follower, tmp_path, pass_a_minute, monkeypatch
):
    now = timezone.now
    with monkeypatch.context() as earlier:
        earlier.setattr("django.utils.timezone.now", lambda: now() - timedelta(seconds=15))
        set_price("fast")

    with held_open(change, tmp_path):
        pass_a_minute()
        assert follower.poll() == ["fast"]
