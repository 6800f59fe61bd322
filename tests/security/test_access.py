"""Who may open and send what, at every address of the site, typed by hand or not."""

from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.test import Client

from tests.bookmarks.readers import FORM
from tests.security.access_table import (
    ACCESS_TABLE,
    METHODS,
    Table,
    meaning,
    read_table,
    write_table,
)
from tests.security.site_data import SiteData, make_site_data
from tests.security.url_patterns import site_patterns
from tests.security.visitors import VISITORS, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def site_data() -> SiteData:
    return make_site_data()


def answer(client: Client, method: str, path: str) -> str:
    """Send an empty form, or none, and undo what it changed: a sign-out, too."""
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with transaction.atomic():
        if method == "POST":
            response = client.post(path, "", content_type=FORM)
        else:
            response = client.get(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return meaning(response)


def rows(site_data: SiteData) -> Iterator[tuple[str, str, str]]:
    for pattern in site_patterns():
        path = pattern.path(site_data.values_for(pattern))
        for method in METHODS:
            yield method, pattern.route, path


def actual_table(site_data: SiteData) -> Table:
    clients = {visitor: client_of(visitor, site_data) for visitor in VISITORS}
    return {
        (method, route or "(home)"): {
            visitor: answer(client, method, path) for visitor, client in clients.items()
        }
        for method, route, path in rows(site_data)
    }


def test_every_address_answers_every_visitor_as_the_table_says(site_data, tmp_path):
    actual = actual_table(site_data)

    written = tmp_path / "access.txt"
    written.write_text(write_table(actual))
    assert actual == read_table(ACCESS_TABLE.read_text()), f"See {written}."
