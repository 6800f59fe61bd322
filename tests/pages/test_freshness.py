"""No cached page is stale: after every committed write its bytes are those of a fresh rendering."""

import random
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from tests.pages.page_writes import PAGES, WRITES, cast, change, make_catalogue
from web.page_validator import Validator

# Of the random test. Another seed is another order of writes.
SEED, WRITES_IN_ALL, READERS = 11, 40, 3


class Clock:
    """The time of the whole process, which a test can advance. Lists show tallies at once, one sitemap all tools."""

    def __init__(self):
        self.offset = timedelta()
        self.period = 0

    def advance(self, **time):
        self.offset += timedelta(**time)


@pytest.fixture
def clock(monkeypatch, settings):
    settings.PAGE_CACHE = True
    settings.API_LIMIT_NETWORK = settings.READ_LIMIT_NETWORK = (
        100_000,
        1,
    )  # pages are rendered without an end
    clock, real_now = Clock(), timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: real_now() + clock.offset)
    monkeypatch.setattr("pages.sitemaps.tool_urls.BLOCK_SIZE", 2**40)
    monkeypatch.setattr(Validator, "_period", lambda self, now: self.seconds and clock.period)
    return clock


def served(url):
    response = Client().get(url)
    return response.status_code, response.content


def fresh(url):
    request = RequestFactory().get(url)
    request.resolver_match = match = resolve(request.path_info)
    try:
        response = match.func(request, **match.kwargs)
    except Http404:
        return 404, b""
    return response.status_code, response.content


def stale_pages(urls):
    """Return those that stay stale: time may pass a limit between the two renderings.

    The API shows each entry of the change log 30 seconds after it was written, one after the other.
    """
    return [url for url in urls if all(is_stale(url) for _ in range(10))]


def is_stale(url):
    (status, content), (right, expected) = served(url), fresh(url)
    return status != right or (right == 200 and content != expected)


@pytest.mark.django_db
@pytest.mark.parametrize("write", WRITES)
def test_no_page_is_stale_after(write, clock):
    make_catalogue()
    for url in PAGES:
        assert served(url) == fresh(url)

    WRITES[write](clock)
    clock.period += 1

    assert stale_pages(PAGES) == []


@pytest.mark.django_db
def test_a_vote_leaves_the_pages_of_other_tools_as_they_are(clock):
    make_catalogue()
    others = [
        "/tools/beta/",
        "/tools/gone/",
        "/compare/beta-vs-gamma/",
        "/method/",
        "/changes/",
        "/",
    ]
    own = ["/tools/alpha/", "/compare/alpha-vs-beta/"]
    before = {url: Client().get(url)["ETag"] for url in others + own}

    cast("alpha", "ship")

    changed = {url for url in before if Client().get(url)["ETag"] != before[url]}
    assert changed == set(own)


@pytest.mark.django_db
def test_a_change_of_a_tool_leaves_the_pages_of_other_categories_as_they_are(clock):
    make_catalogue()
    before = Client().get("/tools/gamma/")["ETag"]

    change("beta", tagline="New.")

    assert Client().get("/tools/gamma/")["ETag"] == before


@pytest.mark.django_db(transaction=True)
def test_no_page_is_stale_while_readers_and_writers_interleave(clock):
    """Readers have pages rendered and cached all the time, in the middle of each write too."""
    make_catalogue()
    order, done, stale, failed = random.Random(SEED), threading.Event(), [], []

    def read(seed):
        choose = random.Random(seed)
        try:
            while not done.is_set():
                status, _ = served(choose.choice(PAGES))
                if status >= 500:
                    failed.append(status)
        finally:
            connections.close_all()

    readers = [threading.Thread(target=read, args=(n,)) for n in range(READERS)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(WRITES_IN_ALL):
            name = order.choice(list(WRITES))
            # Some writes are refused the second time; then nothing was written.
            with suppress(ValidationError, IntegrityError), transaction.atomic():
                WRITES[name](clock)
            clock.period += 1
            found = stale_pages(order.sample(PAGES, 6))
            stale += [(name, url) for url in found]
    finally:
        done.set()
        for reader in readers:
            reader.join(30)

    assert (stale, failed) == ([], [])
    caches["pages"].clear()
