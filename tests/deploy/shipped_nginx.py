"""The shipped configuration of nginx, run by the real nginx on free ports of this machine, in a folder of its own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bin.local.nginx import NONE_FOUND, find_nginx
from bin.local.port import free_port
from tests.waiting import answers, wait_until

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BODIES = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def is_kept(self):
        return "hit" in self.headers.get("Cache-Status", "")

    @property
    def is_stale(self):
        return "stale" in self.headers.get("Cache-Status", "")


@dataclass
class Nginx:
    folder: Path
    port: int
    answered: int = 0

    def get(self, path, *, method="GET", body=None, port=None, **headers):
        """Send a request as written: `path` may be one that no URL library would send."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {"Host": "localhost"} | names)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
            self.answered += 1
            return answer
        finally:
            connection.close()

    def send(self, data):
        """Send bytes that need not be HTTP, and wait for the end of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            with suppress(OSError):  # it may already have been refused
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

    def begin(self, data):
        """Send the beginning of a request, and return what comes back at once."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(data)
            return connection.recv(65536)

    @property
    def requests(self):
        """The lines of the access log. Each must be a JSON object by itself."""
        return [json.loads(line) for line in self.access_log.splitlines()]

    @property
    def access_log(self):
        log = self.folder / "log" / "access.log"
        # A request is logged after it was answered.
        wait_until(lambda: log.read_text().count("\n") >= self.answered)
        return log.read_text()

    @property
    def error_log(self):
        return (self.folder / "log" / "error.log").read_text()

    @property
    def kept(self):
        """{key: the answer with its headers} of everything in the cache."""
        files = [path.read_bytes() for path in (self.folder / "cache").rglob("*") if path.is_file()]
        return {
            content.partition(b"\nKEY: ")[2].partition(b"\n")[0].decode(): content
            for content in files
        }


def copy_configuration(
    folder, *, backend=9, static="/nonexistent", data="/nonexistent", edits=(), site=(), tls=()
):
    """Copy deploy/ into `folder` with other ports and paths, and return (the main file, the port)."""
    port = free_port()
    shutil.copytree(DEPLOY, folder / "deploy")
    for name in ["log", "cache"]:
        (folder / name).mkdir()
    main = folder / "deploy" / "nginx.conf"
    own = [
        ("user www-data;", "user root;" if os.geteuid() == 0 else ""),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/cache/ship-or-skip", f"{folder}/cache"),
        ("/srv/ship-or-skip/current/.staticfiles", str(static)),
        ("/var/lib/ship-or-skip/data", str(data)),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{backend};"),
        ("listen 127.0.0.1:8080", f"listen 127.0.0.1:{port}"),
        ("http {\n", "http {\n" + "".join(f"{kind}_temp_path {folder}/{kind};" for kind in BODIES)),
    ]
    main.write_text(main.read_text().replace("/var/log/nginx", f"{folder}/log"))
    replace_in(main, [*own, *edits])
    replace_in(folder / "deploy" / "nginx" / "site.conf", site)
    replace_in(folder / "deploy" / "nginx" / "tls.conf", tls)
    return main, port


def replace_in(file, changes):
    text = file.read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text)


def nginx_path():
    path = find_nginx()
    if path is None:
        pytest.skip(NONE_FOUND)
    return path


@contextmanager
def shipped_nginx(folder, **options):
    main, port = copy_configuration(folder, **options)
    command = [nginx_path(), "-c", main, "-p", folder, "-g", "daemon off;"]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for_port(port, process)
        yield Nginx(folder, port)
    finally:
        process.terminate()
        process.wait(15)


def wait_for_port(port, process):
    def has_begun():
        assert process.poll() is None, f"It ended: {process.args}"
        return answers(port)

    wait_until(has_begun)
