"""Which server a request reads from, without a replica; with a real one: test_replication.py."""

import pytest
from django.contrib.auth import get_user_model
from django.db import router
from django.urls import resolve

from tools.models import Tool
from web import replica
from web.replica import PRIMARY, REPLICA, leave_replica, read_alias, reading_from
from web.replica_monitor import Lag, Measurement, ReplicaMonitor


class Caught(ReplicaMonitor):
    """A monitor that measured once: the replica has replayed up to 100."""

    def __init__(self, at, is_usable=True):
        super().__init__()
        self._thread, self._latest = True, Measurement(is_usable, 100, at)


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("web.replica_monitor.monotonic", lambda: 1000.0)
    return 1000.0


@pytest.fixture
def ask(monkeypatch, settings, rf, now):
    monkeypatch.setitem(settings.DATABASES, "replica", {})
    monkeypatch.setattr(replica, "monitor", Caught(now))

    def ask(method="get", **cookies):
        request = getattr(rf, method)("/")
        request.COOKIES = cookies
        return read_alias(request)

    return ask


def test_anybody_who_only_reads_reads_from_the_replica(ask):
    assert ask() == ask("head") == ask(reader="x") == REPLICA


def test_a_post_and_staff_read_from_the_primary(ask):
    assert ask("post") == ask(sessionid="x") == PRIMARY


def test_a_writer_reads_from_the_replica_once_it_shows_the_write(ask):
    assert ask(last_write="0/64") == REPLICA  # 100
    assert ask(last_write="0/65") == PRIMARY


def test_a_cookie_that_is_no_position_changes_nothing(ask):
    assert ask(last_write="perhaps") == REPLICA


def test_a_request_keeps_its_server_when_its_cookies_are_taken_away(ask, rf):
    request = rf.get("/")
    request.COOKIES = {"last_write": "0/65"}
    assert read_alias(request) == PRIMARY

    request.COOKIES = {}

    assert read_alias(request) == PRIMARY


def test_a_request_that_broke_on_the_replica_leaves_it(ask, rf, caplog):
    request = rf.get("/")
    assert read_alias(request) == REPLICA

    leave_replica(request, OSError("gone"))

    assert read_alias(request) == read_alias(rf.get("/")) == PRIMARY


def test_without_a_replica_everything_is_read_from_the_primary(rf):
    assert read_alias(rf.get("/")) == PRIMARY


@pytest.mark.parametrize("at, is_usable", [(994.9, True), (1000.0, False)])
def test_an_old_measurement_or_a_bad_one_is_not_relied_on(now, at, is_usable):
    assert not Caught(at, is_usable).shows(None)


def test_a_replica_that_failed_is_left_alone_for_some_seconds(now, monkeypatch, caplog):
    monitor = Caught(now + 5)

    monitor.pause(OSError("gone\nwith details"))
    monitor.pause(OSError("gone"))

    assert not monitor.shows(None)
    assert caplog.messages == ["The replica is not read for 5 s: gone"]
    monkeypatch.setattr("web.replica_monitor.monotonic", lambda: now + 5)
    assert monitor.shows(None)


def test_the_lag_is_the_age_of_the_oldest_position_that_is_not_replayed():
    lag = Lag()
    for at, position in [(1.0, 10), (2.0, 20), (3.0, 30)]:
        lag.note(position, at)

    assert lag.seconds(15, now=4.0) == 2.0
    assert lag.seconds(29, now=9.0) == 6.0
    assert lag.seconds(30, now=9.0) == 0.0


def test_a_quiet_primary_makes_no_lag():
    lag = Lag()
    lag.note(10, 1.0)
    lag.note(10, 60.0)

    assert lag.seconds(10, now=61.0) == 0.0


def test_positions_of_a_primary_that_was_replaced_are_forgotten():
    lag = Lag()
    lag.note(100, 1.0)

    lag.note(90, 2.0)  # the new one never had the rest

    assert lag.seconds(90, now=50.0) == 0.0


def test_a_replica_that_is_far_behind_is_so_by_its_oldest_note():
    lag = Lag()
    for second in range(1000):
        lag.note(second + 1, float(second))

    assert lag.seconds(0, now=1000.0) == 1000.0


def test_reads_follow_the_request_and_writes_do_not():
    with reading_from(REPLICA):
        assert router.db_for_read(Tool) == REPLICA
        assert router.db_for_write(Tool) == PRIMARY
        assert router.db_for_read(get_user_model()) == REPLICA
    assert router.db_for_read(Tool) == PRIMARY
    assert not router.allow_migrate(REPLICA, "tools")


@pytest.mark.parametrize(
    "path, may",
    [
        ("/", True),
        ("/tools/ada/", True),
        ("/compare/ada-vs-bob/", True),
        ("/newsletter/issues/", True),
        ("/newsletter/issues/rss/", True),
        ("/me/", True),
        ("/bookmarks/", True),
        ("/bookmarks/drawer/", True),
        ("/api/v1/tools/", True),
        ("/api/v1/ledger/", False),  # only the primary knows which transactions write
        ("/tools/ada/vote/", False),
        (
            "/bookmarks/feed/x/",
            False,
        ),  # its secret may have been made a moment ago, in another browser
        ("/bookmarks/transfer/x/", False),
        ("/newsletter/confirm/x/", False),
        ("/admin/", False),
        ("/healthz/", False),
    ],
)
def test_pages_declare_that_a_replica_may_answer(path, may):
    assert getattr(resolve(path).func, "reads_replica", False) is may
