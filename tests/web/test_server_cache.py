"""The page cache on a real server: shared, and not needed for an answer."""

import shutil
import subprocess
import time

import pytest
from django.core.cache import caches
from django.test import override_settings

from bin.local.port import free_port
from config.page_cache import page_cache
from tests.waiting import GIVE_UP_AFTER, answers, wait_until
from web.memory_cache import MemoryCache
from web.server_cache import ServerCache
from web.stored_page import StoredPage

PAGE = StoredPage({"Content-Type": "text/html"}, b"compressed", b"zipped")


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def cache(port, monkeypatch):
    # A busy machine may take longer than a request waits.
    monkeypatch.setattr("config.page_cache.SERVER_TIMEOUT", GIVE_UP_AFTER)
    ServerCache._paused_until = 0
    entry = page_cache(url=f"redis://127.0.0.1:{port}/0", megabytes=1)
    with override_settings(CACHES={"default": entry, "pages": entry}):
        yield caches["pages"]
        caches["pages"].close()
    ServerCache._paused_until = 0


@pytest.fixture
def server(port, tmp_path):
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("Neither redis-server nor valkey-server is installed.")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    wait_until(lambda: answers(port))
    yield process
    process.kill()
    process.wait(10)


def test_a_page_comes_back_as_it_was_stored(server, cache):
    cache.set("key", PAGE)

    assert cache.get("key") == PAGE
    assert cache.get("other") is None


def test_a_server_that_goes_away_means_no_page_and_no_error(server, cache, caplog):
    cache.set("key", PAGE)
    server.kill()
    server.wait(10)

    assert cache.get("key") is None
    cache.set("key", PAGE)

    # One attempt, then a pause: a request does not wait for a server that was away a moment ago.
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("The cache server is not used for 5 seconds: ")


def test_a_server_is_tried_again_after_the_pause(cache, server):
    ServerCache._paused_until = time.monotonic() + 60
    assert cache.get("key") is None
    ServerCache._paused_until = 0

    cache.set("key", PAGE)

    assert cache.get("key") == PAGE


def test_the_addresses_of_valkey_are_understood():
    assert page_cache(url="valkey://host:6379/0", megabytes=1)["LOCATION"] == "redis://host:6379/0"
    assert page_cache(url="valkeys://host/0", megabytes=1)["LOCATION"] == "rediss://host/0"


def test_memory_is_limited_in_bytes_and_the_least_recently_used_page_goes_first():
    cache = MemoryCache("test", {"OPTIONS": {"MEGABYTES": 1}})
    page = StoredPage({}, bytes(400_000))
    cache.set("a", page)
    cache.set("b", page)
    cache.get("a")

    cache.set("c", page)
    cache.set("picture that is too large", StoredPage({}, b"", plain=bytes(1_000_000)))
    cache.set("too large", StoredPage({}, bytes(1_000_000)))

    keys = ("a", "b", "c", "too large", "picture that is too large")
    assert [key for key in keys if cache.get(key)] == ["a", "c"]
    assert MemoryCache("test", {"OPTIONS": {"MEGABYTES": 1}}).get("c") == page  # of all threads
