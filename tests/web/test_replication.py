"""More than one machine, with real servers: a primary, a streaming replica, PgBouncer, web processes, a worker.

The tests are in one order: the last ones promote the replica.
"""

import subprocess
import sys
from collections import Counter
from itertools import count
from threading import Thread
from urllib.parse import quote

import pytest

from bin.local.pgbouncer import NONE_FOUND, find_pgbouncer
from tests.votes.own_server import ROOT
from tests.waiting import wait_until
from tests.web.servers import environment_for, manage, site

# With every SELECT that is not the ORM's: they must choose the server themselves.
PUBLIC = {
    "/": 200,
    "/tools/ada/": 200,
    "/tools/": 200,
    "/tools/?sort=community": 200,
    "/tools/?q=ada": 200,
    "/tools/?q=adda": 200,
    "/compare/ada-vs-bea/": 200,
    "/changes/": 200,
    "/reviewers/": 200,
    "/voting/": 200,
    "/tools/adda/": 404,
}
MAKE_TOOL = "from tests.factories import make_tool; make_tool(slug='ada', name='Ada'); make_tool(slug='bea', name='Bea')"
CHANGE_PRICE = """
INSERT INTO tools_ledgerentry (tool_id, kind, event, at, old, new, reason)
SELECT id, 'pricing', gen_random_uuid(), now() - interval '1 minute', '"$ 8"', '"$ 9"', ''
FROM tools_tool WHERE slug = 'ada'
RETURNING event
"""
VOTES = "SELECT count(*), count(*) FILTER (WHERE choice = 'ship') FROM votes_vote"
_words = count(1)


@pytest.fixture(scope="module")
def servers():
    with site() as servers:
        made = manage(environment_for(servers.primary.url), "shell", "-c", MAKE_TOOL)
        assert made.returncode == 0, made.stderr
        yield servers


@pytest.fixture(scope="module")
def web(servers):
    """A web process that accepts any lag."""
    return servers.web(DATABASE_REPLICA_MAX_LAG=600)


@pytest.fixture(scope="module")
def strict_web(servers):
    """Another web process, which accepts a lag of a second."""
    return servers.web(DATABASE_REPLICA_MAX_LAG=1)


def write(server):
    """Change the tool's page as staff do, and return the word that only the new page has."""
    word = f"Word{next(_words)}."
    server.rows("UPDATE tools_tool SET tagline = %s WHERE slug = 'ada'", word)
    return word


def reads_replica(servers, web):
    """Whether a stranger gets the page of a replica that is behind."""
    with servers.replay_paused():
        return write(servers.primary) not in web.visitor().text("/tools/ada/")


def shown(visitor, word):
    return word in visitor.text("/tools/ada/")


def test_strangers_read_from_the_replica(servers, web):
    wait_until(lambda: reads_replica(servers, web))


def test_programs_read_the_change_log_from_the_primary_which_knows_what_is_being_written(
    servers, web
):
    wait_until(lambda: reads_replica(servers, web))
    with servers.replay_paused():
        [[event]] = servers.primary.rows(CHANGE_PRICE)
        answers = [web.visitor().text("/api/v1/ledger/?limit=100") for _ in range(2)]

    assert [str(event) in answer for answer in answers] == [True, True]


def test_a_voter_sees_the_vote_at_once_while_the_replica_is_behind(servers, web):
    wait_until(lambda: reads_replica(servers, web))
    voter, stranger = web.visitor(), web.visitor()
    with servers.replay_paused():
        word = write(servers.primary)
        assert not shown(stranger, word)

        assert voter.post("/tools/ada/vote/", choice="ship")[0] == 303

        assert "Ship" in voter.text("/me/?tools=ada")
        assert shown(voter, word)
        assert not shown(stranger, word)
        # Without the cookie the same reader is sent to the replica, which does not know the vote.
        del voter.cookies["last_write"]
        assert voter.get("/me/?tools=ada") == (204, "")
    wait_until(lambda: shown(stranger, word))
    wait_until(lambda: "Ship" in voter.text("/me/?tools=ada"))


def test_once_the_replica_shows_the_vote_the_voter_reads_from_it_again(servers, web):
    voter = web.visitor()
    assert voter.post("/tools/ada/vote/", choice="skip")[0] == 303

    def reads_replica():
        with servers.replay_paused():
            return not shown(voter, write(servers.primary))

    wait_until(reads_replica)


@pytest.mark.parametrize("cookies", [{"last_write": "FFFFFFFF/FFFFFFFF"}, {"sessionid": "x"}])
def test_a_position_that_nobody_wrote_and_staff_are_sent_to_the_primary(servers, web, cookies):
    wait_until(lambda: reads_replica(servers, web))
    with servers.replay_paused():
        assert shown(web.visitor(**cookies), write(servers.primary))


def test_a_cookie_that_is_no_position_is_ignored(servers, web):
    wait_until(lambda: reads_replica(servers, web))
    with servers.replay_paused():
        word = write(servers.primary)

        assert not shown(web.visitor(last_write="perhaps"), word)


def test_a_replica_that_is_too_far_behind_is_not_read(servers, web, strict_web):
    wait_until(lambda: reads_replica(servers, strict_web))
    with servers.replay_paused():
        word = write(servers.primary)

        wait_until(lambda: shown(strict_web.visitor(), word))
        assert not shown(web.visitor(), word)
    wait_until(lambda: reads_replica(servers, strict_web))


@pytest.mark.parametrize("failure", ["stopped", "frozen"])
def test_a_replica_that_is_gone_or_silent_costs_no_reader_an_error(servers, web, failure):
    wait_until(lambda: reads_replica(servers, web))
    voter = web.visitor()
    statuses = Counter()
    with getattr(servers.replica, failure)():
        word = write(servers.primary)
        assert voter.post("/tools/ada/vote/", choice="ship")[0] == 303
        for number in range(20):
            statuses[web.visitor().get(f"/tools/?page={number % 3}&q=")[0]] += 1
            statuses[voter.get("/me/?tools=ada")[0]] += 1
        assert shown(web.visitor(), word)

    assert statuses == {200: 40}
    wait_until(lambda: reads_replica(servers, web))
    assert "The replica is not read" in web.log.read_text()


def test_public_pages_are_read_while_the_primary_is_away(servers, web):
    wait_until(lambda: reads_replica(servers, web))
    with servers.primary.stopped():
        answers = {path: web.visitor().get(path)[0] for path in PUBLIC}
        assert answers == PUBLIC
        assert web.visitor().post("/tools/ada/vote/", choice="ship")[0] == 503
    wait_until(lambda: web.visitor().post("/tools/ada/vote/", choice="ship")[0] == 303)
    wait_until(lambda: reads_replica(servers, web))


def test_a_silent_primary_is_a_503_in_one_line_and_the_site_recovers(servers, web):
    staff = web.visitor(sessionid="x")
    assert staff.get("/tools/?q=a")[0] == 200
    with servers.primary.frozen():
        size = web.log.stat().st_size
        assert staff.get("/tools/?q=b")[0] == 503
        lines = web.log.read_text()[size:].splitlines()
    assert [line for line in lines if "/tools/" in line] == [
        line for line in lines if "Database unavailable for GET /tools/" in line
    ]
    assert len([line for line in lines if "Database unavailable" in line]) == 1
    assert not [line for line in lines if line.startswith((" ", "Traceback"))]
    wait_until(lambda: staff.get("/tools/?q=c")[0] == 200)


def test_a_restart_of_an_idle_primary_is_no_error_for_the_first_request(servers, web):
    staff = web.visitor(sessionid="x")
    threads = [Thread(target=staff.get, args=[f"/tools/?q={n}"]) for n in range(6)]
    for thread in threads:  # so that the pool has several connections, which all die
        thread.start()
    for thread in threads:
        thread.join()
    with servers.primary.stopped():
        pass

    assert staff.get("/tools/?q=first")[0] == 200


def test_a_worker_elsewhere_needs_only_the_database(servers, web, tmp_path):
    """It runs in another folder, without the web process's files, and is woken by Postgres."""
    environment = environment_for(servers.primary.url, HOME=tmp_path, DEBUG=0, **PRODUCTION)
    command = [sys.executable, ROOT / "manage.py", "procrastinate", "worker"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as worker:
        try:
            answer = web.visitor().post("/newsletter/link/", email="nobody@example.com")
            assert answer[0] in {200, 303}
            wait_until(lambda: is_done(servers.primary))
        finally:
            worker.terminate()
    assert list(tmp_path.iterdir()) == []


PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "shiporskip.example",
    "SITE_URL": "https://shiporskip.example",
}


def is_done(server):
    waiting = "SELECT count(*) FROM newsletter_mailrequest"
    left = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'default' AND status <> 'succeeded'"
    return server.rows(waiting) == [(0,)] and server.rows(left) == [(0,)]


@pytest.fixture(scope="module")
def pooler(servers):
    if find_pgbouncer() is None:
        pytest.skip(NONE_FOUND)
    return servers.pgbouncer()


@pytest.fixture(scope="module")
def pooled(servers, pooler):
    """The environment of a process behind PgBouncer, for both servers."""
    return {"DATABASE_POOLER": "transaction", "DATABASE_REPLICA_URL": pooler.url("replica")}


@pytest.fixture(scope="module")
def pooled_web(servers, pooler, pooled):
    return servers.web(pooler.url("site"), **pooled)


def test_behind_a_pooler_the_limits_are_the_roles_own(servers, pooler, pooled):
    environment = environment_for(pooler.url("site"), **pooled)
    check = ["check", "--database", "default", "--fail-level", "WARNING"]
    before = manage(environment, *check)
    assert "web.W010" in before.stderr and before.returncode == 1

    limited = manage(environment, "limit_role")
    pooler.reconnect()

    assert limited.returncode == 0, limited.stderr
    assert "statement_timeout = 10s" in limited.stdout
    after = manage(environment, *check)
    assert after.returncode == 0, after.stderr


def test_many_vote_through_few_sessions_of_the_server(servers, pooled_web):
    web = pooled_web
    ((before, _),) = servers.primary.rows(VOTES)
    statuses = Counter()

    def vote_and_look():
        voter = web.visitor()
        statuses[voter.post("/tools/ada/vote/", choice="ship")[0]] += 1
        statuses["own" if "Ship" in voter.text("/me/?tools=ada") else "lost"] += 1
        statuses[voter.post("/bookmarks/import/")[0] // 100] += 1

    threads = [Thread(target=vote_and_look) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (statuses[303], statuses["own"], statuses[5]) == (24, 24, 0)
    assert servers.primary.rows(VOTES)[0][0] == before + 24
    assert "Traceback" not in web.log.read_text()
    wait_until(lambda: reads_replica(servers, web))


def test_commands_and_the_worker_run_behind_the_pooler(
    servers, pooler, pooled, pooled_web, tmp_path
):
    environment = environment_for(pooler.url("site"), **pooled)
    for command in ["migrate", "recount", "export_catalog"]:
        done = manage(environment, command)
        assert done.returncode == 0, (command, done.stderr)
    worker = [sys.executable, ROOT / "manage.py", "procrastinate", "worker"]
    with subprocess.Popen(worker, cwd=tmp_path, env=environment) as process:
        try:
            address = "/newsletter/link/"
            assert pooled_web.visitor().post(address, email="nobody@example.com")[0] < 400
            wait_until(lambda: is_done(servers.primary))
        finally:
            process.terminate()


def test_a_promoted_replica_is_not_read_and_takes_over_when_the_primary_is_gone(servers, web):
    wait_until(lambda: reads_replica(servers, web))
    hosts = ",".join(quote(str(one.folder), safe="") for one in [servers.primary, servers.replica])
    either = f"postgresql://postgres@/postgres?host={hosts}&target_session_attrs=read-write"
    surviving = servers.web(either)
    statuses = Counter()

    servers.replica.rows("SELECT pg_promote()")

    def reads_primary():
        word = write(servers.primary)
        status, text = web.visitor().get("/tools/ada/")
        statuses[status] += 1
        return word in text

    wait_until(reads_primary)
    assert set(statuses) == {200}
    servers.primary.stop("immediate")
    wait_until(lambda: surviving.visitor().post("/tools/ada/vote/", choice="ship")[0] == 303)
    word = write(servers.replica)
    wait_until(lambda: word in surviving.visitor().get("/tools/ada/")[1])
    for one in [web, surviving]:
        assert " 500 " not in one.log.read_text()
        assert "Internal Server Error" not in one.log.read_text()
