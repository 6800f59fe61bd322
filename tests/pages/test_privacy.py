import pytest

from accounts import readers
from bookmarks import tasks, transfers
from tests.pages.reading import links, words

pytestmark = pytest.mark.django_db


def test_the_page_prints_the_current_periods(client):
    said = words(client.get("/privacy/"))

    assert f"expires {readers.MAX_AGE.days} days after" in said
    assert (tasks.KEPT_FOR.days, transfers.LIFETIME.seconds) == (1, 15 * 60)


def test_it_leads_to_what_a_reader_can_do(client):
    found = links(client.get("/privacy/"))

    assert found == ["/voting/#stored", "/bookmarks/", "/bookmarks/forget/"]
    assert [client.get(address).status_code for address in found] == [200, 200, 200]
