"""What changed for one tool, newest first."""

from dataclasses import dataclass

from django.urls import reverse

from reviews.latest_entries import START, latest_entries_of, up_to
from tools.ledger_words import EventText, event_texts
from tools.models import Tool
from tools.past_day import PastDay

LATEST_EVENTS = 6


@dataclass(frozen=True)
class History:
    events: list[EventText]
    # The address of the full change log of the tool; empty when all of it is shown.
    older: str


def build_history(tool: Tool, on: PastDay | None = None) -> History:
    """Build the history of `tool`, or what it was at the end of a day."""
    entries = latest_entries_of(tool, LATEST_EVENTS + 1, up_to(on.until) if on else START)
    events = event_texts(entries, until=on.until if on else None)
    query = {"tool": tool.slug} | ({"until": on.day.isoformat()} if on else {})
    older = reverse("changes", query=query) if events[LATEST_EVENTS:] else ""
    return History(events[:LATEST_EVENTS], older)
