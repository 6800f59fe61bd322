"""What one request costs: processor time of the web process and of Postgres, and bytes of its log.

    .venv/bin/python -m tests.bench.capacity

docs/scale.md multiplies these. Processor time hardly depends on what else the machine does; requests per second do,
and bin/bench measures them.
"""

import secrets
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil

from tests.votes.own_server import ROOT
from tests.web.servers import Postgres, Visitor, Web, environment_for, manage

TIMES = 400
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "http://127.0.0.1",
}


def seconds_of(processes):
    """Processor seconds that the processes have used; those that have ended count as none."""
    return sum(sum(process.cpu_times()[:2]) for process in processes if process.is_running())


class Meter:
    def __init__(self, postgres, web):
        self.postgres = postgres
        master = psutil.Process(web.process.pid)
        self.web = [master, *master.children(recursive=True)]

    def measure(self, title, ask, times=TIMES):
        for number in range(20):
            ask(-number - 1)
        before = self._state()
        for number in range(times):
            ask(number)
        web, server, log = (
            (after - then) / times for after, then in zip(self._state(), before, strict=True)
        )
        print(
            f"{title:28} {web * 1000:8.2f} ms {server * 1000:8.2f} ms {log:8.0f} bytes", flush=True
        )

    def _state(self):
        position = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
        ((log,),) = self.postgres.rows(position)
        return seconds_of(self.web), seconds_of(self.postgres.processes), float(log)


def expect(answer, *statuses):
    assert answer[0] in statuses, answer


def production(postgres, folder):
    own = PRODUCTION | {"STATIC_ROOT": folder / "static", "DATABASE_POOL_SIZE": 1}
    return environment_for(postgres.url) | {name: str(value) for name, value in own.items()}


def measure_pages(postgres, folder, stack):
    web = Web(folder, production(postgres, folder))
    stack.callback(web.stop)
    meter = Meter(postgres, web)
    slugs = [
        slug for (slug,) in postgres.rows("SELECT slug FROM tools_tool ORDER BY slug LIMIT 30")
    ]
    pair = f"/compare/{slugs[0]}-vs-{slugs[1]}/"
    reader = web.visitor()
    expect(reader.post(f"/tools/{slugs[0]}/vote/", choice="ship"), 303)
    meter.measure("hot tool page", lambda n: expect(web.visitor().get(f"/tools/{slugs[0]}/"), 200))
    meter.measure("hot comparison", lambda n: expect(web.visitor().get(pair), 200))
    meter.measure(
        "/me/ of a stranger", lambda n: expect(web.visitor().get(f"/me/?tools={slugs[0]}"), 204)
    )
    meter.measure("/me/ of a voter", lambda n: expect(reader.get(f"/me/?tools={slugs[0]}"), 200))
    meter.measure(
        "first vote of a reader",
        lambda n: expect(vote(Visitor(web, {}), slugs[n % 30]), 303),
    )
    meter.measure("another vote of a reader", lambda n: expect(vote(reader, slugs[n % 30], n), 303))


def vote(visitor, slug, number=0):
    return visitor.post(f"/tools/{slug}/vote/", choice=["ship", "skip"][number // 30 % 2])


def measure_cold_pages(postgres, folder, stack):
    environment = production(postgres, folder)
    web = Web(folder, environment | {"PAGE_CACHE": "off"})
    stack.callback(web.stop)
    meter = Meter(postgres, web)
    slugs = [
        slug for (slug,) in postgres.rows("SELECT slug FROM tools_tool ORDER BY slug LIMIT 30")
    ]
    pair = f"/compare/{slugs[0]}-vs-{slugs[1]}/"
    meter.measure(
        "cold tool page", lambda n: expect(web.visitor().get(f"/tools/{slugs[0]}/"), 200), 100
    )
    meter.measure("cold comparison", lambda n: expect(web.visitor().get(pair), 200), 100)


def main():
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        postgres = Postgres(folder / "postgres")
        postgres.join()
        stack.callback(postgres.leave, "immediate")
        environment = production(postgres, folder)
        for command in [
            ["migrate", "--verbosity", "0"],
            ["import_catalog", ROOT / "sample" / "catalog.json"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
        ]:
            done = manage(environment, *command)
            if done.returncode:
                sys.exit(done.stderr)
        print(f"{'per request':28} {'web':>11} {'Postgres':>11} {'log':>14}")
        measure_pages(postgres, folder, stack)
        measure_cold_pages(postgres, folder, stack)


if __name__ == "__main__":
    main()
