"""Runs the local site: starts Postgres, the web process and the worker in this order, and stops them together."""

import http.client
import os
import time
from contextlib import ExitStack, suppress

from watchfiles import PythonFilter, watch

from bin.local import orphans, terminal
from bin.local.installation import PYTHON
from bin.local.places import LOCAL, MAIL, ROOT, only_one
from bin.local.port import HOST, free_port, refuse_taken_port, wanted_port
from bin.local.postgres import postgres
from bin.local.service import Command, Service
from bin.local.staff_login import STAFF_LOGIN
from bin.local.terminal import Problem, say, step

MANAGE = [PYTHON, ROOT / "manage.py"]


def main() -> None:
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
            services.append(recorded("mail", mail_server(environment["MAIL_PORT"]), environment))
        web = recorded("web", [*MANAGE, "runserver", f"{HOST}:{port}"], environment)
        worker = recorded("worker", [*MANAGE, "procrastinate", "worker"], environment)
        services += [web, worker]
        for service in services:
            running.enter_context(service)
        with step("Starting web and worker"):
            wait_for_answer(web, port)
        say(welcome(port))
        keep_running(services, worker)


def recorded(name: str, command: Command, environment: dict[str, str]) -> Service:
    return Service(name, command, environment, started=orphans.record)


def mail_server(port: str) -> Command:
    """Return the command of a mail server that stores every email as a file, so that no other is needed."""
    options = ["-n", "-l", f"{HOST}:{port}", "-c", "aiosmtpd.handlers.Mailbox"]
    return [PYTHON, "-m", "aiosmtpd", *options, MAIL]


def prepare_database(environment: dict[str, str]) -> None:
    prepare = recorded("prepare", [PYTHON, "-m", "bin.local.prepare_database"], environment)
    with prepare:
        code = prepare.process.wait()
    if code < 0:
        raise Problem(f"Signal {-code} ended the preparation of the database: run this again.")
    if code:
        raise SystemExit(code)  # it has printed the reason


def wait_for_answer(web: Service, port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if web.has_ended():
            raise Problem("The web process ended when it started: see the error above.")
        if answers(port):
            return
        time.sleep(0.05)
    raise Problem(f"No answer from http://{HOST}:{port}/ after a minute: see the output above.")


def answers(port: int) -> bool:
    """Whether the site answers. Unlike urllib, http.client never uses a proxy."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def welcome(port: int) -> str:
    address = f"http://{HOST}:{port}"
    if STAFF_LOGIN.exists():
        login = f"{STAFF_LOGIN.read_text().strip()}, stored in {STAFF_LOGIN.relative_to(ROOT)}"
    else:
        login = "bin/manage changepassword NAME sets a new password"
    emails = (
        "sent to MAIL_URL"
        if os.environ.get("MAIL_URL")
        else f"stored in {MAIL.relative_to(ROOT)}/new"
    )
    return (
        f"\nReady.\n  Site   {address}/\n  Staff  {address}/admin/ ({login})\n  Email  {emails}\n"
        "  Stop   Ctrl-C\n"
    )


def keep_running(services: list[Service], worker: Service) -> None:
    """Until Ctrl-C, restart services that ended, and the worker also when its code changes."""
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
