"""Senders in processes of their own, for the tests and benches that kill or measure them.

    python -m tests.newsletter.senders prepare COUNT      makes an issue and its subscribers, starts it
    python -m tests.newsletter.senders sender_processes OPTIONS    forks a sender per line of its input, prints its pid

OPTIONS is JSON for `newsletter.delivery.sending.Options`; `port` is the mail server's. A sender ends by being killed.
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta

import django
from django.db import InterfaceError, OperationalError, connection

django.setup()

from django.utils import timezone  # noqa: E402 - models need the line above

from newsletter.delivery.issue_email import PARTS  # noqa: E402
from newsletter.delivery.sending import Options, send_due  # noqa: E402
from newsletter.issues.actions import start_sending  # noqa: E402
from newsletter.models import Issue  # noqa: E402
from tests.factories import make_reviewer, make_tool, publish_review  # noqa: E402
from web.mail_server import MailServer  # noqa: E402

SUBSCRIBERS = """
INSERT INTO newsletter_subscriber (email, state, suppression, key, cadence, only_bookmarks, hard_bounces,
    created_at, confirmed_at)
SELECT 'reader' || n || '@example.org', 'active', '', gen_random_uuid(), 'weekly', false, 0, now(), now()
FROM generate_series(1, %s) AS n
"""


def make_issue(count):
    """An issue with some changed verdicts, on its way to so many subscribers; its id."""
    since = timezone.now()
    for n in range(8):
        tool, reviewer = make_tool(name=f"Tool {n}"), make_reviewer(f"Reviewer {n}")
        publish_review(tool, reviewer, 40, "skip")
        publish_review(
            tool, reviewer, 80, "ship", reason="It was fixed, and holds up under load now."
        )
    with connection.cursor() as cursor:
        cursor.execute(SUBSCRIBERS, [count])
    issue = Issue.objects.create(
        since=since - timedelta(days=7),
        until=timezone.now(),
        subject="What changed this week",
        parts=list(PARTS),
    )
    return start_sending(issue=issue).pk


def options_of(port, **values):
    defaults = {"sender": "news@example.org", "connections": 2, "rate": 1e6}
    defaults |= {"timeout": 1, "accept_timeout": 2, "lease": 3, "slack": 0}
    return Options(server=MailServer("smtp+plain", "127.0.0.1", port), **(defaults | values))


def send_for_ever(options):
    while True:
        try:
            send_due(options, seconds=60)
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.1)


def sender_processes(options):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if (pid := os.fork()) == 0:
            send_for_ever(options)
        os.write(1, f"{pid}\n".encode())


def main(plan, value):
    if plan == "prepare":
        sys.stdout.write(f"{make_issue(int(value))}\n")
    else:
        sender_processes(options_of(**json.loads(value)))


if __name__ == "__main__":
    main(*sys.argv[1:])
