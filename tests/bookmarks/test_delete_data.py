"""Forgetting a reader: what is theirs goes, what others count stays and is nobody's."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import delete_reader
from accounts.models import RateLimit, Reader
from accounts.networks import network_hash, networks_of
from accounts.rate_limits import Bucket, consume
from accounts.readers import COOKIE
from bookmarks.models import Bookmark, FeedAddress, Transfer
from bookmarks.transfers import make_transfer
from tests.bookmarks.at_once import at_once
from tests.bookmarks.readers import keep, make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tests.votes.ballots import tally_of
from votes.actions import cast_vote
from votes.models import Tally, Vote, VoteDay
from votes.tally import differences
from web.retention.purge import purge_expired

pytestmark = pytest.mark.django_db
PAGE = "/bookmarks/forget/"
OURS = {"origin": "http://testserver"}


def vote(reader, tool, choice="ship"):
    return cast_vote(
        reader_id=reader.pk, slug=tool.slug, choice=choice, networks=networks_of("192.0.2.7")
    )[0]


def content_of(response):
    return " ".join(response.content.decode().split())


def main_of(response):
    return re.search("<main.*</main>", content_of(response))[0]


def test_all_that_is_the_readers_alone_goes_with_the_cookie(client, reader, ada):
    keep(reader, ada, note="Mine")
    FeedAddress.objects.create(reader=reader)
    make_transfer(reader=reader)

    response = post(sign_in(client, reader), PAGE)

    assert response.status_code == 200
    assert "We deleted 1 bookmark, your private feed and links" in content_of(response)
    for model in [Reader, Bookmark, FeedAddress, Transfer]:
        assert not model.objects.exists()
    cookie = response.cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", 0, "/")


def test_votes_stay_counted_and_are_nobodys(client, reader, ada):
    bob = make_tool(slug="bob")
    vote(reader, ada)
    vote(reader, bob, "skip")
    counts = ["tool", "ships", "skips", "held"]
    tallies = list(Tally.objects.order_by("tool").values(*counts))
    audit = list(VoteDay.objects.order_by("pk").values())

    post(sign_in(client, reader), PAGE)

    assert (tally_of(ada), tally_of(bob)) == ((1, 0, 0), (0, 1, 0))
    assert set(Vote.objects.values_list("reader", "tool", "choice")) == {
        (None, ada.pk, "ship"),
        (None, bob.pk, "skip"),
    }
    assert list(Tally.objects.order_by("tool").values(*counts)) == tallies
    assert list(VoteDay.objects.order_by("pk").values()) == audit


def test_many_forgotten_readers_leave_a_vote_each_on_a_tool(ada):
    for _ in range(3):
        reader = make_reader()
        vote(reader, ada)
        delete_reader(reader=reader)

    assert tally_of(ada) == (3, 0, 0)


def test_who_was_forgotten_begins_anew(client, reader, ada):
    vote(reader, ada)
    keep(reader, ada)
    post(sign_in(client, reader), PAGE)

    assert "You voted" not in content_of(client.get("/tools/ada/vote/"))
    post(client, "/tools/ada/vote/", {"choice": "ship"})
    post(client, "/tools/ada/bookmark/")

    assert tally_of(ada) == (2, 0, 0)
    assert Bookmark.objects.get().reader == Reader.objects.get() != reader


def test_nobody_else_is_forgotten(client, reader, ada):
    other = make_reader()
    keep(other, ada)
    vote(other, ada)

    post(sign_in(client, reader), PAGE)

    assert Bookmark.objects.get().reader == Vote.objects.get().reader == other


def test_the_readers_limits_go_too(client, reader):
    consume(
        [Bucket(f"votes:reader:{reader.pk.hex}", 10, 10), Bucket("votes:reader:another", 10, 10)]
    )

    delete_reader(reader=reader)

    assert RateLimit.objects.filter(name__contains=reader.pk.hex).count() == 0
    assert RateLimit.objects.filter(name="votes:reader:another").exists()


def test_the_page_says_what_goes_and_what_stays_and_changes_nothing(client, reader, ada):
    keep(reader, ada)

    words = main_of(sign_in(client, reader).get(PAGE))

    assert "your 1 bookmark, with its note" in words
    assert "your private feed and your private links" in words
    assert "the cookie of this browser" in words
    assert "Your votes still count, without a link to you" in words
    assert "you can no longer change or withdraw them" in words
    assert words.count("<button") == 1
    assert Bookmark.objects.exists()


def test_a_stranger_is_told_that_there_is_nothing(client):
    response = client.get(PAGE)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert "There is nothing to delete" in content_of(response)
    assert "<form" not in main_of(response)


def test_deleting_again_is_answered_alike(client, reader):
    sign_in(client, reader)
    post(client, PAGE)

    again = post(client, PAGE)

    assert again.status_code == 200
    assert "We had stored nothing about you" in content_of(again)
    delete_reader(reader=reader)


def test_a_cookie_of_somebody_who_was_forgotten_goes(client, reader):
    sign_in(client, reader)
    reader.delete()
    assert "Delete the cookie" in content_of(client.get(PAGE))

    response = post(client, PAGE)

    assert (response.status_code, response.cookies[COOKIE].value) == (200, "")


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}],
    ids=str,
)
def test_another_sites_form_deletes_nothing(client, reader, headers):
    response = post(sign_in(client, reader), PAGE, **headers)

    assert response.status_code == 403
    assert COOKIE not in response.cookies
    assert Reader.objects.exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(client, method):
    assert client.generic(method, PAGE).status_code == 405


def test_the_pages_are_kept_nowhere(client, reader):
    sign_in(client, reader)

    for response in [client.get(PAGE), post(client, PAGE)]:
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("count", [1, 50])
def test_deleting_costs_a_constant_number_of_queries(
    client, reader, django_assert_num_queries, settings, count
):
    settings.VOTE_LIMIT_READER = (count, 1)
    for _ in range(count):
        tool = make_tool()
        keep(reader, tool)
        vote(reader, tool)
    sign_in(client, reader)

    with django_assert_num_queries(13):
        post(client, PAGE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/tools/ada/vote/", "/tools/ada/bookmark/"])
def test_what_comes_while_data_is_deleted_belongs_to_a_new_reader(ada, address):
    network_hash("127.0.0.1")
    for _ in range(5):
        reader = make_reader()
        client = sign_in(OwnOriginClient(), reader)
        other_tab = sign_in(OwnOriginClient(), reader)

        statuses = at_once(
            lambda tab=client: post(tab, PAGE).status_code,
            *[lambda tab=other_tab: post(tab, address, {"choice": "ship"}).status_code] * 3,
        )

        assert statuses == [200, 303, 303, 303]
        assert not Reader.objects.filter(pk=reader.pk).exists()
        assert not Bookmark.objects.filter(reader=reader.pk).exists()
    assert tally_of(ada)[0] + tally_of(ada)[2] == Vote.objects.count()
    assert list(differences()) == []


def test_what_was_removed_a_day_ago_is_forgotten(reader, ada):
    keep(reader, ada)
    for hours in [23, 25]:
        keep(reader, make_tool(name=f"{hours}"), removed_at=timezone.now() - timedelta(hours=hours))

    purge_expired()

    assert set(Bookmark.objects.values_list("saved_as", flat=True)) == {"Ada", "23"}


def test_links_of_the_day_before_are_forgotten(reader):
    now = timezone.now()
    for hours in [23, 25]:
        Transfer.objects.create(reader=reader, made_at=now - timedelta(hours=hours), used_at=now)

    purge_expired()

    assert Transfer.objects.get().made_at == now - timedelta(hours=23)
