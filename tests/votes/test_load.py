"""What holds while many vote at once, connections are killed and Postgres crashes: on a server of its own."""

import random
import time
from collections import Counter
from contextlib import contextmanager, suppress
from threading import Event, Thread

import psycopg
import pytest

from tests.votes.browsers import Browser, browse
from tests.votes.own_server import answer_of, own_server
from tests.votes.web_server import gunicorn
from tests.waiting import wait_until
from votes import vote_log
from votes.tally import DIFFERENCES

# Votes that are not withdrawn, by the rows and by what the audit counted. One statement, one snapshot.
AUDIT_DIFFERENCES = """
SELECT tool.slug, votes.n, audit.n FROM tools_tool AS tool
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM votes_vote WHERE tool_id = tool.id AND state <> 'withdrawn'
) AS votes
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE event WHEN 'cast' THEN count WHEN 'withdrawn' THEN -count END), 0) AS n
    FROM votes_voteday WHERE tool_id = tool.id
) AS audit
WHERE votes.n <> audit.n
"""

# What an intervention says that it changed, and by how much the tally moved: never by more.
WRONG_INTERVENTIONS = """
SELECT * FROM votes_intervention
WHERE CASE act
    WHEN 'voided' THEN ships_before + skips_before - ships_after - skips_after NOT BETWEEN 0 AND votes
    ELSE ships_after + skips_after - ships_before - skips_before <> votes
END
"""


@pytest.fixture(scope="module")
def server():
    with own_server() as server:
        yield server


@pytest.fixture
def tools(server):
    """The ids of four published tools without votes."""
    return server.ask_readers("make_tools", count=4)


def readers_of(server, count):
    return server.ask_readers("make_readers", count=count)


def test_64_parallel_casts_of_one_reader_leave_one_vote(server, tools):
    (reader,) = readers_of(server, 1)

    answers = server.ask_readers("cast_the_same", reader=reader, tool=tools[0], times=64)

    ((vote, state),) = {tuple(answer) for answer in answers}
    assert state == "counted"
    assert server.rows("SELECT id, choice FROM votes_vote WHERE reader_id = %s", reader) == [
        (vote, "ship")
    ]
    assert server.rows(
        "SELECT event, rule, count FROM votes_voteday WHERE tool_id = %s", tools[0]
    ) == [("cast", "", 1)]
    assert tallies(server, tools[:1]) == [(1, 0, 0)]


def test_parallel_takers_are_granted_the_capacity_and_not_one_more(server):
    buckets = [["full", 100, 0.001], ["scarce", 20, 0.001]]

    assert server.ask_readers("take_at_once", buckets=buckets[:1], times=32) == 32
    assert server.ask_readers("take_at_once", buckets=buckets, times=32) == 20
    assert server.ask_readers("take_at_once", buckets=buckets, times=32) == 0
    assert "deadlock detected" not in server.log


def test_a_parallel_counter_leaves_no_number_out(server):
    assert server.ask_readers("count_at_once", name="n", times=32) == list(range(1, 33))


def test_the_tally_is_the_count_of_the_votes_at_every_instant_under_load(server, tools):
    readers, seed = readers_of(server, 64), random.randrange(1000)
    with watching(server) as seen:
        halves = [
            server.start_readers("vote_at_random", readers=half, tools=tools, seconds=12, seed=seed)
            for half in [readers[:32], readers[32:]]
        ]
        wait_for_all(server, readers)
        disturb(server, halves)
        answers = [answer_of(half) for half in halves]

    report(seed, answers, seen)
    errors = [error for half in answers for error in half["errors"]]
    assert seen["differences"] == []
    assert seen["samples"] >= 30
    assert sum(half["answered"] for half in answers) >= 1000
    assert [error for error in errors if "deadlock" in error.lower()] == []
    assert "deadlock detected" not in server.log
    for half in answers:
        assert lost_votes(server, half["known"]) == []


def test_staff_void_and_release_while_readers_vote(server, tools):
    readers = readers_of(server, 16)
    with watching(server) as seen:
        staff = server.start_readers("intervene", tools=tools, seconds=6)
        answers = server.ask_readers(
            "vote_at_random", readers=readers, tools=tools, seconds=6, seed=1
        )
        done = answer_of(staff)

    print(f"staff: {done} interventions and recounts beside {answers['answered']} votes")
    assert seen["differences"] == []
    assert answers["errors"] == []
    assert lost_votes(server, answers["known"]) == []
    assert "deadlock detected" not in server.log
    assert server.rows(WRONG_INTERVENTIONS) == []
    assert server.rows("SELECT count(*) FROM votes_intervention WHERE votes > 0")[0][0] > 10


def test_load_over_http_is_never_answered_with_500(server, tools):
    slugs = dict(server.rows("SELECT id::text, slug FROM tools_tool WHERE id = ANY(%s)", tools))
    seed = random.randrange(1000)
    with (
        gunicorn(server.environment | {"DATABASE_POOL_SIZE": "8"}) as port,
        watching(server) as seen,
    ):
        browsers = [Browser(number, port, slugs) for number in range(16)]
        threads = browse(browsers, time.monotonic() + 14, seed)
        disturb(server, threads)

    statuses = sum((one.statuses for one in browsers), Counter())
    print(f"\nHTTP load, seed {seed}: {dict(statuses)}, {seen['samples']} samples,")
    print(f"{len(seen['differences'])} differences")
    assert set(statuses) <= {0, 200, 303, 503}
    assert statuses[303] >= 100
    assert seen["differences"] == []
    assert lost_votes(server, {one.reader: one.known for one in browsers}) == []
    assert "deadlock detected" not in server.log


def tallies(server, tools):
    query = "SELECT ships, skips, held FROM votes_tally WHERE tool_id = ANY(%s) ORDER BY tool_id"
    return server.rows(query, tools)


def lost_votes(server, known):
    """(reader, tool, stored, what it may be) of each vote that is not the last answer that its reader got."""
    stored = {
        (reader.hex, str(tool)): choice
        for reader, tool, choice in server.rows(
            "SELECT reader_id, tool_id, choice FROM votes_vote WHERE state <> 'withdrawn'"
        )
    }
    return [
        (reader, tool, stored.get((reader, tool), ""), may_be)
        for reader, votes in known.items()
        for tool, may_be in votes.items()
        if stored.get((reader, tool), "") not in may_be
    ]


@contextmanager
def watching(server):
    """Compare tallies, audit and rows every 100 ms, each in one statement; the server may be away."""
    seen, over = Counter(samples=0), Event()
    seen["differences"] = []

    def watch():
        while not over.wait(0.1):
            with suppress(psycopg.OperationalError), server.connect() as connection:
                while not over.wait(0.1):
                    seen["differences"] += connection.execute(DIFFERENCES).fetchall()
                    seen["differences"] += connection.execute(AUDIT_DIFFERENCES).fetchall()
                    seen["differences"] += connection.execute(vote_log.DIFFERENCES).fetchall()
                    seen["samples"] += 1

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
    seen["differences"] += server.rows(DIFFERENCES) + server.rows(AUDIT_DIFFERENCES)
    seen["differences"] += server.rows(vote_log.DIFFERENCES)
    seen["differences"] += server.rows(vote_log.REASON_DIFFERENCES)


def wait_for_all(server, readers):
    asked = "SELECT count(DISTINCT reader_id) FROM votes_vote WHERE reader_id = ANY(%s::uuid[])"
    wait_until(lambda: server.rows(asked, readers) == [(len(readers),)])


def disturb(server, those):
    """Kill a connection about every 150 ms and crash the server twice while those (threads, processes) run."""
    crash_at = [time.monotonic() + 3, time.monotonic() + 8]
    while any(one.is_alive() if isinstance(one, Thread) else one.poll() is None for one in those):
        time.sleep(0.15)
        if crash_at and time.monotonic() > crash_at[0]:
            crash_at.pop(0)
            assert server.rows("SELECT sum(deadlocks) FROM pg_stat_database") == [(0,)]
            server.crash()
        server.kill_a_connection()


def report(seed, answers, seen):
    errors = Counter(error for half in answers for error in half["errors"])
    print(f"\nload, seed {seed}: {sum(half['answered'] for half in answers)} answered,")
    print(f"{seen['samples']} samples, {len(seen['differences'])} differences; no answer:")
    for error, times in errors.most_common():
        print(f"{times:6} {error}")
