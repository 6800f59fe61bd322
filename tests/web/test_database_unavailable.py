import psycopg
import pytest
from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.urls import path
from procrastinate.exceptions import ConnectorException

from web import middleware
from web.middleware import UNAVAILABLE


def view(request, problem):
    problems = {"operational": OperationalError, "interface": InterfaceError, "data": DataError}
    if problem == "queue":
        raise ConnectorException from psycopg.OperationalError("out of reach\n\twith details")
    if problem in problems:
        raise problems[problem]("out of reach")
    if problem == "slow":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 20; SELECT pg_sleep(1)")
    if problem == "silent":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(1)")
    return HttpResponse("fine")


urlpatterns = [path("<slug:problem>/", view), path("admin/<slug:problem>/", view)]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize("problem", ["operational", "interface"])
def test_a_page_whose_database_is_unavailable_says_so(client, problem, caplog):
    response = client.get(f"/{problem}/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response.content.decode() == UNAVAILABLE
    assert caplog.messages == [f"Database unavailable for GET /{problem}/: out of reach"]


@pytest.mark.django_db(transaction=True)
def test_a_page_that_waits_too_long_for_the_database_says_so(client):
    assert client.get("/slow/").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_silent_database_holds_a_request_of_staff_for_longer_but_not_for_ever(
    client, settings, monkeypatch
):
    settings.DATABASE_ANSWER_TIMEOUT = 0.2

    def status(address):
        answer = client.get(address).status_code
        connection.close()  # as at the end of a request
        return answer

    assert status("/silent/") == 503
    assert status("/admin/silent/") == 200
    monkeypatch.setattr(middleware, "LONGEST_FOR_STAFF", 0.2)
    assert status("/admin/silent/") == 503


def test_an_error_of_the_database_inside_the_job_queue_says_so_too_in_one_line(client, caplog):
    response = client.get("/queue/")

    assert response.status_code == 503
    assert len(caplog.messages) == 1
    assert caplog.messages[0] == "Database unavailable for GET /queue/: out of reach with details"
    assert caplog.records[0].exc_info is None


def test_other_errors_stay_errors(client):
    with pytest.raises(DataError):
        client.get("/data/")


def test_a_page_that_works_is_not_changed(client):
    assert client.get("/fine/").content == b"fine"


def test_the_middleware_comes_right_after_the_one_for_malformed_requests():
    malformed = settings.MIDDLEWARE.index("web.middleware.refuse_malformed_requests")
    assert settings.MIDDLEWARE[malformed + 1] == "web.middleware.DatabaseUnavailableMiddleware"
