"""nginx with the configuration that is shipped, in front of a site, and beside it the same pages from disk."""

import http.client
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.local.bench.http_requests import HEADERS
from bin.local.bench.measuring import Subject
from bin.local.bench.processes import running, wait_for_answer
from bin.local.places import ROOT
from bin.local.port import HOST, free_port
from bin.local.terminal import Problem

FRAME = """
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
    server {{
        listen {host}:{files};
        access_log off;
        root {folder}/files;
        gzip_static on;
        location = /healthz/ {{ return 200; }}
    }}
}}
"""


@contextmanager
def nginx_beside(subject: Subject, folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the port of the site behind nginx, and the port of its pages as files, with and without gzip."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        raise Problem("nginx is not installed: run apt install nginx, then run this again.")
    own = folder / "nginx"
    shutil.rmtree(own, ignore_errors=True)
    (own / "files").mkdir(parents=True)
    own.chmod(0o755)
    save_pages(subject, own / "files")
    port, files = free_port(), free_port()
    shipped = (subject.site.root / "deploy" / "nginx.conf").read_text()
    site = local(shipped, folder=own, port=port, backend=subject.web.port)
    config = own / "nginx.conf"
    config.write_text(FRAME.format(folder=own, site=site, host=HOST, files=files))
    log = own / "output.log"
    with running([program, "-c", str(config), "-e", str(log)], ROOT, {}, log) as process:
        wait_for_answer(port, process, log)
        wait_for_answer(files, process, log)
        yield port, files


def local(config: str, *, folder: Path, port: int, backend: int) -> str:
    """Return the shipped configuration with the addresses and folders of this machine instead of the containers'."""
    for pattern, replacement in [
        (r"^resolver .*$", ""),
        (r"\bserver web:8000[^;]*;", f"server {HOST}:{backend};"),
        (r"\blisten 8080\b", f"listen {HOST}:{port}"),
        (r"/var/(log|cache)/nginx", str(folder)),
    ]:
        config = re.sub(pattern, replacement, config, flags=re.MULTILINE)
    return config


def save_pages(subject: Subject, folder: Path) -> None:
    """Store the body of each hot page as it is sent to a browser that accepts gzip."""
    for case in subject.cases.values():
        if case.is_kept:
            connection = http.client.HTTPConnection(HOST, subject.web.port)
            connection.request("GET", case.hot[0].path, headers=HEADERS)
            (folder / f"{case.name}.html").write_bytes(connection.getresponse().read())
            connection.close()
