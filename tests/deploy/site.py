"""The site as it is shipped: gunicorn with its configuration behind nginx with its own, in production settings."""

import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from bin.local.port import free_port
from tests.deploy.shipped_nginx import shipped_nginx, wait_for_port

ROOT = settings.BASE_DIR


def production(static, **changes):
    """The environment of a web process on the database of the tests."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    kept = {name: os.environ[name] for name in ["PATH", "HOME"] if name in os.environ}
    return (
        kept
        | {
            "DEBUG": "off",
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": url._replace(path=f"/{name}").geturl(),
            "ALLOWED_HOSTS": "localhost",
            "SITE_URL": "http://localhost",
            "MAIL_URL": "smtp+plain://127.0.0.1:9",
            "TRUSTED_PROXY_HOPS": "1",
            "STATIC_ROOT": str(static),
            "WEB_WORKERS": "1",
            "LOG_FORMAT": "text",
        }
        | changes
    )


@contextmanager
def shipped_site(folder, static, **changes):
    """Yield (nginx, the port of gunicorn), with the files of `collect_static`. gunicorn logs into `folder`."""
    with (
        gunicorn(folder, production(static, **changes)) as port,
        shipped_nginx(folder, backend=port, static=static) as nginx,
    ):
        yield nginx, port


def collect_static(static):
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=production(static), check=True)


@contextmanager
def gunicorn(folder, environment):
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    with (folder / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--no-control-socket", "config.wsgi"],
            cwd=ROOT,
            env=environment | {"WEB_BIND": f"127.0.0.1:{port}"},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)
