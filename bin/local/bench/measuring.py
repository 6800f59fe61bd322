"""Measures cases of one or two sites in turn, with the constant view before and after each case."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from statistics import mean, median
from typing import Any

import psutil
import psycopg

from bin.local.bench.cases import Case
from bin.local.bench.http_requests import CONNECTIONS, Browser, Load, Request, drive, size_of
from bin.local.bench.processes import Site, Web, cpu_of
from bin.local.bench.results import Measured, Row
from bin.local.bench.statement_log import StatementLog

WARM_UP = 1  # seconds, so that each web process has the page
CONSTANT = Request("/")
LONGEST_REST = 15  # seconds until the last requests are answered
IDLE = 0.02  # seconds of processor time in a tenth of a second
ONE_AT_A_TIME = 30  # requests for a page of which there is only one
ENOUGH = 10  # seconds, after which fewer will do
# A change that every list shows: as when staff rename a category.
NEW_VERSION = "UPDATE tools_catalogversion SET number = number + 1"


@dataclass(frozen=True)
class Subject:
    """A running site, and what was measured of it so far."""

    site: Site
    url: str
    web: Web
    cases: dict[str, Case]
    statements: str
    measured: Measured

    def chosen(self, only: Sequence[str] | None) -> list[Case]:
        return [case for name, case in self.cases.items() if not only or name in only]


@dataclass(frozen=True)
class Cost:
    """What wrk measured, and the ms of processor time for each request."""

    load: Load
    cpu: float

    @property
    def rate(self) -> float:
        return self.load.rate


class Meter:
    """`database` is the server process of a local Postgres, and `log` its log."""

    def __init__(
        self,
        constant: Web,
        *,
        seconds: int,
        log: StatementLog | None,
        database: psutil.Process | None,
    ) -> None:
        self._constant, self._seconds = constant, seconds
        self._log, self._database = log, database
        self._statements: dict[tuple[int, str, str], int] = {}

    def count_statements(self, subjects: Sequence[Subject], only: Sequence[str] | None) -> None:
        """Count them before anything is measured, for one request each; writing the log takes time."""
        for subject in subjects:
            with closing(Browser(subject.web.port)) as browser:
                _vote_for_me(subject, browser)
                if self._log:
                    with self._log.switched_on():
                        self._count(subject, browser, subject.chosen(only), self._log)

    def _count(
        self, subject: Subject, browser: Browser, cases: Iterable[Case], log: StatementLog
    ) -> None:
        browser.send(Request("/healthz/"))
        for case in cases:
            request, key = case.hot[0], (subject.web.port, case.name)
            if case.is_kept:
                self._statements[*key, "cold"] = log.cost(partial(browser.send, request))
            self._statements[*key, "hot"] = log.cost(partial(browser.send, request))
            if etag := browser.send(request).etag:
                again = _conditional(request, etag)
                self._statements[*key, "304"] = log.cost(partial(browser.send, again))

    def measure(self, subjects: Sequence[Subject], only: Sequence[str] | None) -> None:
        """Measure each mode of each case on all subjects, one after the other."""
        before = self._measure_constant()
        for name in [case.name for case in subjects[0].chosen(only)]:
            for steps in zip_longest(*(self._rows(each, name) for each in subjects)):
                after = self._measure_constant()
                for subject, row in zip(subjects, steps, strict=True):
                    subject.measured.constant.append(after.rate)
                    if row:
                        _add_ratios(row, before, after)
                        subject.measured.rows.append(row)
                before = after

    def measure_nginx(
        self, subject: Subject, ports: tuple[int, int], only: Sequence[str] | None
    ) -> None:
        """Add rows whose ratio is to nginx that serves the same bytes from disk."""
        nginx, files = ports
        for case in subject.chosen(only):
            if case.is_kept:
                drive(nginx, case.hot, seconds=WARM_UP)
                load = drive(nginx, case.hot, seconds=self._seconds)
                disk = drive(files, [Request(f"/{case.name}.html")], seconds=self._seconds)
                row = Row(case.name, "nginx", load.rate, load.rate / disk.rate)
                row.p50, row.p99 = load.p50, load.p99
                row.note = f"ratio to {disk.rate:,.0f}/s from disk"
                subject.measured.rows.append(row)

    def _measure_constant(self) -> Cost:
        return self._drive(self._constant, [CONSTANT], seconds=1)

    def _drive(self, web: Web, requests: Sequence[Request], *, seconds: int = 0) -> Cost:
        before = self._cpu(web)
        load = drive(web.port, requests, seconds=seconds or self._seconds)
        # What wrk had sent when it stopped is answered too, though nobody reads it.
        spent = self._cpu_when_idle(web) - before
        return Cost(load, 1000 * spent / (load.requests + CONNECTIONS))

    def _cpu_when_idle(self, web: Web) -> float:
        last = self._cpu(web)
        for _ in range(LONGEST_REST * 10):
            time.sleep(0.1)
            now = self._cpu(web)
            if now - last < IDLE:
                return now
            last = now
        return last

    def _cpu(self, web: Web) -> float:
        return web.cpu() + (cpu_of(self._database) if self._database else 0)

    def _rows(self, subject: Subject, name: str) -> Iterator[Row]:
        case, web = subject.cases[name], subject.web
        request = case.hot[0]
        if case.is_kept:
            yield self._counted(self._cold(subject, case), web)
            drive(web.port, case.hot, seconds=WARM_UP)
        with closing(Browser(web.port)) as browser:
            answer = browser.send(request)
        if answer.status != case.status:
            yield Row(name, "hot", 0, note=f"answered {answer.status}, not {case.status}")
            return
        row = _row(case, "hot", self._drive(web, case.hot))
        if request.method == "GET" and case.status != 204:
            row.size = answer.size or size_of(web.port, request)
            row.compressed = answer.compressed
        yield self._counted(row, web)
        if answer.etag:
            cost = self._drive(web, [_conditional(request, answer.etag)])
            yield self._counted(_row(case, "304", cost), web)

    def _counted(self, row: Row, web: Web) -> Row:
        mode = "cold" if row.mode == "one at a time" else row.mode
        row.queries = self._statements.get((web.port, row.case, mode))
        return row

    def _cold(self, subject: Subject, case: Case) -> Row:
        """Ask for another page each time, or, where there are too few, for one page after a change of it."""
        _execute(subject.url, NEW_VERSION)
        if not case.has_enough_cold:
            return self._one_at_a_time(subject, case)
        cost = self._drive(subject.web, case.cold)
        row = _row(case, "cold", cost)
        if cost.load.requests > len(case.cold):
            row.note += f"only {len(case.cold)} pages"
        return row

    def _one_at_a_time(self, subject: Subject, case: Case) -> Row:
        times: list[float] = []
        # Opening a connection to Postgres costs as much as a page: one for all changes, and before the clock starts.
        with psycopg.connect(subject.url, autocommit=True) as connection:
            connection.execute(NEW_VERSION)
            before = self._cpu(subject.web)
            while len(times) < ONE_AT_A_TIME and sum(times) < ENOUGH:
                times.append(_first_request(subject, case, connection))
            spent = self._cpu(subject.web) - before
        return Row(
            case.name,
            "one at a time",
            1 / mean(times),
            cpu=1000 * spent / len(times),
            p50=1000 * median(times),
            p99=1000 * max(times),
        )


def _first_request(
    subject: Subject, case: Case, connection: psycopg.Connection[tuple[Any, ...]]
) -> float:
    connection.execute(NEW_VERSION)
    with closing(Browser(subject.web.port)) as browser:
        return browser.send(case.hot[0]).took


def _row(case: Case, mode: str, cost: Cost) -> Row:
    load = cost.load
    row = Row(case.name, mode, load.rate, cpu=cost.cpu, p50=load.p50, p99=load.p99)
    wrong = load.broken + (load.refused if case.status < 400 else load.requests - load.refused)
    # wrk stops in the middle of the last requests.
    if not load.requests:
        row.note = "no answer in this time "
    elif wrong > 0.001 * load.requests:
        row.note = f"{wrong} of {load.requests} not answered with {case.status} "
    return row


def _add_ratios(row: Row, before: Cost, after: Cost) -> None:
    """Add the ratios to the constant view, as it was `before` and `after`."""
    if row.mode != "one at a time":
        row.ratio = row.rate / mean([before.rate, after.rate])
    if row.cpu:
        row.cpu_ratio = mean([before.cpu, after.cpu]) / row.cpu


def _conditional(request: Request, etag: str) -> Request:
    return replace(request, headers={**request.headers, "If-None-Match": etag})


def _vote_for_me(subject: Subject, browser: Browser) -> None:
    """Cast some votes of the reader whose /me/ is measured."""
    (asks,) = subject.cases["me-cookie"].hot
    vote = subject.cases["vote"].hot[0]
    for slug in asks.path.partition("=")[2].split(",")[:4]:
        headers = {**vote.headers, "Cookie": asks.headers["Cookie"]}
        browser.send(replace(vote, path=f"/tools/{slug}/vote/", headers=headers))


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
