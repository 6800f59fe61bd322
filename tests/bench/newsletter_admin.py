"""Times and queries of the newsletter's long lists and of an issue's progress, at 200,000 rows.

    python -m tests.bench.newsletter_admin [rows, 200000 by default]

Whole pages through Django in one process, as a publisher sees them, on a Postgres of its own; the median of
nine. Aim: under 6 queries for a list, and none that counts.
"""

import os
import subprocess
import sys
from statistics import median
from time import perf_counter

from tests.votes.own_server import ROOT, own_server

LOOKS = 9
# Four in five rows of the first issue were sent. The second one was queued a moment ago, all at once.
FILL = """
INSERT INTO newsletter_subscriber (email, state, suppression, key, cadence, only_bookmarks,
    hard_bounces, created_at, confirmed_at)
SELECT 'reader-' || n || '@example-' || n %% 997 || '.org', state,
    CASE state WHEN 'suppressed' THEN 'bounced' ELSE '' END, gen_random_uuid(),
    CASE WHEN n %% 5 = 0 THEN 'monthly' ELSE 'weekly' END, n %% 50 = 0, 0, now(), now()
FROM (SELECT n, CASE WHEN n %% 100 = 0 THEN 'suppressed' WHEN n %% 20 = 1 THEN 'unsubscribed'
    WHEN n %% 33 = 0 THEN 'pending' ELSE 'active' END AS state
    FROM generate_series(1, %(rows)s) AS n) AS made;

INSERT INTO newsletter_issue (number, cadence, since, until, state, subject, preheader, intro, parts,
    content, content_hash, published_at, hold_reason)
SELECT n, 'weekly', now() - (3 - n) * interval '7 days', now() - (2 - n) * interval '7 days',
    'sending', 'Issue ' || n, '', '', '{new}',
    jsonb_build_object('filler', repeat('x', 100000)), repeat('0', 64), now(), ''
FROM generate_series(1, 2) AS n;

INSERT INTO newsletter_delivery (id, issue_id, subscriber_id, state, tries, next_try_at, code, reply, changed_at)
SELECT gen_random_uuid(), issue.id, subscriber.id, kind, 0, now(),
    CASE kind WHEN 'sent' THEN 250 WHEN 'rejected' THEN 550 END, '', now() - subscriber.id * CASE issue.number
    WHEN 1 THEN interval '1 ms' ELSE interval '0' END
FROM newsletter_issue AS issue, newsletter_subscriber AS subscriber, LATERAL (SELECT
    CASE WHEN issue.number = 2 THEN 'queued' WHEN subscriber.id %% 10 < 8 THEN 'sent'
    WHEN subscriber.id %% 1000 = 9 THEN 'rejected' ELSE 'queued' END AS kind) AS chosen;
ANALYZE;
"""


def main(rows=200_000):
    with own_server() as server:
        program = f"import django; django.setup(); from tests.bench.newsletter_admin import look; look({rows})"
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=server.environment | {"DATABASE_POOL_SIZE": "4", "STATEMENT_TIMEOUT": "300s"},
            check=True,
        )


def look(rows):
    """Fill the database and print a line per page. Runs in a process that Django was set up in."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from newsletter.models import Issue, Subscriber  # noqa: PLC0415
    from tests.admin_client import make_staff, sign_in  # noqa: PLC0415

    setup_test_environment()
    settings.DEBUG = False
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"rows": rows})
    older = Issue.objects.get(number=1)
    address = Subscriber.objects.get(pk=Subscriber.objects.order_by("pk")[rows // 2].pk).email
    publisher = sign_in(make_staff("Publisher"))
    newsletter = "/admin/newsletter/"
    pages = {
        "subscribers": "subscriber/",
        "subscribers, page 20": "subscriber/?p=20",
        "subscribers, suppressed": "subscriber/?state__exact=suppressed",
        "subscribers, monthly": "subscriber/?cadence__exact=monthly",
        "subscribers, pending monthly": "subscriber/?state__exact=pending&cadence__exact=monthly",
        "subscribers, an address": f"subscriber/?q={address}",
        "subscribers, reader-1…": "subscriber/?q=reader-1",
        "subscribers, nobody": "subscriber/?q=nobody",
        "deliveries, just queued": "delivery/",
        "deliveries, just queued, p. 20": "delivery/?p=20",
        "deliveries, an issue": f"delivery/?issue={older.pk}",
        "deliveries, rejected": "delivery/?state__exact=rejected",
        "deliveries, issue, rejected": f"delivery/?issue={older.pk}&state__exact=rejected",
        "deliveries, 550": "delivery/?code=550",
        "deliveries, issue, 4xx": f"delivery/?issue={older.pk}&code=4",
        "deliveries, an address": f"delivery/?q={address}",
        "an issue's page": f"issue/{older.pk}/change/",
        "issues": "issue/",
    }
    print(f"{rows} subscribers, {2 * rows} deliveries", flush=True)
    for name, path in pages.items():
        measure(publisher, name, newsletter + path, {})
    measure(
        publisher, "progress, polled", f"{newsletter}issue/{older.pk}/progress/?was=sending",
        {"HX-Request": "true"},
    )  # fmt: skip


def measure(client, name, address, headers):
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as asked:
        response = client.get(address, headers=headers)
    queries = len(asked)
    assert response.status_code == 200, (address, response.status_code)
    counts = sum("COUNT(" in query["sql"] for query in asked)
    slowest = max(float(query["time"]) for query in asked)
    times = []
    for _ in range(LOOKS):
        started = perf_counter()
        client.get(address, headers=headers)
        times.append(perf_counter() - started)
    print(
        f"{name:30} {1000 * median(times):7.0f} ms  {queries:3} queries, {counts} of them counts, "
        f"slowest {1000 * slowest:.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*map(int, sys.argv[1:]))
