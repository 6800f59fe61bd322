"""bin/bench: its options, its tables from stored results, and what it reads from wrk and from Postgres."""

import json
import shutil
import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bin.local.bench import results
from bin.local.bench.cases import all_cases
from bin.local.bench.dataset import Databases, Dataset
from bin.local.bench.http_requests import Request, drive, find_wrk, read_load
from bin.local.bench.nginx import local
from bin.local.bench.options import parse
from bin.local.bench.results import Measured, Row
from bin.local.bench.revision import worktree
from bin.local.bench.statement_log import count_statements
from bin.local.terminal import Problem

ROOT = Path(__file__).resolve().parents[2]
LOG = """\
2026-11-20 10:00:00.000 UTC [7] LOG:  statement: BEGIN
2026-11-20 10:00:00.001 UTC [7] LOG:  execute <unnamed>: SELECT 1
\tFROM tools_tool
2026-11-20 10:00:00.001 UTC [7] DETAIL:  Parameters: $1 = 'LOG:  statement: x'
2026-11-20 10:00:00.002 UTC [7] LOG:  execute _pg3_0: SELECT 2
2026-11-20 10:00:00.003 UTC [7] LOG:  checkpoint starting: time
"""
SAMPLE = {
    "tools": [
        {"id": n, "slug": f"tool-{n}", "category": f"category-{n % 3}"} for n in range(1, 101)
    ],
    "categories": ["category-0", "category-1", "category-2"],
    "reviewers": ["ada", "ben"],
    "cookies": ["reader=one", "reader=two", "reader=three"],
}


def measured(revision="before", tools=1000, **fields):
    hot = Row(
        "tool", "hot", 800.0, ratio=0.2, cpu=2.0, cpu_ratio=0.25, p50=19.94, p99=40.0, queries=2
    )
    hot.size, hot.compressed = 28_400, 6_600
    for name, value in fields.items():
        setattr(hot, name, value)
    cold = Row("home", "one at a time", 5.5, p50=180.0, p99=200.0)
    return Measured(revision, tools, 10 * tools, [3900.4, 4100.4], [hot, cold], {"web": 105.2})


@contextmanager
def recording_server():
    """Yield its port, and a list of (method, path, body, cookie) that grows with each request."""
    received = []

    class Recorder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            received.append((self.command, self.path, body, self.headers["Cookie"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bench(*arguments):
    command = [sys.executable, "-m", "bin.local.bench.run", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def stored(path, *measurements):
    results.write(path, measurements)
    return str(path)


# Tables


def test_the_table_has_a_row_for_each_measurement():
    assert results.table(measured()).splitlines() == [
        "1,000 tools, 10,000 votes, before. Constant view: 3,900 to 4,100 requests a second.",
        "                     req/s  ratio  CPU ms  ratio  p50 ms  p99 ms  queries    kB  kB gzip",
        "tool  hot              800  0.200    2.00  0.250    19.9    40.0        2  28.4      6.6",
        "home  one at a time    5.5                         180.0   200.0",
        "Memory (RSS): web 105 MB.",
    ]


def test_the_table_says_what_votes_write():
    of_votes = measured()
    of_votes.log_bytes = {"another vote": 2399.4, "change": 2347}
    of_votes.row_bytes = {"votes_vote table": 117, "votes_vote indexes": 230.6}

    assert results.table(of_votes).splitlines()[-2:] == [
        "Bytes in the write-ahead log: another vote 2,399, change 2,347.",
        "Bytes of a row: votes_vote table 117, votes_vote indexes 231.",
    ]


def test_stored_results_are_read_as_they_were(tmp_path):
    path = tmp_path / "a.json"
    both = [measured(), measured(tools=100_000)]

    results.write(path, both)

    assert results.read(path) == both


def test_two_files_are_compared_without_measuring(tmp_path):
    before = stored(tmp_path / "before.json", measured(), measured(tools=10))
    faster = measured("after", rate=2600.0, ratio=0.65, cpu=0.5, queries=1, compressed=5000)
    after = stored(tmp_path / "after.json", measured(tools=20), faster)

    done = bench("--compare", before, after)

    assert done.returncode == 0, done.stderr
    title, head, tool, home = done.stdout.splitlines()
    assert title == "1,000 tools: before -> after."
    assert head.split()[:4] == ["req/s", "ratio", "faster", "CPU"]
    assert " 800 -> 2,600 " in tool
    assert " 0.200 -> 0.650 " in tool
    assert " 3.25x " in tool
    assert " 4.00x " in tool
    assert " 2 -> 1 " in tool
    assert tool.endswith("6.6 -> 5.0")
    assert " 1.00x " in home


def test_speed_is_compared_by_the_ratios_where_the_machines_may_differ():
    assert results.speedup(Row("a", "hot", 100, ratio=0.5), Row("a", "hot", 900, ratio=0.25)) == 0.5
    assert results.speedup(Row("a", "hot", 100), Row("a", "hot", 300)) == 3.0
    assert results.speedup(Row("a", "hot", 0), Row("a", "hot", 300)) is None


# Wrong options


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--tools", "0"], "0 is not a whole number above 0"),
        (["--seconds", "soon"], "soon is not a whole number above 0"),
        (["--only", "everything"], "invalid choice"),
        (["--compare", "/nowhere.json"], "there is no file /nowhere.json"),
        (["--tools", "1", "2", "--votes", "9"], "--votes goes with one number of --tools"),
    ],
)
def test_a_wrong_option_is_explained(arguments, message, capsys):
    with pytest.raises(SystemExit) as error:
        parse(arguments)

    assert error.value.code == 2
    assert message in capsys.readouterr().err


def test_more_than_two_files_cannot_be_compared(tmp_path, capsys):
    file = stored(tmp_path / "a.json", measured())

    with pytest.raises(SystemExit):
        parse(["--compare", file, file, file])

    assert "--compare takes one file, or two" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 0, "measured": []}', '{"format": 1}']
)
def test_a_file_of_something_else_is_refused(tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(content)

    done = bench("--compare", str(file), str(file))

    assert done.returncode == 1
    assert (
        done.stderr == f"bin/bench: {file} was not written by bin/bench --json of this version.\n"
    )


def test_an_unknown_revision_is_refused(tmp_path):
    with pytest.raises(Problem, match='"nonsense" is no revision'), worktree("nonsense", tmp_path):
        pass


def test_without_wrk_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Problem, match="apt install wrk"):
        find_wrk()


# What other programs say


def test_the_last_line_of_wrk_is_read():
    line = {"rate": 1.5, "p50": 2.0, "p99": 3.0, "requests": 9, "refused": 1, "broken": 0}

    load = read_load(f"Running 1s test\n{json.dumps(line)}\n")

    assert (load.rate, load.p50, load.p99, load.requests, load.refused) == (1.5, 2.0, 3.0, 9, 1)


def test_why_wrk_failed_is_told():
    with pytest.raises(Problem, match="wrk failed: unable to connect"):
        read_load("", "unable to connect\n")


def test_statements_are_counted_once_each():
    assert count_statements(LOG) == 3


def test_the_shipped_nginx_configuration_runs_on_this_machine(tmp_path):
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()

    config = local(shipped, folder=tmp_path, port=8123, backend=8124)

    assert "server 127.0.0.1:8124;" in config
    assert "listen 127.0.0.1:8123 " in config
    assert "resolver" not in config
    assert "/var/" not in config


def test_only_a_part_of_a_configuration_is_framed(tmp_path):
    whole = "user www-data;\nevents {}\nhttp { server { listen 127.0.0.1:8080 backlog=9; } }\n"

    config = local(whole, folder=tmp_path, port=8123, backend=8124)

    assert config == "\nevents {}\nhttp { server { listen 127.0.0.1:8123 backlog=9; } }\n"


# Cases


def test_no_page_is_asked_for_twice_when_it_should_be_cold():
    for case in all_cases(SAMPLE).values():
        if case.is_kept:
            paths = [request.path for request in [*case.hot, *case.cold]]
            assert len(paths) == len(set(paths)), case.name


def test_cold_comparisons_share_no_tool_with_the_hot_one():
    case = all_cases(SAMPLE)["compare4"]
    hot = set(case.hot[0].path.split("/")[2].split("-vs-"))

    assert len(hot) == 4
    assert len(case.cold) > 100
    assert not any(hot & set(request.path.split("/")[2].split("-vs-")) for request in case.cold)


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_wrk_sends_each_request_in_turn_and_then_the_other_choice():
    votes = [Request("/a/", {"Cookie": "reader=1"}, "POST", "choice=ship"), Request("/b/")]
    with recording_server() as (port, received):
        load = drive(port, votes, seconds=1)

    assert load.refused == load.broken == 0
    assert load.requests > 4
    assert {path for _, path, _, _ in received} == {"/a/", "/b/"}
    assert {body for _, path, body, _ in received if path == "/a/"} == {
        "choice=ship",
        "choice=skip",
    }
    assert {cookie for _, path, _, cookie in received if path == "/a/"} == {"reader=1"}


# Databases


def test_a_dataset_is_made_again_after_a_change_of_its_schema_or_seed(tmp_path):
    migration = tmp_path / "tools" / "migrations" / "0001_tables.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("one")
    before = Dataset(tmp_path, tools=10, votes=20)
    name = before.name

    migration.write_text("other")

    assert name.startswith("bench_10_20_")
    assert before.name.startswith("bench_10_20_")
    assert before.name != name


def test_the_url_of_a_database_keeps_the_server():
    databases = Databases("postgresql://postgres@:5432/postgres?host=%2Ftmp")

    assert databases.url_of("other") == "postgresql://postgres@:5432/other?host=%2Ftmp"
