"""Prints, as JSON, what there is to ask a seeded site for. Runs in the folder of the site that is measured."""

import json
import re
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.models import Reader  # noqa: E402
from accounts.readers import COOKIE, set_cookie  # noqa: E402
from reviews.models import Reviewer  # noqa: E402
from tools.models import Category, Tool  # noqa: E402

MOST_TOOLS, READERS = 4000, 2000
# Ends in a number, so that pgbench can compose it.
READER_ID = "00000000-0000-4000-8000-1"
FORM = "application/x-www-form-urlencoded"


def sample() -> dict[str, Any]:
    tools = Tool.objects.published().filter(status=Tool.Status.ACTIVE, successor=None)
    found = list(tools.order_by("pk").values_list("pk", "slug", "category__slug"))
    # The same for every revision and run.
    chosen = Random(1).sample(found, k=min(MOST_TOOLS, len(found)))  # noqa: S311 - a seed makes the same draws again
    readers = make_readers()
    return {
        "tools": [{"id": pk, "slug": slug, "category": category} for pk, slug, category in chosen],
        "categories": list(Category.objects.order_by("pk").values_list("slug", flat=True)),
        "reviewers": list(Reviewer.objects.order_by("pk").values_list("slug", flat=True)),
        "cookies": [cookie(reader) for reader in readers],
        "statements": statements_of_a_vote(readers[0], tool_id=chosen[0][0], slug=chosen[0][1]),
    }


def make_readers() -> list[Reader]:
    return Reader.objects.bulk_create(
        Reader(id=UUID(f"{READER_ID}{10**10 + n}"), network=bytes(16)) for n in range(READERS)
    )


def cookie(reader: Reader) -> str:
    return f"{COOKIE}={set_cookie(HttpResponse(), reader).cookies[COOKIE].value}"


def statements_of_a_vote(reader: Reader, *, tool_id: int, slug: str) -> str:
    """Return what a vote asks Postgres as a pgbench script for the tool :t and the reader whose id ends in :r.

    The choice is the other one than before, as in the requests.
    """
    client = Client(headers={"origin": settings.SITE_URL, "host": "127.0.0.1"})
    client.cookies[COOKIE] = cookie(reader).partition("=")[2]
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1"}
    with CaptureQueriesContext(
        connection
    ) as recorded:  # in a transaction it would not wait for the disk
        form = urlencode({"choice": "ship"})
        response = client.post(f"/tools/{slug}/vote/", form, FORM, headers=headers)
    if response.status_code >= 400:
        raise SystemExit(f"a vote was answered with {response.status_code}")
    statements = [query["sql"] for query in recorded.captured_queries]
    return "".join(f"{_for_pgbench(sql, reader, tool_id, slug)};\n" for sql in statements)


def _for_pgbench(sql: str, reader: Reader, tool_id: int, slug: str) -> str:
    reader_id = f"{READER_ID.replace('-', '')}:r"
    other_side = (
        "coalesce((SELECT CASE choice WHEN 'ship' THEN 'skip' ELSE 'ship' END FROM votes_vote "  # noqa: S608 - made of constants of our own
        f"WHERE tool_id = :t AND reader_id = '{reader_id}'::uuid), 'ship')"
    )
    sql = sql.replace(str(reader.pk), reader.pk.hex).replace(reader.pk.hex, reader_id)
    sql = sql.replace("'ship'", other_side)
    sql = sql.replace(f"'{slug}'", "(SELECT slug FROM tools_tool WHERE id = :t)")
    # Within a text, such as the name of a rate limit, where "::t" would be a cast.
    sql = re.sub(rf":{tool_id}\b", ":' || :t || '", sql)
    return re.sub(rf"(?<![\w.'-]){tool_id}(?![\w.'-])", ":t", sql)


if __name__ == "__main__":
    print(json.dumps(sample()))
