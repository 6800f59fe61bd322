"""Finds nginx for the tests of deploy/nginx.conf."""

import os
import shutil

from bin.local.debian import install_packages

NONE_FOUND = "no nginx was found: install it"


def find_nginx() -> str | None:
    """Return its path, or None. Debian's is where only root looks by default."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def find_or_install_nginx() -> str | None:
    if find_nginx() is None:
        install_packages("nginx-light")
    return find_nginx()
