"""Send hostile requests to every URL pattern, and print what went wrong and what it cost, as JSON.

Runs in the environment of a web process in production, on a database with the rows of tests/security/site_data.py.
Standard input: {"seed", "minutes", "share", "values": {route: {gap: value}}, "visitors": {name: cookies}}.
"""

import json
import logging
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

from config.wsgi import application

# isort: split
from django.conf import settings
from django.http.cookie import SimpleCookie

from tests.security.crawl.hostile_values import SCRIPT
from tests.security.crawl.html_forms import html_forms
from tests.security.crawl.parameters import LookedUp
from tests.security.crawl.requests import Hostile
from tests.security.crawl.stored_rows import COUNTED, StoredRows
from tests.security.crawl.wsgi_client import Answer, CrawlRequest, send
from tests.security.url_patterns import SitePattern, site_patterns

# What no URL pattern answers: static files, and the rest.
OTHER_ROUTES = ["static/<path:file>", "<path:anything>"]
SLOW = 10  # times the median


class Log(logging.Handler):
    """Keeps what the site logs, as it is written; about a client's mistake without the trace that Django gives."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        root = logging.getLogger()
        self.formatter = root.handlers[0].formatter
        root.handlers = [self]

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "status_code", 500) < 500:
            record = logging.makeLogRecord(record.__dict__ | {"exc_info": None, "exc_text": None})
        self.lines.append(self.format(record))

    def take(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


class Crawl:
    def __init__(self, visitors: dict[str, dict[str, str]]) -> None:
        self.visitors = visitors
        self.log, self.rows, self.looked_up = Log(), StoredRows(), LookedUp()
        self.looked_up.install()
        self.findings: list[str] = []
        self.statuses: Counter[str] = Counter()
        self.costs: dict[str, list[tuple[int, float, str]]] = defaultdict(list)

    def visit(self, hostile: Hostile) -> None:
        self.looked_up.take()
        first = self.send(hostile, hostile.request())
        names = self.looked_up.take() - {"csrfmiddlewaretoken"}
        for request in self._requests(hostile, names):
            self.send(hostile, request)
        for form in html_forms(first.text if first else ""):
            if form.method == "post":
                for request in hostile.in_a_form(form):
                    self.send(hostile, request)
        for request in hostile.in_unknown_fields(self.looked_up.take() - names):
            self.send(hostile, request)

    @staticmethod
    def _requests(hostile: Hostile, names: set[str]) -> Iterator[CrawlRequest]:
        yield from hostile.in_the_path()
        yield from hostile.in_the_query(names)
        yield from hostile.in_a_list_of_the_admin()
        yield from hostile.by_method()
        yield from hostile.by_header()
        yield from hostile.by_body()

    def send(self, hostile: Hostile, request: CrawlRequest) -> Answer | None:
        cookies = self.visitors[request.visitor]
        try:
            answer = send(application, request, cookies)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
            self.findings.append(f"{request}\n    raised {error!r}")
            answer = None
        problems = [
            *self._changes(answer),
            *(problems_of(answer, self.log.take()) if answer else []),
        ]
        self.findings += [f"{request}\n    {problem}" for problem in problems]
        if answer:
            self.statuses[f"{answer.status // 100}xx"] += 1
            _keep_csrf_cookie(answer, cookies)
            if answer.status < 300:
                kind = f"{request.method} {hostile.pattern.route}"
                self.costs[kind].append((answer.cost, answer.seconds, str(request)))
        return answer

    def _changes(self, answer: Answer | None) -> Iterator[str]:
        if answer and not answer.wrote:
            return
        if changed := self.rows.changed():
            if answer and answer.is_refusal and (wrong := changed - COUNTED):
                yield f"{answer.status}, but it changed {', '.join(sorted(wrong))}"
            self.rows.restore(changed)

    def costly(self) -> Iterator[str]:
        for answers in self.costs.values():
            median = statistics.median(cost for cost, _, _ in answers)
            for cost, _, request in answers:
                if cost > SLOW * max(median, 10):
                    yield f"{request}\n    {cost} statements and rows, {median:g} usually"

    def slowest(self) -> list[str]:
        """Return the requests that took the longest, compared with others of their kind."""
        ratios = [
            (seconds / statistics.median(other for _, other, _ in answers), seconds, request)
            for answers in self.costs.values()
            for _, seconds, request in answers
        ]
        return [
            f"{ratio:.1f} × its median, {seconds * 1000:.0f} ms: {request[:200]}"
            for ratio, seconds, request in sorted(ratios, reverse=True)[:10]
        ]


# What /healthz/work/ answers on purpose: no worker runs here.
NOT_WELL = b"not well\n"


def problems_of(answer: Answer, log: list[str]) -> Iterator[str]:
    location = answer.headers.get("location", "")
    if answer.status >= 500 and answer.body != NOT_WELL:
        yield str(answer.status)
    if any("Traceback" in line for line in log):
        yield f"{answer.status}, with a trace in the log: {log[-1][-500:]}"
    if any("\n" in line for line in log):
        yield f"{answer.status}, with a record of several lines in the log"
    if "x-crawl" in answer.headers:
        yield "a header was injected"
    if location.startswith("//") or urlsplit(location).hostname not in {None, "localhost"}:
        yield f"redirected to {location}"
    if (
        answer.headers.get("content-type", "").startswith("text/html")
        and "<crawl-tag" in answer.text
    ):
        yield f"{SCRIPT} is not escaped"
    if settings.SECRET_KEY in answer.text or "Traceback (most recent call last)" in answer.text:
        yield "the answer tells a secret or a trace"
    if answer.body and not answer.headers.get("content-type"):
        yield f"{answer.status} without a content type"


def _keep_csrf_cookie(answer: Answer, cookies: dict[str, str]) -> None:
    """Keep what the admin's forms need; every other cookie stays that of the visitor."""
    for name, morsel in SimpleCookie(answer.headers.get("set-cookie", "")).items():
        if "csrftoken" in name and morsel.value:
            cookies[name] = morsel.value


def cookies_in_production(cookies: dict[str, str]) -> dict[str, str]:
    """Name the session as a site over HTTPS does."""
    names = {"sessionid": settings.SESSION_COOKIE_NAME}
    return {names.get(name, name): value for name, value in cookies.items()}


def visitor_of(pattern: SitePattern, visitors: list[str], random: Random) -> str:
    """Staff who may do all see the most of the admin; a reader of the rest."""
    usual = "superuser" if pattern.route.startswith("admin/") else "reader"
    return random.choice([usual, usual, usual, *visitors])


def crawl_once(crawl: Crawl, values: dict[str, dict[str, str]], seed: int, share: float) -> None:
    others = [SitePattern(route, "", _no_view) for route in OTHER_ROUTES]
    for pattern in [*site_patterns(), *others]:
        random = Random(f"{seed} {pattern.route}")
        known = {
            name: quote(value, safe="") for name, value in values.get(pattern.route, {}).items()
        }
        filled = {name: known.get(name, "none") for name in pattern.parameters}
        visitor = visitor_of(pattern, sorted(crawl.visitors), random)
        crawl.visit(Hostile(pattern, filled, visitor, random, share))


def _no_view() -> None:
    """Stand for what answers a path without a URL pattern."""


def main() -> None:
    order: dict[str, Any] = json.load(sys.stdin)
    visitors = {name: cookies_in_production(each) for name, each in order["visitors"].items()}
    crawl, until = Crawl(visitors), time.monotonic() + 60 * order["minutes"]
    seed = order["seed"]
    index = send(application, CrawlRequest("superuser", "GET", "/admin/"), visitors["superuser"])
    assert index.status == 200, "the operator is not signed in"
    try:
        crawl_once(crawl, order["values"], seed, order["share"])
        while time.monotonic() < until:
            seed += 1
            crawl_once(crawl, order["values"], seed, order["share"])
    finally:
        crawl.rows.forget()
    report = {
        "patterns": len(crawl.costs),
        "seeds": [order["seed"], seed],
        "statuses": crawl.statuses,
        "findings": crawl.findings + list(crawl.costly()),
        "slowest": crawl.slowest(),
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
