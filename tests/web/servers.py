"""A primary, a streaming replica, PgBouncer and web processes that a test may stop, freeze and kill."""

import http.client
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg

from bin.local.checks import without_flushing
from bin.local.frozen_postgres import frozen, server_processes
from bin.local.pgbouncer import find_pgbouncer
from bin.local.port import free_port
from bin.local.postgres_server import SOCKET, LocalServer, read_socket_folder
from tests.votes.own_server import NO_RULES, ROOT
from tests.waiting import answers, wait_until

FORM = "application/x-www-form-urlencoded"


class Postgres(LocalServer):
    def rows(self, query, *values):
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    @property
    def folder(self):
        return read_socket_folder(self.data_dir)

    @property
    def processes(self):
        return server_processes(self.data_dir)

    def frozen(self):
        return frozen(self.data_dir)

    @contextmanager
    def stopped(self):
        self.stop("immediate")
        try:
            yield
        finally:
            self.start()

    def copy_to(self, folder):
        """Return a streaming replica of this server in `folder`, not started."""
        replica = Postgres(folder)
        folder.mkdir(mode=0o700)
        replica._give_away(folder)
        source = f"host={self.folder} user=postgres"
        options = ["--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--no-sync"]
        self.run("pg_basebackup", f"--dbname={source}", f"--pgdata={folder}", *options)
        for name in [SOCKET, f"{SOCKET}.lock"]:  # copied with the folder, and not the replica's
            (folder / name).unlink(missing_ok=True)
        return replica


class PgBouncer:
    """Transaction mode, with fewer sessions of the server than there are web threads."""

    def __init__(self, folder, **servers):
        self.port = free_port()
        path = folder / "pgbouncer.ini"
        databases = [
            f"{name} = host={server.folder} dbname=postgres user=postgres"
            for name, server in servers.items()
        ]
        options = {
            "listen_addr": "127.0.0.1",
            "listen_port": self.port,
            "unix_socket_dir": "",
            "auth_type": "any",
            "pool_mode": "transaction",
            "default_pool_size": 3,
            "max_client_conn": 100,
            "query_wait_timeout": 5,
            "server_connect_timeout": 2,
            "server_login_retry": 1,
            "tcp_keepidle": 5,
            "tcp_keepintvl": 2,
            "tcp_keepcnt": 3,
            "tcp_user_timeout": 10_000,
            "admin_users": "admin",
            "logfile": folder / "pgbouncer.log",
        }
        lines = [f"{name} = {value}" for name, value in options.items()]
        path.write_text("\n".join(["[databases]", *databases, "[pgbouncer]", *lines]))
        user = next(iter(servers.values())).user
        if user:
            os.chown(folder, user.uid, user.gid)
        self.process = subprocess.Popen(
            [find_pgbouncer(), "-q", path], **(user.subprocess_options if user else {})
        )
        wait_until(lambda: answers(self.port))

    def url(self, name):
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def reconnect(self):
        """Give every client a new session of the server, which has the role's settings of now."""
        address = f"host=127.0.0.1 port={self.port} user=admin dbname=pgbouncer"
        with psycopg.connect(
            address, autocommit=True, cursor_factory=psycopg.ClientCursor
        ) as console:
            console.execute("RECONNECT")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def environment_for(primary_url, **values):
    own = {"DEBUG": 1, "PAGE_CACHE": 1, "DATABASE_URL": primary_url, "LOG_LEVEL": "WARNING"}
    own |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_POOL_SIZE": 6}
    own |= {"MAIL_URL": "smtp+plain://127.0.0.1:9"}
    return os.environ | {name: str(value) for name, value in (own | NO_RULES | values).items()}


def manage(environment, *args):
    command = [sys.executable, ROOT / "manage.py", *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


class Web:
    """One web process: a gunicorn with one worker. Its log tells errors that no answer shows."""

    def __init__(self, folder, environment):
        self.port = free_port()
        self.log = folder / f"web-{self.port}.log"
        self.origin = f"http://127.0.0.1:{self.port}"
        program = "import django; django.setup(); from gunicorn.app.wsgiapp import run; run()"
        flags = [
            "--workers",
            "1",
            "--threads",
            "6",
            "--no-control-socket",
            "--graceful-timeout",
            "2",
        ]
        command = [sys.executable, "-c", program, *flags, "--bind", f"127.0.0.1:{self.port}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "config.wsgi"], cwd=ROOT, env=environment, stderr=log
            )
        wait_until(lambda: answers(self.port) and self.visitor().get("/healthz/")[0] == 200)

    def visitor(self, **cookies):
        return Visitor(self, cookies)

    def stop(self):
        master = psutil.Process(self.process.pid)
        for process in [master, *master.children(recursive=True)]:
            process.kill()
        self.process.wait(15)


class Visitor:
    """A browser without JavaScript: it keeps cookies and follows no redirect."""

    def __init__(self, web, cookies):
        self.web, self.cookies = web, cookies

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, **fields):
        return self._ask("POST", path, urlencode(fields))

    def text(self, path):
        status, body = self.get(path)
        assert status == 200, (status, body)
        return body

    def _ask(self, method, path, body=None):
        """Return (status, text). A web process that does not answer for a long time fails the test."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=25)
        headers = {"Origin": self.web.origin, "Content-Type": FORM}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return response.status, text


class Site:
    """The servers, started in order and stopped in reverse."""

    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        self.primary = Postgres(folder / "primary")
        self.primary.join()
        stack.callback(self.primary.leave, "immediate")
        without_flushing(self.primary.url)
        migrated = manage(environment_for(self.primary.url), "migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        self.replica = self.primary.copy_to(folder / "replica")
        self.replica.join()
        stack.callback(self.replica.leave, "immediate")

    def web(self, url=None, **values):
        replica = {"DATABASE_REPLICA_URL": self.replica.url} | values
        web = Web(self.folder, environment_for(url or self.primary.url, **replica))
        self.stack.callback(web.stop)
        return web

    def pgbouncer(self):
        folder = self.folder / "pgbouncer"
        folder.mkdir()
        pooler = PgBouncer(folder, site=self.primary, replica=self.replica)
        self.stack.callback(pooler.stop)
        return pooler

    @contextmanager
    def replay_paused(self):
        """The replica goes on receiving the log, and shows nothing new."""
        self.replica.rows("SELECT pg_wal_replay_pause()")
        wait_until(
            lambda: self.replica.rows("SELECT pg_get_wal_replay_pause_state()") == [("paused",)]
        )
        try:
            yield
        finally:
            self.replica.rows("SELECT pg_wal_replay_resume()")


@contextmanager
def site():
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        yield Site(Path(folder), stack)
