import pytest
from django.db import IntegrityError
from django.http import HttpResponse

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.rate_limits import Bucket, TooManyRequests, refuse_beyond
from accounts.readers import COOKIE, set_cookie
from accounts.visitors import Visitor, reader_view

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return Reader.objects.create(network=network_hash("127.0.0.1"))


def request_of(rf, reader=None, method="post", **headers):
    request = getattr(rf, method)("/", headers={"origin": "http://testserver"} | headers)
    request.htmx = False
    if reader:
        request.COOKIES[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    return request


def test_a_known_reader_acts_as_themselves(rf, reader):
    assert Visitor(request_of(rf, reader)).act(lambda reader: reader) == reader


def test_a_stranger_becomes_a_reader_by_acting(rf):
    visitor = Visitor(request_of(rf))
    assert (visitor.reader, visitor.reader_id) == (None, None)

    reader = visitor.act(lambda reader: reader)

    assert reader == Reader.objects.get() == visitor.reader
    assert visitor.reader_id == reader.pk
    assert bytes(reader.network) == visitor.network


@pytest.mark.parametrize("error", [Reader.DoesNotExist, IntegrityError])
def test_a_reader_who_was_deleted_meanwhile_becomes_a_new_one_once(rf, reader, error):
    readers = []

    def fail(reader):
        readers.append(reader)
        raise error

    with pytest.raises(error):
        Visitor(request_of(rf, reader)).act(fail)

    assert len(readers) == 2
    assert readers[0] == reader != readers[1]


def test_only_who_acted_gets_the_cookie(rf, reader):
    @reader_view("POST")
    def reads(request, visitor):
        return HttpResponse(visitor.reader.pk)

    @reader_view("POST")
    def acts(request, visitor):
        visitor.act(lambda reader: reader)
        return HttpResponse()

    assert COOKIE not in reads(request_of(rf, reader)).cookies
    assert COOKIE in acts(request_of(rf)).cookies


@pytest.mark.parametrize(
    "per_hour, message",
    [
        (120, "Too many votes. Try again in 30 seconds."),
        (3600, "Too many votes. Try again in 1 second."),
    ],
)
def test_beyond_a_limit_the_longest_wait_is_named(per_hour, message):
    exceeded = [Bucket("a", 1, per_hour), Bucket("b", 1, 7200)]

    with pytest.raises(TooManyRequests, match=message) as error:
        refuse_beyond(exceeded, "votes")

    assert error.value.retry_after == 3600 // per_hour


@pytest.mark.parametrize("method, status", [("get", 405), ("put", 405), ("post", 200)])
def test_a_view_answers_its_methods_and_is_kept_by_no_cache(rf, method, status):
    view = reader_view("POST")(lambda request, visitor: HttpResponse())

    response = view(request_of(rf, method=method))

    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]


def test_a_post_of_another_site_never_reaches_the_view(rf, reader):
    @reader_view("POST")
    def view(request, visitor):
        raise AssertionError

    assert view(request_of(rf, reader, origin="https://evil.example")).status_code == 403
