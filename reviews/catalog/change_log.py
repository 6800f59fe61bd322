"""The change log of an imported catalogue: entries of the file, and entries derived from its rows.

Whatever a file says, the log of a tool ends at the tool's present state (`tools.ledger_state.replay`).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID, uuid4

from django.db.models import Count, F, Max, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from reviews.actions import panel_of
from reviews.catalog.history import first_publication, review_events
from reviews.catalog.references import known_ids, moment
from reviews.models import Review
from tools import ledger
from tools.ledger_state import PUBLICATIONS, Kind, State, replay, state_of
from tools.models import LedgerEntry, Tool
from web.json_document import BadDocument

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Log(TypedDict):
        log: list[LedgerEntry]

    type ToolWithLog = WithAnnotations[Tool, Log]

CHUNK = 500
REFERENCES = ("fact_kind", "old_category", "new_category", "old_successor", "new_successor")


class ChangeLog:
    """Writes the entries that the database lacks after an import of `rows`, the tools of a file.

    `tools` is {slug: Tool}; `new_reviews` are those that the import added, `current` is {tool id:
    {reviewer id: Review}} of those that were current before.
    """

    def __init__(
        self,
        rows: list[dict[str, Any]],
        tools: dict[str, Tool],
        new_reviews: list[Review],
        current: dict[int, dict[int, Review]],
    ) -> None:
        self.rows = rows
        self.tools = tools
        self.current = current
        self.new_reviews: dict[int, list[Review]] = {}
        for review in new_reviews:
            self.new_reviews.setdefault(review.tool_id, []).append(review)
        self.now = timezone.now()

    def write(self) -> int:
        """Write what is missing; return how many entries."""
        self.cancel_moved_schedules()
        written = self.write_carried()
        if written:
            refuse_shared_events()
        for rows in batched(self.rows, CHUNK):
            written += len(ledger.write(list(self.derived(rows))))
        self.refuse_contradictions()
        return written

    def cancel_moved_schedules(self) -> None:
        """Delete the entries of scheduled tools that are no longer published at that time."""
        announced = LedgerEntry.objects.filter(
            tool__in=self.tools.values(), kind=Kind.ADDED, at__gt=self.now
        )
        for entry in announced.select_related("tool"):
            if entry.tool.published_at != entry.at:
                ledger.cancel_scheduled(tool=entry.tool, at=entry.at)

    # Entries of the file

    def write_carried(self) -> int:
        """Write the entries in the file: corrections last, because they refer to an entry."""
        carried = [row for row in self.rows if "ledger" in row]
        ids = known_ids(carried) if carried else {}
        written = 0
        for rows in batched(carried, CHUNK):
            found: dict[tuple[int, int], LedgerEntry] = {}
            for corrections in (False, True):
                new = list(self.missing(rows, ids, found, corrections=corrections))
                written += len(ledger.write(new))
        return written

    def missing(
        self,
        rows: tuple[dict[str, Any], ...],
        ids: dict[str, dict[Any, int]],
        found: dict[tuple[int, int], LedgerEntry],
        *,
        corrections: bool,
    ) -> Iterator[LedgerEntry]:
        """Yield the entries that the database lacks; `found` gets all by tool and place in the file."""
        tools = [self.tools[row["slug"]] for row in rows]
        stored: dict[tuple[Any, ...], list[LedgerEntry]] = {}
        for entry in LedgerEntry.objects.filter(tool__in=tools).in_order():
            stored.setdefault(_identity(entry), []).append(entry)
        for row, tool in zip(rows, tools, strict=True):
            for place, written in enumerate(row["ledger"]):
                if ("corrects" in written) != corrections:
                    continue
                entry = ledger.entry_from(tool=tool, **self.fields(row, written, ids))
                if corrections:
                    entry.corrects = found[tool.pk, written["corrects"]]
                if same := stored.get(_identity(entry)):
                    found[tool.pk, place] = same.pop(0)
                else:
                    found[tool.pk, place] = entry
                    yield entry

    def fields(
        self, row: dict[str, Any], written: dict[str, Any], ids: dict[str, dict[Any, int]]
    ) -> dict[str, Any]:
        fields = {name: written.get(name) for name in ("old", "new")}
        if written["kind"] in PUBLICATIONS:
            facts = written["new"]["facts"]
            by_id = {str(ids["fact_kind"][slug]): fact for slug, fact in facts.items()}
            fields["new"] = written["new"] | {"facts": by_id}
        for name in REFERENCES:
            if slug := written.get(name):
                fields[f"{name}_id"] = ids[name][slug]
        if review := written.get("review"):
            fields["review_id"] = ids["review"][row["slug"], review["reviewer"], review["revision"]]
        return fields | {
            "kind": written["kind"],
            "event": UUID(written["event"]),
            "at": moment(written["at"]),
            "reason": written.get("reason", ""),
        }

    # Entries that follow from the rows

    def derived(self, rows: tuple[dict[str, Any], ...]) -> Iterator[LedgerEntry]:
        carried = {self.tools[row["slug"]].pk for row in rows if "ledger" in row}
        for tool in _with_log([self.tools[row["slug"]].pk for row in rows]):
            if tool.published_at is not None:
                has_own = tool.pk in carried
                yield from self.derived_of(tool, tool.published_at, has_own=has_own)

    def derived_of(
        self, tool: "ToolWithLog", published_at: datetime, *, has_own: bool
    ) -> Iterator[LedgerEntry]:
        state = state_of(tool, panel_of(tool.pk))
        log = list(tool.log)
        new = self.new_reviews.get(tool.pk, [])
        current = self.current.get(tool.pk, {})
        if not log:
            everything = [*current.values(), *new]
            added = first_publication(tool, state, everything, at=published_at)
            log.append(added)
            yield added
            current = {
                review.reviewer_id: review
                for review in sorted(everything, key=lambda review: review.revision)
                if review.was_published_by(published_at)
            }
            new = [review for review in everything if not review.was_published_by(published_at)]
        if not has_own and published_at <= self.now:
            for entry in review_events(tool, current, new, after=log[-1].at):
                log.append(entry)
                yield entry
        if published_at <= self.now:
            yield from self.caught_up(tool, state, log)
        elif replay(log).state != state:
            ledger.replace_scheduled(tool=tool, state=state, at=published_at)

    def caught_up(self, tool: Tool, state: State, log: list[LedgerEntry]) -> Iterator[LedgerEntry]:
        """Yield what is missing between the end of the log and the present state."""
        ended = replay(log).state
        if ended is None:
            return
        yield from ledger.change_entries(ended, state, tool=tool, event=uuid4(), at=self.now)

    def refuse_contradictions(self) -> None:
        """Raise BadDocument where the log of a tool contradicts its publication."""
        problems = []
        for rows in batched(self.rows, CHUNK):
            for tool in _with_log([self.tools[row["slug"]].pk for row in rows]):
                if contradiction := _contradiction(tool):
                    problems.append(f'tools "{tool.slug}": {contradiction}')
        if problems:
            raise BadDocument(problems)


def refuse_shared_events() -> None:
    """Raise BadDocument for an event of several tools or times: pages show an event as one thing."""
    events = LedgerEntry.objects.values("event").annotate(
        tools=Count("tool", distinct=True), first=Min("at"), last=Max("at")
    )
    shared = events.filter(Q(tools__gt=1) | Q(first__lt=F("last"))).order_by("event")
    if problems := [
        f"ledger: the event {event} is used by several tools or at several times. Give each its own UUID."
        for event in shared.values_list("event", flat=True)
    ]:
        raise BadDocument(problems)


def _contradiction(tool: "ToolWithLog") -> str:
    """Return how the log of `tool` contradicts itself or the publication of the tool, or ""."""
    if sum(entry.kind == Kind.ADDED for entry in tool.log) > 1:
        return (
            "its ledger adds the tool a second time: it is not the stored history. "
            "Leave out the ledger."
        )
    log = replay(tool.log)
    if tool.is_on_record != log.has_begun or tool.is_withdrawn != log.is_withdrawn:
        return (
            f"{_publication_words(tool)}, but its ledger ends otherwise. "
            "Withdraw it or publish it again in the admin, with a reason."
        )
    return ""


def _publication_words(tool: Tool) -> str:
    if tool.is_withdrawn:
        return "it is withdrawn"
    if tool.published_at is None:
        return "it is a draft"
    return "it is public" if tool.is_published else "it is scheduled"


def _with_log(tool_ids: list[int]) -> "QuerySet[ToolWithLog]":
    entries = LedgerEntry.objects.in_order()
    return (
        Tool.objects.filter(pk__in=tool_ids)
        .defer("description", "search")
        .order_by("pk")
        .prefetch_related("facts", Prefetch("ledger", entries, to_attr="log"))
    )


def _identity(entry: LedgerEntry) -> tuple[Any, ...]:
    """Return what makes two entries the same one."""
    codes = [json.dumps(side, sort_keys=True) for side in (entry.old, entry.new)]
    references = [getattr(entry, f"{name}_id") for name in (*REFERENCES, "corrects")]
    names = ("tool_id", "kind", "event", "at", "review_id", "reason")
    return (*(getattr(entry, name) for name in names), *codes, *references)
