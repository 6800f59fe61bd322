"""No log has an address, or the secret of a private link: nginx, whatever goes wrong."""

from bookmarks.models import make_secret
from web.logs import redact

SECRET = "Wm9v-_" + "aB3" * 12 + "x"  # as long as a secret of the site
TOKEN = "0" * 32 + ":1xVNpD:" + "aB3" * 14 + "x"
PRIVATE = [
    f"/bookmarks/feed/{SECRET}/",
    f"/bookmarks/%66eed/{SECRET}/",
    f"/bookmarks/feed//{SECRET}/",
    f"//bookmarks/./feed/../feed/{SECRET}",
    f"/bookmarks%2Ffeed%2f{SECRET}/",
    f"/BOOKMARKS/transfer/{SECRET}/?a=b",
    f"/%62ookmarks/%2566eed/{SECRET}/",
    f"/newsletter/preferences/{TOKEN}/download/",
    f"/newsletter/one-click/{TOKEN.replace(':', '%3A')}/",
    f"/newsletter/confirm/{TOKEN}",
    f"/bookmarks/feed/{'%' + '%'.join(f'{ord(char):02x}' for char in SECRET)}/",
]
OTHERS = [
    "/tools/a-model-with-a-name-that-is-longer-than-forty-characters-2.5/",
    "/static/site.0123456789ab.css",
    "/changes/",
]
SECRETS = [SECRET, TOKEN, "%3A1xVNpD"]


def assert_no_log_has_a_secret(*logs):
    for log in logs:
        assert not any(secret.lower() in log.lower() for secret in SECRETS)
        assert "127.0.0.1" not in log


def test_a_secret_is_in_no_log(nginx):
    for path in PRIVATE:
        nginx.get(path, Referer=f"http://localhost{path}", User_Agent=path)

        assert "…" in nginx.requests[-1]["path"], path
    assert_no_log_has_a_secret(nginx.access_log, nginx.error_log)


def test_a_secret_is_in_no_log_when_the_site_does_not_answer(nginx_alone):
    for path in PRIVATE:
        answer = nginx_alone.get(path, Referer=f"http://localhost{path}")

        assert answer.status == 502
    assert_no_log_has_a_secret(nginx_alone.access_log, nginx_alone.error_log)
    assert {request["upstream_status"] for request in nginx_alone.requests} == {"502"}


MALFORMED = {
    "no version": "GET {path}\r\n\r\n",
    "other version": "GET {path} HTTP/9.9\r\n\r\n",
    "no host": "GET {path} HTTP/1.1\r\n\r\n",
    "bad host": "GET {path} HTTP/1.1\r\nHost: {path}\r\n\r\n",
    "bad escape": "GET {path}%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "above the root": "GET /../..{path} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "line break": "GET {path}%0A%0D%E2%80%A8 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "quotes": 'GET {path}"\\%22 HTTP/1.1\r\nHost: localhost\r\n\r\n',
    "invalid utf-8": "GET {path}%ff%c3 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "long header": "GET {path} HTTP/1.1\r\nHost: localhost\r\nX: " + "x" * 9000 + "\r\n\r\n",
    "long line": "GET {path}" + "x" * 9000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "large body": "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n",
    "no length": "POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n",
    "half a body": "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx",
    "proxy": "GET http://localhost{path} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "tunnel": "CONNECT localhost:80{path} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "invented": "XYZ {path} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no request": "{path}\r\n\r\n",
    "half a header": "GET {path} HTTP/1.1\r\nHost: loc",
}


def test_a_malformed_request_is_one_line_without_the_secret(nginx):
    for request in MALFORMED.values():
        for path in [f"/bookmarks/feed/{SECRET}/", f"/newsletter/confirm/{TOKEN}/"]:
            nginx.send(request.format(path=path).encode())

    assert len(MALFORMED) < len(nginx.requests) <= 2 * len(MALFORMED)
    assert_no_log_has_a_secret(nginx.access_log, nginx.error_log)


def test_the_log_says_which_page_was_read_and_nothing_of_who_read_it(nginx):
    nginx.get("/compare/a-vs-b/?q=me", User_Agent="Me", Referer="http://me.example/", Cookie="a=me")

    (request,) = nginx.requests
    assert list(request) == [
        "time", "request_id", "method", "path", "status", "bytes", "seconds", "cache", "upstream_status", "upstream_seconds",
    ]  # fmt: skip
    assert (request["path"], request["status"]) == ("/compare/a-vs-b/", 200)


def test_other_paths_are_logged_in_full(nginx):
    for path in OTHERS:
        nginx.get(path)

        assert nginx.requests[-1]["path"] == redact(path) == path


def test_nginx_and_the_site_hide_the_same(nginx):
    paths = [f"/x/{make_secret()}/" for _ in range(50)]
    for path in paths:
        nginx.get(path)

    assert {request["path"] for request in nginx.requests} == {"/x/…"}
    assert {redact(path) for path in paths} == {"/x/…/"}
