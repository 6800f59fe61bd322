"""What the shipped nginx keeps, and for whom."""

import time

from tests.deploy.backend import FOR_A_SECOND, PUBLIC

OF_HTMX = [
    "HX-Request",
    "HX-Boosted",
    "HX-Current-URL",
    "HX-History-Restore-Request",
    "HX-Prompt",
    "HX-Target",
    "HX-Trigger",
    "HX-Trigger-Name",
]
PERSONAL = [
    {"Authorization": "Basic YTpi"},
    {"Cookie": "sessionid=abc"},
    {"Cookie": "theme=dark; __Host-sessionid=abc"},
    {"Cookie": "reader=1; last_write=1"},
    *({name: "x"} for name in OF_HTMX),
]


def wait_until_expired():
    """A page that is kept for a second is used until the clock shows the second one after it."""
    time.sleep(2.1)


def test_a_page_that_the_site_marks_is_kept(nginx):
    first, second = nginx.get("/"), nginx.get("/")

    assert [first.text, second.text] == ["answer 1", "answer 1"]
    assert [first.is_kept, second.is_kept] == [False, True]


def test_a_page_is_kept_for_as_long_as_the_site_says(nginx, backend):
    backend.headers = FOR_A_SECOND
    nginx.get("/")
    wait_until_expired()
    second = nginx.get("/")

    assert (second.text, second.is_kept) == ("answer 2", False)


def test_the_client_gets_the_cache_control_of_the_site_and_not_the_mark(nginx):
    nginx.get("/")
    kept = nginx.get("/")

    assert kept.headers["Cache-Control"] == "public, no-cache"
    assert "X-Accel-Expires" not in kept.headers


UNMARKED = [
    {},
    {"Cache-Control": "public, max-age=60"},
    {"Cache-Control": "no-store"},
    {"X-Accel-Expires": "0"},
    PUBLIC | {"Set-Cookie": "a=b"},
    {"Set-Cookie": "a=b"} | PUBLIC,
]


def test_nothing_else_is_kept(nginx, backend):
    for number, backend.headers in enumerate(UNMARKED):
        answers = [nginx.get(f"/{number}"), nginx.get(f"/{number}")]

        assert answers[0].text != answers[1].text, backend.headers
    assert nginx.kept == {}


def test_an_unmarked_answer_of_any_status_is_not_kept(nginx, backend):
    backend.headers = {"Location": "/x/"}
    for backend.status in [200, 301, 302, 403, 404, 410, 500, 503]:
        answers = [nginx.get(f"/{backend.status}"), nginx.get(f"/{backend.status}")]

        assert answers[0].text != answers[1].text, backend.status
    assert nginx.kept == {}


def test_a_request_that_says_who_asks_is_neither_kept_nor_answered_from_the_cache(nginx):
    for number, headers in enumerate(PERSONAL):
        personal = nginx.get(f"/{number}", **headers)
        assert not any(key.endswith(f"/{number}") for key in nginx.kept), headers
        public = nginx.get(f"/{number}")

        again = nginx.get(f"/{number}", **headers)

        assert len({personal.text, public.text, again.text}) == 3, headers
        assert not again.is_kept
        assert nginx.get(f"/{number}").is_kept


def test_a_post_is_passed_on_each_time(nginx):
    nginx.get("/")

    assert nginx.get("/", method="POST", body="a=b").text == "answer 2"


def test_a_page_is_kept_once_for_each_set_of_encodings_that_the_site_sends(nginx, backend):
    for accepted in [
        "gzip",
        "gzip;q=0.8, deflate",
        "gzip, br",
        "br;q=0.5,gzip",
        "br;q=0, gzip",
        "identity",
        "zstd",
    ]:
        nginx.get("/", **{"Accept-Encoding": accepted})

    assert [asked["Accept-Encoding"] for asked in backend.asked] == ["gzip", "br, gzip", None]


BROWSERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "*/*",
    "text/markdownish",
    "",
]
AGENTS = ["Text/Markdown, text/html, */*", "text/markdown", "text/markdown ,text/html;q=0.9"]


def test_all_browsers_share_a_page_and_so_do_clients_that_prefer_markdown(nginx, backend):
    browsers = [nginx.get("/", Accept=accept) for accept in BROWSERS if "ish" not in accept]
    agents = [nginx.get("/", Accept=accept) for accept in AGENTS]

    assert {answer.text for answer in browsers} == {"answer 1"}
    assert {answer.text for answer in agents} == {"answer 2"}
    assert [answer.is_kept for answer in browsers + agents].count(False) == 2
    assert [asked["Accept"] for asked in backend.asked] == [BROWSERS[0], "text/markdown"]


def test_what_the_site_has_to_weigh_is_neither_kept_nor_answered_from_the_cache(nginx, backend):
    weighed = [
        "text/html, text/markdown;q=0.9",
        "text/markdown;q=0.5, text/html;q=0.1",
        "text/markdown;q=0",
        "text/markdownish",
    ]
    known = [nginx.get("/", Accept=accept).text for accept in (BROWSERS[0], AGENTS[0])]

    answers = [nginx.get("/", Accept=accept) for accept in weighed]

    assert len({*known, *(answer.text for answer in answers)}) == 2 + len(weighed)
    assert [asked["Accept"] for asked in backend.asked][2:] == weighed
    assert len(nginx.kept) == 2


def test_hosts_and_queries_are_pages_of_their_own(nginx):
    answers = [nginx.get("/"), nginx.get("/?q=a"), nginx.get("/", Host="127.0.0.1")]

    assert [answer.text for answer in answers] == ["answer 1", "answer 2", "answer 3"]


def test_a_page_that_is_gone_is_gone_when_its_second_is_over(nginx, backend):
    backend.headers = FOR_A_SECOND
    nginx.get("/tools/x/")
    wait_until_expired()
    backend.status, backend.headers = 404, {}

    assert nginx.get("/tools/x/").status == 404


def test_a_kept_page_is_revalidated_by_its_etag(nginx, backend):
    backend.headers = FOR_A_SECOND | {"ETag": '"v1"'}
    nginx.get("/")
    wait_until_expired()
    backend.status, backend.headers = 304, PUBLIC | {"ETag": '"v1"'}

    answers = [nginx.get("/"), nginx.get("/")]

    assert backend.asked[1]["If-None-Match"] == '"v1"'
    assert [(answer.status, answer.text) for answer in answers] == [(200, "answer 1")] * 2
    assert answers[1].is_kept


def test_a_page_stays_readable_while_the_site_fails_and_says_so(nginx, backend):
    backend.headers = FOR_A_SECOND
    nginx.get("/")
    wait_until_expired()
    backend.headers = {}
    for backend.status in [502, 503, 504]:
        answer = nginx.get("/")

        assert (answer.status, answer.text, answer.is_stale) == (200, "answer 1", True)


def test_what_is_not_kept_is_refused_in_words_without_the_site(nginx_alone):
    answer = nginx_alone.get("/me/")

    assert (answer.status, answer.headers["Retry-After"]) == (502, "10")
    assert answer.text == "The site does not answer at the moment. Try again in a few seconds.\n"
    assert answer.headers["Cache-Control"] == "no-store"
