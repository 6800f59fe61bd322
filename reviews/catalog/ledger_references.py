"""Checks of the ledger in a catalogue file that a schema cannot express: that what it refers to exists."""

from collections.abc import Container, Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from tools.ledger_state import PUBLICATIONS, Kind
from tools.models import Tool
from tools.panel_word import PanelWord

NAMED = {
    "fact_kind": "fact_kinds",
    "old_category": "categories",
    "new_category": "categories",
    "old_successor": "tools",
    "new_successor": "tools",
}
NUMBERS = (int, float)


def ledger_problems(
    tool: dict[str, Any], known: dict[str, Container[str]], stored: dict[tuple[str, str], int]
) -> Iterator[str]:
    """Yield what is wrong with the ledger of a tool of a well-formed file.

    `known` holds the existing slugs, `stored` the highest revision in the database by tool and reviewer.
    """
    entries = tool.get("ledger", [])
    revisions = {(row.get("reviewer"), row.get("revision", 1)) for row in tool.get("reviews") or []}
    for place, entry in enumerate(entries):
        where = f"ledger[{place}]"
        for name, listing in NAMED.items():
            if entry.get(name) and entry[name] not in known[listing]:
                yield f'{where}.{name}: there is no "{entry[name]}"'
        if entry["kind"] in PUBLICATIONS:
            unknown = [slug for slug in entry["new"]["facts"] if slug not in known["fact_kinds"]]
            for slug in sorted(unknown):
                yield f'{where}.new.facts: there is no fact kind "{slug}"'
        if review := entry.get("review"):
            key = review["reviewer"], review["revision"]
            if key not in revisions and key[1] > stored.get((tool.get("slug") or "", key[0]), 0):
                yield f'{where}.review: there is no revision {key[1]} of "{key[0]}"'
        if "corrects" in entry:
            yield from (f"{where}.{problem}" for problem in _correction(entry, entries))
    yield from _order(entries)


def _correction(entry: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[str]:
    place = entry["corrects"]
    if place >= len(entries) or "corrects" in entries[place]:
        yield f"corrects: entry {place} cannot be corrected"
        return
    kind = Kind(entries[place]["kind"])
    if not _is_of_kind(kind, entry):
        yield f"new: this is not a value of the kind {kind.value}"


def _order(entries: list[dict[str, Any]]) -> Iterator[str]:
    own = [entry for entry in entries if "corrects" not in entry]
    if not own:
        return
    moments = [datetime.fromisoformat(entry["at"]) for entry in entries]
    if moments != sorted(moments):
        yield "ledger: the entries are not in the order of their times"
    elif own[0]["kind"] != Kind.ADDED:
        yield "ledger: it does not begin with the entry that adds the tool"
    elif len(own) > 1 and moments[-1] > timezone.now():
        yield "ledger: an entry is in the future"


def _is_of_kind(kind: Kind, entry: dict[str, Any]) -> bool:
    new = entry.get("new")
    match kind:
        case Kind.ADDED | Kind.RESTORED | Kind.WITHDRAWN | Kind.CORRECTED:
            return False
        case Kind.CATEGORY:
            return new is None and bool(entry.get("new_category"))
        case Kind.VERDICT:
            return new in PanelWord.values
        case Kind.SCORE:
            return isinstance(new, NUMBERS) and not isinstance(new, bool)
        case Kind.ENTRY:
            return new in Tool.Entry.values
        case Kind.STATUS:
            return isinstance(new, dict) and new.keys() == {"status", "date"}
        case Kind.REVIEWED:
            return isinstance(new, dict) and new.keys() == {"score", "verdict"}
        case Kind.FACT:
            return isinstance(new, dict) and new.keys() == {"value", "source_url", "observed_on"}
    return new is None or isinstance(new, str)
