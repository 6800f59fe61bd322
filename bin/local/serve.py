"""The running local site: Postgres, web and worker, started in this order and stopped together."""

import http.client
import os
import time
from contextlib import ExitStack, suppress

from watchfiles import PythonFilter, watch

from bin.local import terminal
from bin.local.installation import PYTHON
from bin.local.places import LOCAL, MAIL, ROOT, only_one
from bin.local.port import HOST, free_port, refuse_taken_port, wanted_port
from bin.local.postgres import postgres
from bin.local.service import Service
from bin.local.staff_login import STAFF_LOGIN
from bin.local.terminal import Problem, say, step

MANAGE = [PYTHON, ROOT / "manage.py"]


def main():
    port = wanted_port()
    with only_one("dev"), ExitStack() as running:
        environment = os.environ | {"DEBUG": "on", "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        if not environment.get("DATABASE_URL"):
            with step("Starting Postgres"):
                environment["DATABASE_URL"] = running.enter_context(postgres(LOCAL / "postgres"))
        with step("Preparing the database"):
            prepare_database(environment)
        refuse_taken_port()
        services = []
        if not environment.get("MAIL_URL"):
            environment["MAIL_PORT"] = str(free_port())
            services.append(Service("mail", mail_server(environment["MAIL_PORT"]), environment))
        web = Service("web", [*MANAGE, "runserver", f"{HOST}:{port}"], environment)
        worker = Service("worker", [*MANAGE, "procrastinate", "worker"], environment)
        services += [web, worker]
        for service in services:
            running.enter_context(service)
        with step("Starting web and worker"):
            wait_for_answer(web, port)
        say(welcome(port))
        keep_running(services, worker)


def mail_server(port):
    """Keeps every mail as a file, so that signing up for the newsletter works with nothing installed."""
    keep = ["-c", "aiosmtpd.handlers.Mailbox", MAIL]
    return [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"{HOST}:{port}", *keep]


def prepare_database(environment):
    prepare = Service("prepare", [PYTHON, "-m", "bin.local.prepare_database"], environment)
    with prepare:
        code = prepare.process.wait()
    if code < 0:
        raise Problem(f"Preparing the database was ended by signal {-code}: run this again.")
    if code:
        raise SystemExit(code)  # it has said why


def wait_for_answer(web, port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if web.has_ended():
            raise Problem("The web process ended at its start: the reason stands above.")
        if answers(port):
            return
        time.sleep(0.05)
    raise Problem(
        f"Nothing answers at http://{HOST}:{port}/ after a minute: what was wrong stands above."
    )


def answers(port):
    """Whether the site answers at all; http.client, unlike urllib, never asks a proxy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def welcome(port):
    address = f"http://{HOST}:{port}"
    if STAFF_LOGIN.exists():
        login = f"{STAFF_LOGIN.read_text().strip()}, kept in {STAFF_LOGIN.relative_to(ROOT)}"
    else:
        login = "bin/manage changepassword NAME sets a new password"
    mails = (
        "handed to MAIL_URL"
        if os.environ.get("MAIL_URL")
        else f"kept in {MAIL.relative_to(ROOT)}/new"
    )
    return (
        f"\nReady.\n  Site   {address}/\n  Staff  {address}/admin/ ({login})\n  Mails  {mails}\n"
        "  Stop   Ctrl-C\n"
    )


def keep_running(services, worker):
    """Until Ctrl-C: start again what ended, and the worker also when its code changed."""
    packages = [path.parent for path in ROOT.glob("*/__init__.py")]
    for changes in watch(
        *packages, watch_filter=PythonFilter(), yield_on_timeout=True, rust_timeout=500
    ):
        if changes:
            worker.stop()
            worker.start()
        for service in services:
            service.restart_if_ended()


if __name__ == "__main__":
    terminal.run("bin/dev", main)
