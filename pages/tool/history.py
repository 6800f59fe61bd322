"""What changed for one tool, newest first."""

from dataclasses import dataclass

from django.urls import reverse

from reviews.latest_entries import latest_entries_of
from tools.ledger_words import EventText, event_texts
from tools.models import Tool

LATEST_EVENTS = 6


@dataclass(frozen=True)
class History:
    events: list[EventText]
    # The address of the full change log of the tool; empty when all of it is shown.
    older: str


def build_history(tool: Tool) -> History:
    events = event_texts(latest_entries_of(tool, LATEST_EVENTS + 1))
    older = reverse("changes", query={"tool": tool.slug}) if events[LATEST_EVENTS:] else ""
    return History(events[:LATEST_EVENTS], older)
