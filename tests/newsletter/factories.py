"""Subscribers and issues for tests, made as the database has them after what usually made them."""

from datetime import timedelta
from itertools import count

from django.db.models import Max
from django.utils import timezone

from newsletter.delivery.issue_email import PARTS
from newsletter.models import Issue, Subscriber
from tests.newsletter.ledger_factory import SINCE, UNTIL

_number = count(1)


def make_subscriber(state="active", categories=(), **fields):
    defaults = {
        "email": f"reader-{next(_number)}@example.org",
        "confirmed_at": timezone.now() if state == "active" else None,
        "suppression": "staff" if state == "suppressed" else "",
    }
    subscriber = Subscriber.objects.create(state=state, **(defaults | fields))
    subscriber.categories.set(categories)
    return subscriber


def issue_of(**fields):
    """A draft, not saved."""
    defaults = {
        "since": SINCE,
        "until": UNTIL,
        "subject": "What changed this week",
        "parts": list(PARTS),
    }
    return Issue(**(defaults | fields))


def make_issue(digest=None, **fields):
    """A draft; with a `digest` one that went out, with the next number unless given."""
    n = next(_number)
    if digest is not None:
        defaults = {
            "state": "sent",
            "number": (Issue.objects.aggregate(newest=Max("number"))["newest"] or 0) + 1,
            "content": digest.to_json(),
            "content_hash": "0" * 64,
            "published_at": timezone.now(),
        }
        fields = defaults | fields
    # One issue per period and cadence: each begins a moment earlier.
    issue = issue_of(**({"since": SINCE - timedelta(microseconds=n)} | fields))
    issue.save()
    return issue
