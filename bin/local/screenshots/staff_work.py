"""Fills an empty database with the sample catalogue, staff of each role, and work that waits for them."""

import os
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import Reader, User
from bin.local.places import ROOT
from newsletter.digest.default_copy import default_parts, default_subject
from newsletter.digest.digest import build_digest
from newsletter.models import Issue
from reviews.draft_actions import hand_in
from reviews.models import Review, Reviewer
from tools.models import Tool
from votes.models import Vote

# {name: (role, slug of the reviewer)}
STAFF = {"rosa": ("Reviewer", "skeptic"), "edda": ("Editor", ""), "paul": ("Publisher", "")}
HOUR = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 11, 2, 9, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)
REVIEWS = {
    ("amp", "skeptic"): (
        "Threads that a colleague can open are useful. Nobody can say beforehand what a task costs, and the export "
        "of a thread lacks the tool calls."
    ),
    ("smolagents", "futurist"): "An agent that writes code instead of JSON is the right direction.",
    ("smolagents", "founder"): (
        "A thousand lines that a new hire can read in a day. We would still pay for a sandbox, and count its hours."
    ),
}


def fill() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("import_catalog", str(ROOT / "sample" / "catalog.json"))
    add_staff(os.environ["STAFF_PASSWORD"])
    add_reviews()
    add_votes()
    add_newsletter()


def add_staff(password: str) -> None:
    for name, (role, slug) in STAFF.items():
        user = User.objects.create_user(name, f"{name}@shiporskip.example", password, is_staff=True)
        user.groups.set(Group.objects.filter(name=role))
        Reviewer.objects.filter(slug=slug).update(user=user)


def add_reviews() -> None:
    """Two drafts, and a review that is handed in."""
    for (tool, reviewer), body in REVIEWS.items():
        review = Review.objects.create(
            tool=Tool.objects.get(slug=tool),
            reviewer=Reviewer.objects.get(slug=reviewer),
            body=body,
            score=None if reviewer == "skeptic" else 74,
            verdict="" if reviewer == "skeptic" else "ship",
            basis="hands_on",
        )
        if reviewer == "founder":
            hand_in(review=review)


def add_votes() -> None:
    """An hour of votes on one tool, and a burst of one network in it."""
    tool = Tool.objects.get(slug="ollama")
    for number in range(24):
        at = HOUR + timedelta(seconds=number * 1009 % 3600)
        _add_vote(tool, at, f"home {number % 9}", "skip" if number % 5 == 0 else "ship")
    for number in range(21):
        at = HOUR + timedelta(minutes=22, seconds=number * 37 % 60)
        _add_vote(tool, at, "burst", "skip", state="held", rule="burst")


def _add_vote(tool: Tool, at: datetime, network: str, choice: str, **state: str) -> None:
    name = f"{network} {choice} {at}"
    network_hash = uuid5(NAMESPACE_URL, network).bytes
    reader = Reader.objects.create(id=uuid5(NAMESPACE_URL, name), network=network_hash)
    Vote.objects.create(
        reader=reader,
        tool=tool,
        choice=choice,
        network=network_hash,
        cast_at=at,
        changed_at=at,
        **state,
    )


def add_newsletter() -> None:
    digest = build_digest(SINCE, UNTIL)
    Issue.objects.create(
        since=SINCE, until=UNTIL, subject=default_subject(digest), parts=default_parts(digest)
    )
