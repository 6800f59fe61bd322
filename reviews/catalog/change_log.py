"""The change log of an imported catalogue: entries of the file, and entries derived from its rows.

Whatever a file says, the log of a tool ends at the tool's present state (`tools.ledger_state.replay`).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from reviews.actions import panels_of
from reviews.catalog.document import Row
from reviews.catalog.fields import moment
from reviews.catalog.history import first_publication, review_events
from reviews.catalog.shared import Shared
from reviews.models import Review
from tools import ledger
from tools.ledger_state import PUBLICATIONS, Kind, State, replay, state_of
from tools.models import Fact, LedgerEntry, Tool
from tools.slugs import WithSlug

REFERENCES = ("fact_kind", "old_category", "new_category", "old_successor", "new_successor")


class ChangeLog:
    """Writes the entries that the database lacks after an import of `rows`, some tools of a file.

    `tools` is {slug: Tool}, `facts` {tool id: its facts}; `new_reviews` are those that the import added, `current` is {tool id:
    {reviewer id: Review}} of those that were current before.
    """

    def __init__(
        self,
        rows: list[Row],
        tools: dict[str, Tool],
        shared: Shared,
        facts: dict[int, list[Fact]],
        new_reviews: list[Review],
        current: dict[int, dict[int, Review]],
    ) -> None:
        self.rows = rows
        self.tools = tools
        self.shared = shared
        self.facts = facts
        self.current = current
        self.new_reviews: dict[int, list[Review]] = {}
        for review in new_reviews:
            self.new_reviews.setdefault(review.tool_id, []).append(review)
        self.now = timezone.now()
        # Sentences on tools whose log contradicts their publication.
        self.problems: list[str] = []

    def write(self) -> int:
        """Write what is missing; return how many entries."""
        self.cancel_moved_schedules()
        carried = self.write_carried()
        derived = list(self.derived())
        ledger.write_many(derived)
        return carried + len(derived)

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
        rows = [row for row in self.rows if "ledger" in row]
        if not rows:
            return 0
        ids = self.ids_for(rows)
        found: dict[tuple[int, int], LedgerEntry] = {}
        stored: dict[tuple[Any, ...], list[LedgerEntry]] = {}
        tools = [self.tools[row["slug"]] for row in rows]
        for entry in LedgerEntry.objects.filter(tool__in=tools).in_order():
            stored.setdefault(_identity(entry), []).append(entry)
        written = 0
        for corrections in (False, True):
            new = list(self.missing(rows, ids, stored, found, corrections=corrections))
            ledger.write_many(new)
            written += len(new)
        return written

    def ids_for(self, rows: list[Row]) -> dict[str, dict[Any, int]]:
        """Return the ids of all that the ledgers of `rows` refer to: {field: {slug: id}}; reviews by their key."""
        categories = _ids(self.shared.categories)
        sides = ("old_successor", "new_successor")
        named = {entry.get(side) for row in rows for entry in row["ledger"] for side in sides}
        elsewhere = Tool.objects.filter(slug__in=named - self.shared.ids.keys() - {None})
        successors = {**self.shared.ids, **dict(elsewhere.values_list("slug", "pk"))}
        reviews = Review.objects.published().filter(tool__slug__in=[row["slug"] for row in rows])
        return {
            "fact_kind": _ids(self.shared.kinds),
            "old_category": categories,
            "new_category": categories,
            "old_successor": successors,
            "new_successor": successors,
            "review": {
                (tool, reviewer, revision): pk
                for pk, tool, reviewer, revision in reviews.values_list(
                    "pk", "tool__slug", "reviewer__slug", "revision"
                )
            },
        }

    def missing(
        self,
        rows: list[Row],
        ids: dict[str, dict[Any, int]],
        stored: dict[tuple[Any, ...], list[LedgerEntry]],
        found: dict[tuple[int, int], LedgerEntry],
        *,
        corrections: bool,
    ) -> Iterator[LedgerEntry]:
        """Yield the entries that are not `stored`; `found` gets all by tool and place in the file."""
        for row in rows:
            tool = self.tools[row["slug"]]
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

    def fields(self, row: Row, written: Row, ids: dict[str, dict[Any, int]]) -> Row:
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

    def derived(self) -> Iterator[LedgerEntry]:
        """Yield the entries that follow from the rows; then the whole log of a tool must fit its publication."""
        carried = {self.tools[row["slug"]].pk for row in self.rows if "ledger" in row}
        tools = [self.tools[row["slug"]] for row in self.rows]
        panels = panels_of([tool.pk for tool in tools])
        logs: dict[int, list[LedgerEntry]] = {}
        with_log = [
            tool for tool in tools if tool.pk in carried or tool.pk not in self.shared.new_ids
        ]
        for entry in LedgerEntry.objects.filter(tool__in=with_log).in_order():
            logs.setdefault(entry.tool_id, []).append(entry)
        for tool in tools:
            log = logs.get(tool.pk, [])
            if tool.published_at is not None:
                state = state_of(tool, panels[tool.pk], self.facts[tool.pk])
                yield from self.derived_of(
                    tool, state, log, at=tool.published_at, has_own=tool.pk in carried
                )
            if contradiction := _contradiction(tool, log):
                self.problems.append(f'tools "{tool.slug}": {contradiction}')

    def derived_of(
        self, tool: Tool, state: State, log: list[LedgerEntry], *, at: datetime, has_own: bool
    ) -> Iterator[LedgerEntry]:
        """Yield what the `log` of a tool that is published `at` lacks, and append it to the log."""
        new = self.new_reviews.get(tool.pk, [])
        current = self.current.get(tool.pk, {})
        if not log:
            everything = [*current.values(), *new]
            added = first_publication(tool, state, everything, at=at)
            log.append(added)
            yield added
            current = {
                review.reviewer_id: review
                for review in sorted(everything, key=lambda review: review.revision)
                if review.was_published_by(at)
            }
            new = [review for review in everything if not review.was_published_by(at)]
        if not has_own and at <= self.now:
            for entry in review_events(tool, current, new, after=log[-1].at):
                log.append(entry)
                yield entry
        if at <= self.now:
            yield from self.caught_up(tool, state, log)
        elif replay(log).state != state:
            ledger.replace_scheduled(tool=tool, state=state, at=at)

    def caught_up(self, tool: Tool, state: State, log: list[LedgerEntry]) -> Iterator[LedgerEntry]:
        """Yield what is missing between the end of the log and the present state."""
        ended = replay(log).state
        if ended is None:
            return
        yield from ledger.change_entries(ended, state, tool=tool, event=uuid4(), at=self.now)


def shared_event_problems() -> Iterator[str]:
    """Yield sentences on events of several tools or times: pages show an event as one thing."""
    events = LedgerEntry.objects.values("event").annotate(
        tools=Count("tool", distinct=True), first=Min("at"), last=Max("at")
    )
    shared = events.filter(Q(tools__gt=1) | Q(first__lt=F("last"))).order_by("event")
    for event in shared.values_list("event", flat=True):
        yield f"ledger: the event {event} is used by several tools or at several times. Give each its own UUID."


def _contradiction(tool: Tool, entries: list[LedgerEntry]) -> str:
    """Return how the log of `tool` contradicts itself or the publication of the tool, or ""."""
    if sum(entry.kind == Kind.ADDED for entry in entries) > 1:
        return (
            "its ledger adds the tool a second time: it is not the stored history. "
            "Leave out the ledger."
        )
    log = replay(entries)
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


def _ids(rows: Mapping[str, WithSlug]) -> dict[Any, int]:
    return {slug: row.pk for slug, row in rows.items()}


def _identity(entry: LedgerEntry) -> tuple[Any, ...]:
    """Return what makes two entries the same one."""
    codes = [json.dumps(side, sort_keys=True) for side in (entry.old, entry.new)]
    references = [getattr(entry, f"{name}_id") for name in (*REFERENCES, "corrects")]
    names = ("tool_id", "kind", "event", "at", "review_id", "reason")
    return (*(getattr(entry, name) for name in names), *codes, *references)
