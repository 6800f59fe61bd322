"""A week of the ledger, for tests of the digest: what happens on which of its days."""

from datetime import UTC, datetime, timedelta

from newsletter.digest.digest import build_digest
from reviews.actions import publish_reviews
from tests.factories import draft_review, make_tool
from tools.models import LedgerEntry

SINCE = datetime(2026, 3, 2, 8, tzinfo=UTC)  # a Monday
UNTIL = SINCE + timedelta(days=7)


def on(day):
    """Noon of the week's day, from 1; day 0 is the one before it."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)


def week(*choices):
    return build_digest(SINCE, UNTIL, *choices)


def old_tool(name, **fields):
    """A tool that readers have known for long."""
    fields.setdefault("slug", name.lower().replace(" ", "-"))
    fields.setdefault("published_at", datetime(2026, 1, 1, tzinfo=UTC))
    return make_tool(name=name, **fields)


def review(tool, *opinions, at, reason=""):
    """Publish `opinions`, each (reviewer, score, verdict), together."""
    drafts = [
        draft_review(tool, reviewer, score, verdict, reason=reason, reviewed_on=at.date())
        for reviewer, score, verdict in opinions
    ]
    publish_reviews(tool=tool, reviews=drafts, at=at)
    tool.panel.refresh_from_db()


def record_change(tool, kind, old, new, *, at, **fields):
    """An entry of another time than now. A status may be given by its code alone."""
    if kind == "status":
        old, new = ({"status": code, "date": None} for code in (old, new))
    return LedgerEntry.objects.create(tool=tool, kind=kind, old=old, new=new, at=at, **fields)


def correct(entry, correction, *, at, reason="A slip."):
    """What `tools.actions.correct_ledger` writes, at another time."""
    wrong = entry.corrects or entry
    return record_change(
        entry.tool, "corrected", entry.new, correction, corrects=wrong, reason=reason, at=at
    )
