"""Web processes: what they answer, and how one release takes over from another."""

import http.client
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from bin.local.terminal import Problem, step
from bin.local.upgrade.installation import CLEAN, Installation, output_of

READY = "/healthz/ready/"
PAGES = ["/", "/tools/", "/changes/", "/admin/login/"]
STYLESHEET = re.compile(r"""/static/[^"' ]+\.css""")
SECONDS_TO_START = 60
WORKER = "ship-or-skip-worker.service"


def systemctl(*words: str) -> None:
    output_of(["systemctl", *words])


def service(instance: str) -> str:
    return f"ship-or-skip-web@{instance}.service"


class Web:
    """A web process that is asked at its own socket, as nginx would ask it."""

    def __init__(self, installation: Installation, path: Path) -> None:
        self.host = urlsplit(installation.setting("SITE_URL")).hostname or "localhost"
        self.path = path

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        headers = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https"}
        try:
            connection.sock.connect(str(self.path))
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get(READY)[0] == http.HTTPStatus.OK
        return False

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise Problem(f"{READY} was not answered with 200 within {SECONDS_TO_START} s")
            time.sleep(0.2)

    def check_pages(self) -> None:
        """Raise Problem unless pages and their stylesheet are answered with 200."""
        for path in PAGES:
            status, text = self.get(path)
            if status == http.HTTPStatus.OK and (found := STYLESHEET.search(text)):
                status, path = self.get(found[0])[0], found[0]
            if status != http.HTTPStatus.OK:
                raise Problem(f"{path} was answered with {status}")


def try_out(installation: Installation, release: Path) -> None:
    """Start the release where no reader reaches it, and look at its pages. Raises Problem if something is wrong."""
    with tempfile.TemporaryDirectory() as folder, trial(installation, release, Path(folder)) as web:
        web.wait_until_ready()
        web.check_pages()


@contextmanager
def trial(installation: Installation, release: Path, folder: Path) -> Iterator[Web]:
    folder.chmod(0o777)  # its user makes the socket
    path, log = folder / "trial.sock", folder / "log"
    options = ["--config", "deploy/gunicorn.conf.py", "--bind", f"unix:{path}", "--workers", "1"]
    python = release / ".venv" / "bin" / "python"
    command = installation.command(python, "-m", "gunicorn", *options, "config.wsgi")
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=release,
            env=CLEAN,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield Web(installation, path)
    except Problem as problem:
        raise Problem(f"{problem}. The last lines of its log:\n{_last_lines(log)}") from problem
    finally:
        process.terminate()
        process.wait(40)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def switch(installation: Installation, new: Path, old: Path) -> None:
    """Have the web process of `new` take over from `old`; after a failure `old` serves on.

    "standby" accepts connections at the same socket while "main" is restarted, so that readers always have one.
    """
    installation.point_to(new)
    standby = ["ship-or-skip-web@standby.socket", service("standby")]
    try:
        with step("Starting the new web process beside the old one"):
            systemctl("start", *standby)
            _web(installation, "standby").wait_until_ready()
        with step("Replacing the old one, which finishes its requests"):
            restart_main(installation)
    except BaseException:
        with step("That failed. Going back"):
            installation.point_to(old)
            restart_main(installation)
        raise
    finally:
        systemctl("stop", *standby)


def restart_main(installation: Installation) -> None:
    systemctl("restart", service("main"))
    _web(installation, "main").wait_until_ready()


def _web(installation: Installation, instance: str) -> Web:
    return Web(installation, installation.sockets / f"{instance}.sock")
