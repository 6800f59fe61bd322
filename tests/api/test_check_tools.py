"""docs/examples/check_tools.py, the job that fails when a used tool becomes Skip."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from docs.examples import check_tools

TOOL = {
    "slug": "alpha",
    "url": "http://site/tools/alpha/",
    "status": "active",
    "status_date": None,
    "successor": None,
    "panel": {"verdict": "ship", "skips": 3, "reviews": 4},
}
SKIP = TOOL | {"panel": TOOL["panel"] | {"verdict": "skip"}}
ENTRIES = [
    {"kind": "verdict", "at": "2026-03-01T00:00:00Z"},
    {"kind": "verdict", "at": "2026-05-01T23:00:00Z"},
    {"kind": "score", "at": "2026-06-01T00:00:00Z"},
]


class Site(ThreadingHTTPServer):
    """Answers with what a test put into `answers`, {beginning of the path: [(status, headers, body), …]}."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.requests = {}, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, slug, *answers):
        self.answers[f"/api/v1/tools/{slug}/"] = list(answers)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, self.headers.get("If-None-Match")))
        answers = self.server.answers[self.path.partition("?")[0]]
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    with Site() as server:
        Thread(target=server.serve_forever).start()
        server.answers["/api/v1/ledger/"] = [(200, {}, {"items": ENTRIES, "next": None})]
        yield server
        server.shutdown()


@pytest.fixture
def check(site, tmp_path, capsys):
    def run(*slugs, address=None):
        (tmp_path / "tools.txt").write_text("\n".join(slugs))
        code = check_tools.main(
            address or site.url, str(tmp_path / "tools.txt"), str(tmp_path / "state")
        )
        return code, capsys.readouterr().out

    return run


def test_a_ship_is_nothing_to_do(site, check):
    site.answer("alpha", (200, {}, TOOL))

    assert check("# ours", "", "alpha  # with a comment") == (0, "")


def test_skip_says_since_the_last_change_of_the_verdict(site, check):
    site.answer("alpha", (200, {}, SKIP))

    assert check("alpha") == (
        1,
        "alpha: Skip since 2026-05-01, 3 of 4 reviewers. http://site/tools/alpha/\n",
    )


def test_discontinued_says_since_when_and_what_instead(site, check):
    gone = {"status": "discontinued", "status_date": "2026-02-03", "successor": "beta"}
    site.answer("alpha", (200, {}, TOOL | gone))
    site.answer("other", (200, {}, TOOL | gone | {"slug": "other", "status_date": None}))

    code, printed = check("alpha", "other")

    assert code == 1
    assert "alpha: discontinued since 2026-02-03; the successor is beta." in printed
    assert "other: discontinued; the successor is beta." in printed


def test_what_has_not_changed_is_not_sent_again_and_still_fails(site, check):
    site.answer("alpha", (200, {"ETag": '"1"'}, SKIP), (304, {}, b""))
    first = check("alpha")

    assert check("alpha") == first
    assert [etag for path, etag in site.requests if "tools" in path] == [None, '"1"']


def test_a_new_answer_replaces_the_kept_one(site, check):
    site.answer("alpha", (200, {"ETag": '"1"'}, TOOL), (200, {"ETag": '"2"'}, SKIP), (304, {}, b""))

    assert [check("alpha")[0] for _ in range(3)] == [0, 1, 1]
    assert site.requests[-2][1] == '"2"'


def test_a_renamed_tool_is_named(site, check):
    site.answer("alpha", (301, {"Location": "/api/v1/tools/beta/"}, b""))
    site.answer("beta", (200, {}, TOOL | {"slug": "beta"}))

    assert check("alpha") == (0, "alpha: now called beta. Change the list.\n")


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, 2, "has no tool with this slug"),
        (410, 1, "withdrawn from the catalogue"),
        (500, 3, "not checked"),
        (429, 3, "not checked"),
    ],
)
def test_an_error_has_its_exit_code(site, check, monkeypatch, status, code, words):
    monkeypatch.delattr("docs.examples.check_tools.time.sleep")  # 61 seconds are too long to wait
    site.answer("alpha", (status, {"Retry-After": "61"}, {}))

    found, printed = check("alpha")

    assert (found, words in printed) == (code, True)


def test_it_waits_once_as_long_as_the_site_asks(site, check, monkeypatch):
    waits = []
    monkeypatch.setattr("docs.examples.check_tools.time.sleep", waits.append)
    site.answer("alpha", (429, {"Retry-After": "7"}, {}), (200, {}, TOOL))
    site.answer("busy", (503, {"Retry-After": "9"}, {}))

    assert check("alpha")[0] == 0
    assert check("busy")[0] == 3
    assert waits == [7, 9]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b"\xff"])
def test_an_answer_of_something_else_is_not_an_answer(site, check, body):
    site.answer("alpha", (200, {}, body))

    assert check("alpha") == (
        3,
        f"alpha: not checked: {site.url} does not answer as the API does\n",
    )


def test_without_a_network_nothing_is_checked(check):
    code, printed = check("alpha", address="http://127.0.0.1:9")

    assert (code, printed.startswith("alpha: not checked: ")) == (3, True)


def test_the_greater_problem_decides(site, check):
    site.answer("alpha", (200, {}, SKIP))
    site.answer("none", (404, {}, {}))
    site.answer("busy", (500, {}, {}))

    assert check("busy", "none", "alpha")[0] == 1
    assert check("busy", "none")[0] == 2
    assert check("busy")[0] == 3


def test_what_is_no_slug_is_not_asked_for(site, check):
    assert check("../../admin") == (2, "../../admin: this is not a slug\n")
    assert site.requests == []


def test_a_list_that_cannot_be_read_is_wrong(site, tmp_path, capsys):
    (tmp_path / "binary").write_bytes(b"\xff\xfe")

    assert check_tools.main(site.url, str(tmp_path / "nothing")) == 2
    assert check_tools.main(site.url, str(tmp_path / "binary")) == 2


def test_a_damaged_state_is_no_state(site, check, tmp_path):
    site.answer("alpha", (200, {}, TOOL))
    (tmp_path / "state").write_text("[")

    assert check("alpha")[0] == 0
    assert site.requests[-1][1] is None
