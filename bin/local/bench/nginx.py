"""nginx with the configuration that is shipped, in front of a site, and beside it the same pages from disk."""

import http.client
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.local.bench.http_requests import HEADERS
from bin.local.bench.measuring import Subject
from bin.local.bench.processes import running, wait_for_answer
from bin.local.nginx import find_nginx
from bin.local.places import ROOT
from bin.local.port import HOST, free_port
from bin.local.terminal import Problem

# Of a configuration that is only the part for `http`.
FRAME = "events {{}} http {{\ninclude /etc/nginx/mime.types;\n{site}\n}}\n"
FILES = """
events {{}}
http {{
    server {{
        listen {host}:{port};
        access_log off;
        root {folder};
        location = /healthz/ {{ return 200; }}
    }}
}}
"""
TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]


@contextmanager
def nginx_beside(subject: Subject, folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the port of the site behind nginx, and the port of its pages as files."""
    own = folder / "nginx"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(subject.site.root / "deploy", own)
    pages = own / "pages"
    pages.mkdir()
    save_pages(subject, pages)
    port, files = free_port(), free_port()
    shipped = (own / "nginx.conf").read_text()
    site = local(shipped, folder=own, port=port, backend=subject.web.port)
    with (
        nginx(own / "nginx.conf", site, port),
        nginx(own / "files.conf", FILES.format(host=HOST, port=files, folder=pages), files),
    ):
        yield port, files


@contextmanager
def nginx(path: Path, config: str, port: int) -> Iterator[None]:
    program = find_nginx()
    if program is None:
        raise Problem("nginx is not installed: run apt install nginx, then run this again.")
    folder, name = path.parent, path.stem
    config = re.sub(r"\bpid [^;]*;", "", config)
    for kind in TEMPORARY:
        config = config.replace("http {", f"http {{\n{kind}_temp_path {folder}/{name}-{kind};", 1)
    path.write_text(f"pid {folder}/{name}.pid;\n{config}")
    log = folder / f"{name}.log"
    settings = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    command = [program, "-c", str(path), "-e", str(log), "-g", settings]
    with running(command, ROOT, {}, log) as process:
        wait_for_answer(port, process, log)
        yield


def local(config: str, *, folder: Path, port: int, backend: int) -> str:
    """Return the shipped configuration with the addresses and folders of this machine."""
    for pattern, replacement in [
        (r"^(resolver|user) .*$", ""),
        (r"\bserver (web|127\.0\.0\.1):8000[^;]*;", f"server {HOST}:{backend};"),
        (r"\blisten (127\.0\.0\.1:)?8080\b", f"listen {HOST}:{port}"),
        (r"/var/(log|cache|lib)/(nginx|ship-or-skip)", str(folder)),
    ]:
        config = re.sub(pattern, replacement, config, flags=re.MULTILINE)
    return config if "http {" in config else FRAME.format(site=config)


def save_pages(subject: Subject, folder: Path) -> None:
    """Store the body of each hot page as it is sent to a browser that accepts gzip."""
    for case in subject.cases.values():
        if case.is_kept:
            connection = http.client.HTTPConnection(HOST, subject.web.port)
            connection.request("GET", case.hot[0].path, headers=HEADERS)
            (folder / f"{case.name}.html").write_bytes(connection.getresponse().read())
            connection.close()
