"""The id of a request: in its answer, and in what is logged during it."""

import logging

import pytest

from web.log_context import REQUEST_ID, ids_of

pytestmark = pytest.mark.django_db
GIVEN = "0123456789abcdef0123456789abcdef"


def id_of(client, path="/healthz/live/", **headers):
    return client.get(path, headers=headers)["X-Request-ID"]


@pytest.mark.parametrize("path", ["/healthz/live/", "/", "/nowhere/", "/?a=%00"])
def test_each_answer_has_an_id_of_its_own(client, path):
    assert len({id_of(client, path) for _ in range(3)}) == 3


def test_a_proxy_of_ours_names_the_request(client, settings):
    settings.TRUSTED_PROXY_HOPS = 1

    assert id_of(client, x_request_id=GIVEN) == GIVEN


def test_nobody_else_names_it(client, settings):
    settings.TRUSTED_PROXY_HOPS = 0

    assert id_of(client, x_request_id=GIVEN) != GIVEN


@pytest.mark.parametrize("given", ["", "short", "x" * 65, 'a"b' * 5, "a b c d e f", "ä" * 10])
def test_what_is_no_id_is_replaced(client, settings, given):
    settings.TRUSTED_PROXY_HOPS = 1

    assert len(id_of(client, x_request_id=given)) == 32


def test_a_record_of_a_request_has_its_id(client, caplog):
    """Django logs it after the middleware."""
    answer = client.get("/healthz/nothing/")

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert ids_of(record) == {"request_id": answer["X-Request-ID"]}


def test_no_id_is_left_after_a_request(client):
    client.get("/healthz/live/")

    assert REQUEST_ID.get() is None
    assert ids_of(logging.makeLogRecord({})) == {}
