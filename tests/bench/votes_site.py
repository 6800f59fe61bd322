"""The site as tests/bench/votes.py drives it: its own addresses, and beside them a view that does nothing."""

import json
import re
import sys
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE, set_cookie
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as those_of_the_site
from tests.browsers import OwnOriginClient
from tests.factories import make_category
from tools.models import Tool


@csrf_exempt
@require_POST
def bare(request):
    """Reads the form as any view does, writes nothing, and answers as a plain vote is answered."""
    return HttpResponseRedirect(f"/?{request.POST['choice']}", status=303)


urlpatterns = [path("bare/", bare), *those_of_the_site]


def make_application():
    settings.ROOT_URLCONF = __name__
    return get_wsgi_application()


def prepare(tools, readers):
    """Make published tools and readers, and print what a browser of each reader would hold, as JSON."""
    category = make_category()
    made = Tool.objects.bulk_create(
        Tool(
            name=f"Bench {n}",
            slug=f"bench-{n}",
            category=category,
            entry="free",
            tagline="Fast.",
            published_at=timezone.now(),
        )
        for n in range(tools)
    )
    rows = Reader.objects.bulk_create(
        Reader(id=UUID(f"00000000-0000-4000-8000-1{n:011}"), network=bytes(16), nth_in_hour=1)
        for n in range(readers)
    )
    browsers = [
        {
            "cookie": set_cookie(HttpResponse(), row).cookies[COOKIE].value,
            "address": f"10.{n // 256}.{n % 256}.1",
        }
        for n, row in enumerate(rows)
    ]
    figures = {
        "first_tool": made[0].pk,
        "readers": browsers,
        "statements": statements_of_a_vote(rows[0]),
    }
    json.dump(figures, sys.stdout)


def statements_of_a_vote(reader):
    """What one vote asks Postgres, recorded, as a pgbench script over the tool :t (slug :n) and the reader :r.

    The choice is the other one each time, as with the readers of the benchmark.
    """
    tool = Tool.objects.last()
    client, form = OwnOriginClient(), {"choice": "ship"}
    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    headers = {"origin": settings.SITE_URL, "x-forwarded-proto": "https", "host": "127.0.0.1"}
    kind = "application/x-www-form-urlencoded"
    network = network_hash("192.0.2.1").hex()
    with transaction.atomic(), CaptureQueriesContext(connection) as recorded:
        headers["x-forwarded-for"] = "192.0.2.1"
        response = client.post(f"/tools/{tool.slug}/vote/", urlencode(form), kind, headers=headers)
        transaction.set_rollback(True)
    assert response.status_code == 303, response.content
    asked = f"{reader.pk.hex[:20]}:r"
    other_side = f"""coalesce((SELECT CASE choice WHEN 'ship' THEN 'skip' ELSE 'ship' END
        FROM votes_vote WHERE tool_id = :t AND reader_id = '{asked}'::uuid), 'ship')"""
    lines = []
    for query in recorded.captured_queries:
        line = query["sql"].replace(reader.pk.hex, asked).replace(network, asked)
        line = line.replace("'ship'", other_side).replace(f"'{tool.slug}'", "'bench-:n'")
        line = re.sub(
            rf":{tool.pk}\b", ":' || :t || '", line
        )  # in a name, where "::t" would be a cast
        lines.append(re.sub(rf"\b{tool.pk}\b", ":t", line))
    return ";\n".join(lines[:-1] if lines[-1].startswith("ROLLBACK") else lines) + ";\n"
