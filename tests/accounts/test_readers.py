from datetime import timedelta
from time import time
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core import signing
from django.http import HttpResponse

from accounts.models import Reader, today
from accounts.readers import COOKIE, reader_id, set_cookie
from bookmarks.models import Bookmark
from tests.factories import make_tool
from votes.models import Vote
from web.retention.purge import purge_expired

pytestmark = pytest.mark.django_db
DAYS_400 = 400 * 24 * 3600


@pytest.fixture
def reader():
    return Reader.objects.create(network=bytes(16))


def cookie_of(reader, days_ago=0):
    then = time() - timedelta(days=days_ago).total_seconds()
    with patch("time.time", return_value=then):
        return set_cookie(HttpResponse(), reader).cookies[COOKIE].value


def with_cookie(rf, value):
    request = rf.get("/")
    request.COOKIES[COOKIE] = value
    return request


def cast(client, slug="ada", choice="ship"):
    return client.post(
        f"/tools/{slug}/vote/",
        f"choice={choice}",
        content_type="application/x-www-form-urlencoded",
    )


@pytest.mark.parametrize("address", ["/tools/ada/", "/tools/ada/vote/", "/tools/ada/votes/"])
def test_reading_makes_no_reader_and_sets_no_cookie(client, address):
    make_tool(slug="ada")

    response = client.get(address)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert Reader.objects.count() == 0


def test_a_refused_vote_makes_no_reader(client):
    make_tool(slug="ada")

    response = cast(client, choice="")

    assert (response.status_code, dict(response.cookies)) == (422, {})
    assert Reader.objects.count() == 0


def test_the_first_vote_makes_the_reader_and_the_second_keeps_it(client):
    make_tool(slug="ada")
    make_tool(slug="bob")

    cast(client)
    cast(client, "bob")

    reader = Reader.objects.get()
    assert set(Vote.objects.values_list("reader", flat=True)) == {reader.pk}


def test_the_cookie_is_kept_for_400_days_from_scripts_and_from_other_sites(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    make_tool(slug="ada")

    morsel = cast(client).cookies[COOKIE]

    assert (morsel["max-age"], morsel["httponly"], morsel["samesite"]) == (DAYS_400, True, "Lax")
    assert (morsel["secure"], morsel["path"], morsel["domain"]) == (True, "/", "")


def test_a_signed_cookie_names_its_reader(rf, reader):
    assert reader_id(with_cookie(rf, cookie_of(reader))) == reader.pk


def bad_cookies():
    good = signing.TimestampSigner(salt="accounts.reader").sign(uuid4().hex)
    return {
        "empty": "",
        "unsigned": uuid4().hex,
        "forged": signing.TimestampSigner(key="guessed", salt="accounts.reader").sign(uuid4().hex),
        "of another salt": signing.TimestampSigner(salt="newsletter.links").sign(uuid4().hex),
        "no UUID": signing.TimestampSigner(salt="accounts.reader").sign("1 OR 1=1"),
        "cut short": good[:-1],
        "of another reader": uuid4().hex + good[32:],
        "NUL": "\0" + good,
        "10 kB": "x" * 10_000,
        "10 kB of parts": ":" * 10_000,
        "not ASCII": good + "é",
    }


@pytest.mark.parametrize("value", bad_cookies().values(), ids=bad_cookies())
def test_a_cookie_that_we_did_not_sign_is_no_cookie(rf, value):
    assert reader_id(with_cookie(rf, value)) is None


@pytest.mark.parametrize(
    "kind", sorted(bad_cookies().keys() - {"NUL"})
)  # that is answered with 400
def test_a_browser_with_a_bad_cookie_votes_as_a_new_reader(client, kind):
    make_tool(slug="ada")
    client.cookies[COOKIE] = bad_cookies()[kind]

    response = cast(client)

    assert response.status_code == 303
    assert Vote.objects.get().reader == Reader.objects.get()


@pytest.mark.parametrize("age, kept", [(399, True), (401, False)])
def test_a_cookie_older_than_400_days_is_no_cookie(rf, reader, age, kept):
    value = cookie_of(reader, days_ago=age)

    assert (reader_id(with_cookie(rf, value)) == reader.pk) is kept


def test_a_rotated_key_keeps_readers_and_signs_anew(client, settings, reader, rf):
    make_tool(slug="ada")
    settings.SECRET_KEY = "the old one " * 5
    client.cookies[COOKIE] = old = cookie_of(reader, days_ago=2)
    Reader.objects.update(seen_on=today() - timedelta(days=2))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new " * 7, [settings.SECRET_KEY]

    fresh = cast(client).cookies[COOKIE].value

    assert Vote.objects.get().reader == reader
    settings.SECRET_KEY_FALLBACKS = []
    assert reader_id(with_cookie(rf, old)) is None
    assert reader_id(with_cookie(rf, fresh)) == reader.pk


def test_a_reader_who_was_deleted_meanwhile_votes_as_a_new_one(client, reader):
    make_tool(slug="ada")
    client.cookies[COOKIE] = cookie_of(reader)
    reader.delete()

    response = cast(client)

    assert response.status_code == 303
    assert Vote.objects.get().reader_id not in {None, reader.pk}


# Visits


@pytest.fixture
def seen_long_ago(client, reader):
    """A reader whose last visit was two days ago, and their client."""
    Reader.objects.update(seen_on=today() - timedelta(days=2))
    client.cookies[COOKIE] = cookie_of(reader, days_ago=2)
    return client


@pytest.mark.parametrize("act", [lambda client: client.get("/me/"), cast], ids=["visit", "vote"])
def test_a_visit_or_a_vote_is_stored_and_renews_the_cookie_once_a_day(seen_long_ago, reader, act):
    make_tool(slug="ada")

    first, second = act(seen_long_ago), act(seen_long_ago)

    reader.refresh_from_db()
    assert reader.seen_on == today()
    assert first.cookies[COOKIE]["max-age"] == DAYS_400
    assert COOKIE not in second.cookies


def test_a_visit_costs_no_statement_of_its_own_on_the_same_day(
    client, reader, django_assert_num_queries
):
    client.cookies[COOKIE] = cookie_of(reader)

    with django_assert_num_queries(1):  # how many bookmarks there are
        client.get("/me/")


def test_a_visit_of_a_deleted_reader_stores_nothing(seen_long_ago, reader):
    reader.delete()

    assert COOKIE not in seen_long_ago.get("/me/").cookies
    assert Reader.objects.count() == 0


def test_a_first_vote_is_a_visit(client):
    make_tool(slug="ada")

    cast(client)

    assert Reader.objects.get().seen_on == today()


# Deletion


def make_unseen(days, **fields):
    return Reader.objects.create(
        network=bytes(16), seen_on=today() - timedelta(days=days), **fields
    )


def test_readers_whose_cookie_has_expired_are_deleted_with_their_bookmarks():
    tool = make_tool(slug="ada")
    for _ in range(5):
        Bookmark.objects.create(reader=make_unseen(402), tool=tool, saved_as="Ada")
    kept = make_unseen(400)
    Bookmark.objects.create(reader=kept, tool=tool, saved_as="Ada")

    assert purge_expired() == {"readers": 5}

    assert Reader.objects.get() == Bookmark.objects.get().reader == kept


def test_the_votes_of_a_deleted_reader_stay_counted(client):
    make_tool(slug="ada")
    cast(client)
    Reader.objects.update(seen_on=today() - timedelta(days=402))

    purge_expired()

    vote = Vote.objects.get()
    assert (vote.reader, vote.state) == (None, "counted")
