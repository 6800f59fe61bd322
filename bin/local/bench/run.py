"""Measures the cases at each size, and prints the tables."""

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

from bin.local import terminal
from bin.local.bench import results
from bin.local.bench.cases import all_cases
from bin.local.bench.dataset import Databases, Dataset
from bin.local.bench.http_requests import find_wrk
from bin.local.bench.measuring import Meter, Subject
from bin.local.bench.nginx import nginx_beside
from bin.local.bench.options import parse
from bin.local.bench.processes import Site, Web, constant_view
from bin.local.bench.revision import describe, worktree
from bin.local.bench.statement_log import StatementLog
from bin.local.bench.vote_load import pgbench, voting
from bin.local.bench.vote_writes import log_bytes, row_bytes
from bin.local.places import LOCAL, ROOT, only_one
from bin.local.postgres import postgres
from bin.local.terminal import say

FOLDER = LOCAL / "bench"


def main() -> None:
    options = parse(sys.argv[1:])
    earlier = [results.read(path) for path in options.compare or []]
    if len(earlier) == 2:
        say("\n\n".join(results.comparisons(*earlier)))
        return
    find_wrk()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with only_one("bench"):
        measured = list(measure(options))
    if options.json:
        results.write(
            options.json, [each for each in measured if each.revision == measured[-1].revision]
        )
    for before in earlier:
        say("\n" + "\n\n".join(results.comparisons(before, measured)))


def measure(options: Namespace) -> Iterator[results.Measured]:
    """Yield what was measured, for each size that of `--at` first, and print it."""
    with ExitStack() as running:
        roots = [running.enter_context(worktree(options.at, FOLDER))] if options.at else []
        roots.append(ROOT)
        database_server = running.enter_context(server())
        constant = running.enter_context(constant_view(FOLDER))
        for tools in options.tools:
            votes = options.votes or 10 * tools
            datasets = [Dataset(root, tools, votes) for root in roots]
            for dataset in datasets:
                database_server.databases.prepare(dataset)
            database_server.databases.drop_outdated(datasets)
            found = measure_size(datasets, database_server, constant, options)
            for each in found:
                say(f"\n{results.table(each)}")
            if len(found) == 2:
                say(f"\n{results.comparison(*found)}")
            yield from found


@dataclass(frozen=True)
class Server:
    """A database server; of that of DATABASE_URL neither the log nor the processes are known."""

    databases: Databases
    log: StatementLog | None = None
    process: psutil.Process | None = None


@contextmanager
def server() -> Iterator[Server]:
    if url := os.environ.get("DATABASE_URL"):
        yield Server(Databases(url))
        return
    data = FOLDER / "postgres"
    with postgres(data) as url:
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
        log = StatementLog(url, data / "log")
        log.switch("none")  # it stayed on if an earlier run was killed
        yield Server(Databases(url), log, process)


def measure_size(
    datasets: Sequence[Dataset], server: Server, constant: Web, options: Namespace
) -> list[results.Measured]:
    with ExitStack() as running:
        subjects = [
            running.enter_context(subject(dataset, server.databases, number))
            for number, dataset in enumerate(datasets)
        ]
        meter = Meter(constant, seconds=options.seconds, log=server.log, database=server.process)
        meter.count_statements(subjects, options.only)
        with ExitStack() as load:
            if options.with_votes:
                for each in subjects:
                    load.enter_context(voting(each, options.with_votes))
            meter.measure(subjects, options.only)
        for each in subjects:
            finish(each, meter, options)
        return [each.measured for each in subjects]


@contextmanager
def subject(dataset: Dataset, databases: Databases, number: int) -> Iterator[Subject]:
    folder = FOLDER / f"site-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with databases.copied(dataset, number) as url:
        site = Site(dataset.root, url, folder)
        site.collect_static()
        sample = site.sample()
        with site.web() as web:
            measured = results.Measured(describe(dataset.root), dataset.tools, dataset.votes)
            yield Subject(site, url, web, all_cases(sample), sample["statements"], measured)


def finish(subject: Subject, meter: Meter, options: Namespace) -> None:
    """Measure what is beside the site: pgbench with its statements, what votes write, nginx, its memory."""
    votes = [name for name in ["vote", "vote-hot"] if not options.only or name in options.only]
    for name in votes:
        rate = pgbench(subject, FOLDER, is_hot=name == "vote-hot", seconds=options.seconds)
        subject.measured.rows.append(results.Row(name, "pgbench", rate))
    if "vote" in votes:
        subject.measured.log_bytes = log_bytes(subject)
        subject.measured.row_bytes = row_bytes(subject.url)
    if options.nginx:
        with nginx_beside(subject, FOLDER) as nginx:
            meter.measure_nginx(subject, nginx, options.only)
    subject.measured.memory = {
        "web": subject.web.memory(),
        "worker": subject.site.worker_memory(),
    }


if __name__ == "__main__":
    terminal.run("bin/bench", main)
