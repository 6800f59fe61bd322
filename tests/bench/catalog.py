"""How long a big catalogue takes to import, to import again and to export, and how much memory.

    bin/manage shell < tests/bench/catalog.py

10,000 tools with 40,000 reviews, in a database of its own beside the one in use, dropped at the end. Each
step is a process of its own; its memory is what that process held at most, without Postgres.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

TOOLS, REVIEWERS, FACTS = 10_000, 4, 5
NAME = "bench_catalog"
BODY = (
    "It did what the page said, twice, and broke once in a way that could be read in the log. " * 6
)


def document():
    return {
        "format": "ship-or-skip/catalog/1",
        "categories": [{"slug": f"c-{n}", "name": f"Category {n}"} for n in range(20)],
        "fact_kinds": [
            {"slug": f"k-{n}", "name": f"Kind {n}", "group": "All", "value_type": "number"}
            for n in range(FACTS)
        ],
        "reviewers": [{"slug": f"r-{n}", "name": f"Reviewer {n}"} for n in range(REVIEWERS)],
        "tools": [tool(n) for n in range(TOOLS)],
    }


def tool(n):
    return {
        "slug": f"tool-{n}",
        "name": f"Tool {n}",
        "tagline": "Does one thing.",
        "description": BODY,
        "category": f"c-{n % 20}",
        "website": "https://tool.example/",
        "entry": "free",
        "best_for": "Those who need one thing.",
        "skip_if": "You need two.",
        "published_at": "2026-06-01T09:00:00Z",
        "facts": [
            {
                "kind": f"k-{k}",
                "value": n + k,
                "source_url": "https://tool.example/",
                "observed_on": "2026-06-01",
            }
            for k in range(FACTS)
        ],
        "reviews": [review(n, r) for r in range(REVIEWERS)],
    }


def review(n, r):
    score = (n * 7 + r * 13) % 101
    return {
        "reviewer": f"r-{r}",
        "score": score,
        "verdict": "ship" if score > 55 else "skip",
        "basis": "hands_on",
        "body": BODY,
        "reviewed_on": "2026-06-02",
        "published_at": f"2026-06-{2 + r:02}T09:00:00Z",
    }


def measure(what, *command):
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds = time.monotonic() - start
    said = (done.stdout.strip().splitlines() or [""])[-1][:70]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{what:12} {seconds:6.1f} s, at most {memory:4.0f} MB so far, exit {done.returncode}: {said}"
    )


def environment():
    address = connection.settings_dict
    host = address["OPTIONS"].get("host") or address["HOST"]
    return os.environ | {
        "DATABASE_URL": f"postgres://postgres@/{NAME}?host={host}",
        "DEBUG": "on",
    }


def main():
    os.chdir(settings.BASE_DIR)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
        cursor.execute(f"CREATE DATABASE {NAME}")
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment(), check=True)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "catalog.json")
        Path(file).write_text(json.dumps(document()))
        print(
            f"{TOOLS} tools, {TOOLS * REVIEWERS} reviews, {Path(file).stat().st_size / 1e6:.0f} MB"
        )
        measure("import", "import_catalog", file)
        measure("import again", "import_catalog", file)
        measure("recount", "recount", "--check")
        measure("export", "export_catalog", str(Path(folder) / "out.json"))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NAME}")


main()
