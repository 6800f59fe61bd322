"""What the application answers to requests that no browser sends, on any address."""

import pytest

from tests.wsgi_client import FORM, ask

pytestmark = pytest.mark.django_db

EVERYWHERE = ["/", "/tools/", "/nowhere/", "/healthz/", "/admin/login/", "/static/css/site.css"]
FORMS = ["/newsletter/", "/newsletter/link/"]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "content_type",
    [
        f"{FORM}; charset=unicode_escape",
        f"{FORM}; charset=utf-16",
        f"{FORM}; charset=utf-7",
        f"{FORM}; charset*=utf-8''idna",
        f"{FORM}; charset=no-such-codec",
        f"{FORM}; charset=rot13",
        f"{FORM}; charset=a\x00b",
        "text/plain; charset*=utf-99'en'x",
        "multipart/form-data; boundary*=no-such-codec'en'x",
    ],
)
def test_a_content_type_that_cannot_be_read_is_refused_in_words(path, content_type):
    answer = ask(path, "POST", b"a=b", CONTENT_TYPE=content_type)

    assert answer.status == 400
    assert answer.text == (
        "400 Bad Request\n\nWe could not read the Content-Type. Send text as UTF-8.\n"
    )


@pytest.mark.parametrize(
    "content_type",
    ["", FORM, f"{FORM}; charset=UTF-8", f"{FORM}; charset=iso-8859-1", "text/plain", "=;=;"],
)
def test_other_content_types_reach_the_site(content_type):
    assert ask("/method/", "POST", b"a=b", CONTENT_TYPE=content_type).status == 403


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("body", [b"email=a%00b", b"a\x00b=c", b"%00", b"email=a&email=%2500%00"])
def test_a_nul_in_a_form_is_refused(path, body):
    answer = ask(path, "POST", body, CONTENT_TYPE=FORM)

    assert answer.status == 400
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_ends_early_is_refused(path):
    answer = ask(path, "POST", b"email=somebody@site.ex", CONTENT_TYPE=FORM, CONTENT_LENGTH="200")

    assert answer.status == 400


class BrokenConnection:
    def read(self, size=-1):
        raise ConnectionResetError("the client has gone")

    readline = read


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_cannot_be_read_is_refused_in_one_line_of_the_log(path, caplog):
    broken = {"wsgi.input": BrokenConnection(), "CONTENT_LENGTH": "20", "CONTENT_TYPE": FORM}

    answer = ask(path, "POST", **broken)

    assert answer.status == 400
    assert [record.getMessage() for record in caplog.records] == [
        f"The body of the request ended early: {path}"
    ]


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:x", "a b", "", "[::1", "127.0.0.1\x00", "é"]
)
def test_a_host_that_is_not_the_sites_is_refused_in_words_and_one_line(path, host, caplog):
    answer = ask(path, HTTP_HOST=host)

    assert answer.status == 400
    assert "We could not read this request" in answer.text
    assert [record.name for record in caplog.records] == ["django.security.DisallowedHost"]


TOO_MUCH = {
    "many parameters": {"QUERY_STRING": "&".join(f"a{n}=b" for n in range(3000))},
    "many fields": {"REQUEST_METHOD": "POST", "CONTENT_TYPE": FORM, "body": b"a=b&" * 3000},
    "a long form": {"REQUEST_METHOD": "POST", "CONTENT_TYPE": FORM, "body": b"a=" + b"b" * 600_000},
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_of_anything_is_refused_in_one_line_of_the_log(what, caplog):
    request = dict(TOO_MUCH[what])
    method = request.pop("REQUEST_METHOD", "GET")

    answer = ask("/newsletter/" if method == "POST" else "/tools/", method, **request)

    assert answer.status == 400
    assert len(caplog.records) == 1
