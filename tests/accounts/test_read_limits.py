"""Pages that cost much are limited per network; others, and pages from the cache, are not."""

import pytest
from django.utils import timezone

from tests.clock import Clock
from tests.factories import make_category, make_tool
from tests.pages.reading import words

pytestmark = pytest.mark.django_db
EXPENSIVE = [
    "/tools/?q=ada",
    "/tools/?page=10",
    "/tools/?page=-1",
    "/tools/suggest/?q=ada&tools=bob",
    "/compare/?q=ada",
    "/compare/?tools=ada&add=bo",
    "/compare/ada-vs-bob/?w=builder:5",
    "/compare/ada-vs-nobody/",
    "/tools/nobody/",
    "/categories/agents/?page=99",
]
CHEAP = [
    "/",
    "/tools/",
    "/tools/?q=",
    "/tools/?page=9",
    "/tools/suggest/",
    "/tools/suggest/?q=ada",
    "/tools/suggest/?q=ada%20vs%20bo",
    "/compare/",
    "/compare/ada-vs-bob/",
    "/compare/bob-vs-ada/",
    "/tools/ada/",
    "/categories/agents/?page=2",
]


@pytest.fixture(autouse=True)
def one_at_once(settings):
    settings.READ_LIMIT_NETWORK = (1, 60)
    settings.PAGE_CACHE = False
    category = make_category(name="Agents", slug="agents")
    for slug in ["ada", "bob"]:
        make_tool(slug=slug, name=slug.title(), category=category)


def statuses(client, address, times=2):
    return [client.get(address).status_code for _ in range(times)]


@pytest.mark.parametrize("address", EXPENSIVE)
def test_an_expensive_page_is_refused_beyond_the_limit(client, address):
    first, second = statuses(client, address)

    assert (first in {200, 302, 404}, second) == (True, 429)


@pytest.mark.parametrize("address", CHEAP)
def test_another_page_has_no_limit(client, address):
    client.get("/tools/?q=ada")

    assert 429 not in statuses(client, address)


def test_a_page_from_the_cache_costs_nothing(client, settings, monkeypatch):
    settings.PAGE_CACHE = True
    Clock(monkeypatch, timezone.now())  # a list is rendered again every five seconds

    assert statuses(client, "/tools/?q=ada", times=3) == [200, 200, 200]


def test_the_refusal_says_when_to_try_again(client):
    client.get("/tools/?q=ada")

    refused = client.get("/tools/?q=bob")

    assert refused["Retry-After"] == "60"
    assert "no-store" in refused["Cache-Control"]
    assert "Too many requests. Try again in 60 seconds." in words(refused)
    assert "Nothing was changed" not in words(refused)


def test_a_search_while_typing_leaves_the_list_as_it_is(client):
    client.get("/tools/suggest/?q=ad&tools=bob")

    refused = client.get("/tools/suggest/?q=ada&tools=bob", headers={"hx-request": "true"})

    assert (refused.status_code, refused["HX-Reswap"]) == (429, "none")
    assert "Too many requests. Try again in 60 seconds." in refused["HX-Trigger"]


def test_networks_do_not_share_the_limit(client):
    client.get("/tools/?q=ada", REMOTE_ADDR="192.0.2.1")

    assert client.get("/tools/?q=ada", REMOTE_ADDR="192.0.2.2").status_code == 429
    assert client.get("/tools/?q=ada", REMOTE_ADDR="198.51.100.1").status_code == 200
