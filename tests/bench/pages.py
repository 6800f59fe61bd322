"""Queries and milliseconds of the public pages, made fresh and kept, with whatever the database holds.

bin/manage shell < tests/bench/pages.py
"""

import time
from itertools import islice
from statistics import median

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tools.models import Tool

RUNS = 30


def paths():
    slugs = sorted(islice(Tool.objects.published().values_list("slug", flat=True), 4))
    return {
        "home": "/",
        "directory": "/tools/",
        "tool": f"/tools/{slugs[0]}/",
        "comparison of 2": f"/compare/{'-vs-'.join(slugs[:2])}/",
        "comparison of 4": f"/compare/{'-vs-'.join(slugs)}/",
        "voting": "/voting/",
        "personal fragment": f"/me/?tools={','.join(slugs)}",
    }


def ask(client, path):
    """(queries, milliseconds, bytes) of one answer."""
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        response = client.get(path)
        took = 1000 * (time.perf_counter() - start)
    assert response.status_code == 200, path
    return len(queries), took, len(response.content)


def measure(client, path, *, kept):
    answers = []
    for _ in range(RUNS):
        if not kept:
            caches["pages"].clear()
        answers.append(ask(client, path))
    queries, times, sizes = zip(*answers[1:], strict=True)
    return max(queries), median(times), sizes[0]


def main():
    settings.PAGE_CACHE = True
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    print(f"{Tool.objects.published().count()} tools, median of {RUNS} answers in this process")
    print(f"{'':18} {'fresh':>20} {'kept':>20} {'kB':>7}")
    for name, path in paths().items():
        fresh, kept = measure(client, path, kept=False), measure(client, path, kept=True)
        print(
            f"{name:18} {fresh[0]:3} queries {fresh[1]:5.1f} ms {kept[0]:4} queries {kept[1]:5.1f} ms "
            f"{fresh[2] / 1000:6.1f}"
        )


main()
