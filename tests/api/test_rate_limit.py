import pytest

from api.problems import CONTENT_TYPE
from tests.factories import make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_at_once(settings):
    settings.API_LIMIT_NETWORK = (2, 60)


@pytest.fixture
def tool():
    return make_tool(slug="alpha")


def test_an_answer_that_is_made_says_what_is_left(client, tool):
    response = client.get("/api/v1/tools/alpha/")

    assert response["RateLimit-Policy"] == '"network";q=2;w=120'
    assert response["RateLimit"] == '"network";r=1;t=60'


def test_beyond_the_limit_the_answer_is_429(client, tool):
    for _ in range(2):
        client.get("/api/v1/tools/none/")

    response = client.get("/api/v1/tools/alpha/")

    assert (response.status_code, response["Content-Type"]) == (429, CONTENT_TYPE)
    assert response["RateLimit"] == '"network";r=0;t=60'
    assert response["Retry-After"] == "60"


def test_answers_from_the_cache_are_not_counted(client, settings, tool):
    settings.PAGE_CACHE = True
    first = client.get("/api/v1/tools/alpha/")

    kept = [client.get("/api/v1/tools/alpha/") for _ in range(5)]
    same = client.get("/api/v1/tools/alpha/", headers={"If-None-Match": first["ETag"]})

    assert [response.status_code for response in [*kept, same]] == [200] * 5 + [304]
    assert not any("RateLimit" in response for response in [*kept, same])


def test_nginx_keeps_no_answer_that_says_what_a_network_has_left(client, settings, tool):
    settings.PAGE_CACHE = True

    made, kept = client.get("/api/v1/tools/alpha/"), client.get("/api/v1/tools/alpha/")

    assert "X-Accel-Expires" not in made
    assert kept["X-Accel-Expires"] == "1"
