"""Finds PgBouncer for the tests of a site behind a pooler."""

import os
import shutil

from bin.local.debian import install_packages

NONE_FOUND = "no pgbouncer was found: install it"


def find_pgbouncer() -> str | None:
    """Return its path, or None. Debian's is where only root looks by default."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def find_or_install_pgbouncer() -> str | None:
    if find_pgbouncer() is None:
        install_packages("pgbouncer")
    return find_pgbouncer()
