import pytest
from django.db import connection
from django.http import HttpResponse

from accounts.models import Reader
from accounts.readers import set_cookie
from accounts.visitors import reader_view
from web.last_write import last_write, parse_position, set_last_write


@pytest.mark.parametrize(
    "text, position",
    [("0/0", 0), ("0/1", 1), ("1/0", 2**32), ("16/B374D848", 0x16_B374D848)],
)
def test_a_position_is_the_number_of_a_byte(text, position):
    assert parse_position(text) == position


@pytest.mark.parametrize(
    "text", ["", "1", "/", "1/", "1/G", "1/-1", "1/123456789", "1/1 ", "1/1\n", "a/1", "1/١"]
)
def test_what_is_no_position_counts_as_no_cookie(rf, text):
    request = rf.get("/")
    request.COOKIES["last_write"] = text

    assert last_write(request) is None


def test_without_a_replica_the_cookie_costs_no_query(settings, django_assert_num_queries):
    assert "replica" not in settings.DATABASES

    cookie = set_last_write(HttpResponse()).cookies["last_write"]

    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("0/0", 60, "Lax")
    assert cookie["httponly"]


@pytest.mark.django_db(transaction=True)
def test_with_a_replica_the_cookie_is_not_before_the_commit(monkeypatch, settings):
    monkeypatch.setitem(settings.DATABASES, "replica", {})
    Reader.objects.create(network=b"")

    with connection.cursor() as cursor:  # before: others write to this server too
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        flushed = parse_position(cursor.fetchone()[0])

    position = parse_position(set_last_write(HttpResponse()).cookies["last_write"].value)

    assert position >= flushed


@reader_view("GET", "POST", limit=None)
def view(request, visitor):
    return HttpResponse(status=int(request.GET.get("status", 200)))


def answer(rf, method, *, known=True, status=200):
    request = rf.generic(method, f"/?status={status}", HTTP_ORIGIN="http://testserver")
    if known:
        cookies = set_cookie(HttpResponse(), Reader()).cookies
        request.COOKIES = {name: cookie.value for name, cookie in cookies.items()}
    return view(request)


def test_the_answer_to_a_readers_post_sets_the_cookie(rf):
    assert "last_write" in answer(rf, "POST").cookies


def test_reading_a_refusal_or_a_stranger_sets_no_cookie(rf):
    assert "last_write" not in answer(rf, "GET").cookies
    assert "last_write" not in answer(rf, "POST", status=422).cookies
    assert "last_write" not in answer(rf, "POST", known=False).cookies
