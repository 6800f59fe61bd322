import pytest
from django.conf import settings

from web.middleware import METHODS


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "PUT", "PATCH", "CONNECT", "BREW"])
def test_methods_of_no_page_are_refused(client, method):
    response = client.generic(method, "/anything/")

    assert response.status_code == 405
    assert response.headers["Allow"] == ", ".join(sorted(METHODS))


@pytest.mark.parametrize(
    "path", ["/tools/%00/", "/?q=%00", "/tools/?q=a%00b&sort=name", "/compare/a-vs-%00/"]
)
def test_a_nul_in_the_address_is_refused(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert response.content == b"400 Bad Request\n"


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000\\000\\000"', 'a="\\000"; sessionid=b', 'theme="x\\000"']
)
def test_a_nul_in_a_cookie_is_refused(client, cookie):
    response = client.get("/admin/login/", headers={"cookie": cookie})

    assert response.status_code == 400


def test_a_file_is_taken_in_the_admin_only(client):
    response = client.post("/tools/", {"file": "x"})  # the test client sends multipart

    assert response.status_code == 415


def test_the_guard_stands_before_everything_else():
    assert settings.MIDDLEWARE[0] == "web.middleware.refuse_malformed_requests"
