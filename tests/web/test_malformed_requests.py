import pytest
from django.conf import settings

from web.middleware import METHODS

REFUSE = "web.middleware.refuse_malformed_requests"
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "PUT", "PATCH", "CONNECT", "BREW"])
def test_methods_that_no_page_has_are_refused(client, method):
    response = client.generic(method, "/anything/")

    assert response.status_code == 405
    assert response.headers["Allow"] == ", ".join(sorted(METHODS))


@pytest.mark.parametrize(
    "path", ["/tools/%00/", "/?q=%00", "/tools/?q=a%00b&sort=name", "/compare/a-vs-%00/"]
)
def test_a_nul_in_the_address_is_refused(client, path):
    response = client.get(path)

    assert response.status_code == 400
    assert response.content == (
        b"400 Bad Request\n\nThe address or a cookie contains a NUL character.\n"
    )


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000\\000\\000"', 'a="\\000"; sessionid=b', 'theme="x\\000"']
)
def test_a_nul_in_a_cookie_is_refused(client, cookie):
    response = client.get("/admin/login/", headers={"cookie": cookie})

    assert response.status_code == 400


def test_a_file_is_accepted_only_where_a_form_takes_one(client):
    response = client.post("/tools/", {"file": "x"})  # the test client sends multipart

    assert response.status_code == 415


@pytest.mark.parametrize("address", settings.FILE_FORMS)
def test_a_file_larger_than_its_form_takes_is_refused_unread(client, address):
    most = settings.FILE_FORMS[address]

    response = client.post(address, b"x", content_type=MULTIPART, CONTENT_LENGTH=str(most + 1))

    assert response.status_code == 413
    assert response.content.decode() == (
        f"413 Content Too Large\n\nA file here can have {most:,} bytes at most.\n"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["", "many", "1e9"])
def test_a_length_that_is_not_a_number_counts_as_none(client, length):
    response = client.post("/admin/login/", b"x", content_type=MULTIPART, CONTENT_LENGTH=length)

    assert response.status_code in {200, 403}


def test_malformed_requests_are_refused_before_anything_reads_them():
    before = settings.MIDDLEWARE[: settings.MIDDLEWARE.index(REFUSE)]

    # They read no body and no query: one header, the answer, and the method and path.
    assert before == [
        "web.request_id.request_id",
        "web.request_metrics.measure_requests",
        "web.response_headers.response_headers",
        "api.middleware.api_answers",
    ]
