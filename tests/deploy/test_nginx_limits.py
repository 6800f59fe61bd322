"""What one client can take from others: connections, forms, large bodies; and which address it has."""

import resource
import socket
from contextlib import ExitStack

import pytest
from django.conf import settings

from api.mcp.endpoint import MOST_BYTES
from tests.deploy.shipped_nginx import shipped_nginx
from tests.waiting import wait_until

FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6;proto=https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
}


@pytest.fixture
def nginx_for_all(tmp_path, backend):
    """As on an address of the network: nobody who connects is a proxy of our own."""
    nobody = [
        ("set_real_ip_from 127.0.0.1;", ""),
        ("127.0.0.1 1;", ""),
    ]
    with shipped_nginx(tmp_path, backend=backend.port, edits=nobody) as nginx:
        yield nginx


def test_nothing_that_a_client_says_of_its_address_is_passed_on(nginx_for_all, backend):
    nginx_for_all.get("/", **FORGED)

    (asked,) = backend.asked
    assert (asked["X-Forwarded-For"], asked["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert not {"X-Real-IP", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Port"} & set(asked)


def test_a_proxy_on_this_machine_says_who_asks_and_how(nginx, backend):
    nginx.get("/", X_Forwarded_For="6.6.6.6, 198.51.100.7", X_Forwarded_Proto="https")

    (asked,) = backend.asked
    assert (asked["X-Forwarded-For"], asked["X-Forwarded-Proto"]) == ("198.51.100.7", "https")


def test_a_forged_address_moves_no_limit(nginx_for_all):
    answers = [
        nginx_for_all.get("/", method="POST", body="a=b", X_Forwarded_For=f"6.6.6.{n}")
        for n in range(120)
    ]

    assert 429 in {answer.status for answer in answers}


def test_too_many_forms_are_refused_in_words(nginx):
    answers = [nginx.get("/", method="POST", body="a=b") for _ in range(120)]

    refused = next(answer for answer in answers if answer.status == 429)
    assert answers.index(refused) >= 60
    assert refused.text == "Too many requests. Try again in 10 seconds.\n"
    assert refused.headers["HX-Reswap"] == "none"
    assert "Too many requests" in refused.headers["HX-Trigger"]


def test_reading_has_no_such_limit(nginx):
    assert {nginx.get(f"/?page={n}").status for n in range(120)} == {200}


@pytest.fixture
def patient_nginx(tmp_path, backend):
    """Waits for the rest of a body for longer than a busy machine takes to send a hundred requests."""
    site = [("client_body_timeout 10s;", "client_body_timeout 60s;")]
    with shipped_nginx(tmp_path, backend=backend.port, site=site) as nginx:
        yield nginx


def test_one_address_has_at_most_a_hundred_requests_at_once(patient_nginx):
    nginx = patient_nginx
    with ExitStack() as waiting:
        for _ in range(100):
            half = waiting.enter_context(socket.create_connection(("127.0.0.1", nginx.port)))
            half.sendall(b"GET /waits HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx")

        # Another process of nginx may still be reading some of them.
        wait_until(lambda: nginx.get("/").status == 429)

    # It may not have noticed yet that all of them are gone.
    wait_until(lambda: nginx.get("/").status == 200)


def test_thousands_of_half_sent_headers_stop_nobody(nginx):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = 4000
    if hard < 2 * count:
        pytest.skip(f"This machine allows a process only {hard} open files.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * count), hard))
    with ExitStack() as waiting:
        for _ in range(count):
            half = waiting.enter_context(socket.create_connection(("127.0.0.1", nginx.port)))
            half.sendall(b"GET / HTTP/1.1\r\nHost: loc")

        assert nginx.get("/").status == 200


def largest_body(path):
    if path in {"/mcp", "/mcp/"}:
        return MOST_BYTES
    return max(
        [size for start, size in settings.FILE_FORMS.items() if path.startswith(start)],
        default=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )


def test_a_body_may_be_as_large_as_the_site_takes_it(nginx):
    for path in ["/", "/tools/x/vote/", "/mcp", "/mcp/", *settings.FILE_FORMS]:
        largest = largest_body(path)
        asks = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
        )

        fits = nginx.begin(f"{asks}{largest}\r\n\r\n".encode())
        refused = nginx.begin(f"{asks}{largest + 1}\r\n\r\n".encode())

        assert fits.startswith(b"HTTP/1.1 100 "), path
        assert refused.startswith(b"HTTP/1.1 413 "), path
        assert b"too large to be sent here" in refused
