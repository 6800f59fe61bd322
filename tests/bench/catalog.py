"""How long a big catalogue takes to import, to import again and to export, and what processor
time and memory it takes.

    TOOLS=100000 bin/manage shell < tests/bench/catalog.py

The catalogue of `seed_scale` (10,000 tools by default) is exported, and imported into an empty database: both
beside the one in use, dropped at the end. Each step is a process of its own; its memory is what that process
held at most, without Postgres.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

TOOLS = os.environ.get("TOOLS", "10000")
NAME = "bench_catalog"


def measure(what, *command):
    start, postgres = time.monotonic(), postgres_seconds()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *command],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    said = (process.stdout.read().strip().splitlines() or [""])[-1][:70]
    _, status, usage = os.wait4(process.pid, 0)
    seconds, memory = time.monotonic() - start, usage.ru_maxrss / 1024
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    own = usage.ru_utime + usage.ru_stime
    print(
        f"{what:12} {seconds:6.1f} s, processor: {own:.1f} s its own and {postgres_seconds() - postgres:.1f} s "
        f"Postgres's, {memory:4.0f} MB, exit {code}: {said}",
        flush=True,
    )


def postgres_seconds():
    """Return the processor time of all ended connections, from Linux."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        pid = Path(cursor.fetchone()[0], "postmaster.pid").read_text().split()[0]
    fields = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")


def environment():
    address = connection.settings_dict
    host = address["OPTIONS"].get("host") or address["HOST"]
    return os.environ | {
        "DATABASE_URL": f"postgres://postgres@/{NAME}?host={host}",
        "DEBUG": "on",
    }


def make_empty_database():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME}")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment(), check=True)


def main():
    os.chdir(settings.BASE_DIR)
    make_empty_database()
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "catalog.json")
        measure("seed", "seed_scale", "--tools", TOOLS, "--votes", "1")
        measure("export", "export_catalog", file)
        print(f"{TOOLS} tools, {Path(file).stat().st_size / 1e6:.0f} MB")
        make_empty_database()
        measure("import", "import_catalog", file)
        measure("import again", "import_catalog", file)
        measure("recount", "recount", "--check")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NAME}")


main()
