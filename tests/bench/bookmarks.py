"""Queries and milliseconds of the drawer, the page and the fragment, with 1, 100 and 500 bookmarks.

Makes a reader and 500 tools in a transaction that is rolled back: bin/manage shell < tests/bench/bookmarks.py
"""

import time
from statistics import median

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bookmarks.models import Bookmark
from tests.bookmarks.readers import make_reader, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tools.actions import change_tool

RUNS = 20


def ask(client, path):
    """(queries, milliseconds) of one answer."""
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        assert client.get(path).status_code == 200, path
        return len(queries), 1000 * (time.perf_counter() - start)


def main():
    settings.ALLOWED_HOSTS = ["testserver"]
    with transaction.atomic():
        tools = [make_tool(pricing="$10") for _ in range(500)]
        paths = {
            "drawer": "/bookmarks/drawer/",
            "page": "/bookmarks/",
            "fragment": f"/me/?tools={','.join(tool.slug for tool in tools[:24])}",
        }
        for count in (1, 100, 500):
            reader = make_reader()
            Bookmark.objects.bulk_create(
                Bookmark(reader=reader, tool=tool, saved_as=tool.name) for tool in tools[:count]
            )
            for tool in tools[:count]:
                tool.pricing = f"${count + 10}"
                change_tool(tool=tool)
            client = sign_in(OwnOriginClient(), reader)
            for name, path in paths.items():
                answers = [ask(client, path) for _ in range(RUNS)][1:]
                queries, times = zip(*answers, strict=True)
                print(f"{count:3} {name:9} {max(queries)} queries {median(times):6.1f} ms")
        transaction.set_rollback(True)


main()
