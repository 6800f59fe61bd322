"""Votes per second through gunicorn, beside a view that writes nothing and pgbench with the same statements.

    python -m tests.bench.votes [seconds per line, 5 by default]

Everything runs on this machine and in one run: a Postgres of its own (durable), gunicorn with 2 workers, and
the readers, in 2 processes with 8 connections each, so that the ratios say more than the figures. Each
request is a vote that changes something: a first one, or one for the other side. Aim: spread over 1,000
tools at least 0.5 × the bare view, all on one tool at least 0.7 × spread.
"""

import http.client
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from threading import Thread

from bin.local.postgres_server import find_programs
from tests.votes.own_server import ROOT, own_server
from tests.votes.web_server import gunicorn
from votes.tally import DIFFERENCES

TOOLS, READERS, PROCESSES, CONNECTIONS = 1000, 400, 2, 8


def main(seconds=5):
    with own_server() as server, tempfile.TemporaryDirectory() as static:
        environment = server.environment | {
            "DEBUG": "0",
            "SECRET_KEY": "for the benchmark only " * 3,
            "SITE_URL": "https://127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXY_HOPS": "1",
            "STATIC_ROOT": static,
            "DATABASE_POOL_SIZE": "8",
        }
        python(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        site = json.loads(
            python(
                environment,
                "-c",
                "import django; django.setup(); from tests.bench.votes_site import prepare; "
                f"prepare({TOOLS}, {READERS})",
            )
        )
        with gunicorn(environment, "tests.bench.votes_site:make_application()") as port:
            drive(port, site, "spread", 1)  # warm
            rates = {
                name: drive(port, site, name, seconds) for name in ["bare", "spread", "hot", "box"]
            }
        assert server.rows(DIFFERENCES) == []
        beside = {name: pgbench(server, site, name, seconds) for name in ["spread", "hot"]}
        print(f"bare view       {rates['bare']:7.0f}/s")
        print(
            f"votes, spread   {rates['spread']:7.0f}/s = {rates['spread'] / rates['bare']:.2f} × bare"
        )
        print(
            f"votes, one tool {rates['hot']:7.0f}/s = {rates['hot'] / rates['spread']:.2f} × spread"
        )
        print(f"spread, htmx    {rates['box']:7.0f}/s = {rates['box'] / rates['bare']:.2f} × bare")
        print(f"pgbench, spread {beside['spread']:7.0f}/s")
        print(f"pgbench, 1 tool {beside['hot']:7.0f}/s")


def drive(port, site, name, seconds):
    """Requests answered per second."""
    halves = [site["readers"][n::PROCESSES] for n in range(PROCESSES)]
    with Pool(PROCESSES) as pool:
        counts = pool.starmap(press, [(port, name, half, seconds) for half in halves])
    answers = sum((Counter(count) for count in counts), Counter())
    assert set(answers) <= {200, 303}, answers
    return answers.total() / seconds


def press(port, name, readers, seconds):
    """Press buttons on some connections at once; return {status: times}."""
    answers, end = Counter(), time.monotonic() + seconds
    threads = [
        Thread(target=_press, args=(port, name, readers[n::CONNECTIONS], end, answers))
        for n in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(answers)


def _press(port, name, readers, end, answers):
    connection, said = http.client.HTTPConnection("127.0.0.1", port), {}
    dice = random.Random(f"{name} {readers[0]['cookie']}")
    while time.monotonic() < end:
        reader = dice.choice(readers)
        tool = 7 if name == "hot" else dice.randrange(TOOLS)
        key = reader["cookie"], tool
        said[key] = "skip" if said.get(key) == "ship" else "ship"
        address = "/bare/" if name == "bare" else f"/tools/bench-{tool}/vote/"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"reader={reader['cookie']}",
            "Origin": "https://127.0.0.1",
            "X-Forwarded-For": reader["address"],
            "X-Forwarded-Proto": "https",
        } | ({"HX-Request": "true"} if name == "box" else {})
        connection.request("POST", address, f"choice={said[key]}", headers)
        response = connection.getresponse()
        response.read()
        answers[response.status] += 1
    connection.close()


def python(environment, *args):
    command = [sys.executable, *args]
    return subprocess.check_output(command, cwd=ROOT, env=environment, text=True)


def pgbench(server, site, name, seconds):
    """Votes per second of pgbench with as many connections, by the statements of one vote of the site."""
    first, last = site["first_tool"], site["first_tool"] + (0 if name == "hot" else TOOLS - 1)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set t random({first}, {last})\n\\set n :t - {site['first_tool']}\n")
        script.write(f"\\set r random({10**11}, {10**11 + READERS - 1})\n")
        script.write(site["statements"])
        script.flush()
        Path(script.name).chmod(0o644)
        flags = ["-n", "-c", str(PROCESSES * CONNECTIONS), "-j", "2", "-T", str(seconds)]
        command = [find_programs() / "pgbench", *flags, "-f", script.name]
        said = subprocess.check_output([*command, server.handle.url], text=True)
    return float(re.search(r"tps = ([\d.]+)", said)[1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
