"""The decision table: what is known about each tool, row by row, and where the tools differ."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby
from typing import Any, Self
from urllib.parse import urlsplit

from django.utils.formats import date_format

from reviews.models import PanelVerdict
from tools.facts import comparable_value, display_value
from tools.models import Category, Fact, FactKind, Tool
from votes.community import Reasons, reasons_text, shares_differ

UNKNOWN = "unknown"
SCORE, ENTRY = "Panel score", "Entry"
# By whether its date is known, and whether there is a successor to use.
STATUS = {
    (False, False): "{status}",
    (False, True): "{status}; use {successor}",
    (True, False): "{status} on {date}",
    (True, True): "{status} on {date}; use {successor}",
}


@dataclass(frozen=True)
class Source:
    url: str
    observed_on: date

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


@dataclass(frozen=True)
class Cell:
    """`value` is what cells are compared by; None means unknown."""

    value: Any
    text: str = UNKNOWN
    source: Source | None = None
    link: str = ""
    is_better: bool = False
    # The tool whose tally the cell shows in place of `text`; it is updated after a vote.
    tally_of: Tool | None = None

    @property
    def is_unknown(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    # Whether two known values differ. An unknown value neither differs nor equals; prose is not compared.
    differs: bool = False
    # Whether the page prints the same above the table, so that a narrow screen need not repeat it.
    is_above: bool = False

    @property
    def is_same(self) -> bool:
        """Whether all values are known and equal; "only differences" hides such a row."""
        return not any(cell.is_unknown for cell in self.cells) and not has_difference(self.cells)


def has_difference(cells: Iterable[Cell]) -> bool:
    return len({cell.value for cell in cells if not cell.is_unknown}) > 1


def typed_row(label: str, cells: Iterable[Cell]) -> Row:
    cells = tuple(cells)
    return Row(label, cells, differs=has_difference(cells))


def prose_row(label: str, texts: Iterable[str | None]) -> Row:
    """Return a row of free text: whether it differs is not marked, because it nearly always does."""
    return Row(label, tuple(_text(text) for text in texts))


@dataclass(frozen=True)
class Group:
    heading: str
    rows: tuple[Row, ...]

    def only_differences(self) -> Self:
        return replace(self, rows=tuple(row for row in self.rows if not row.is_same))


@dataclass(frozen=True)
class DecisionTable:
    verdict: Group
    offer: Group
    facts: tuple[Group, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups that have rows."""
        return tuple(group for group in (self.verdict, self.offer, *self.facts) if group.rows)

    @property
    def row_count(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def differing_offer(self) -> list[str]:
        """The labels of entry and facts that differ: what to choose by where scores do not decide."""
        entry = (row for row in self.offer.rows if row.label == ENTRY)
        facts = (row for group in self.facts for row in group.rows)
        return [row.label for row in (*entry, *facts) if row.differs]

    def only_differences(self) -> Self:
        """Return the table without the rows that are the same for all tools."""
        return replace(
            self,
            verdict=self.verdict.only_differences(),
            offer=self.offer.only_differences(),
            facts=tuple(group.only_differences() for group in self.facts),
        )

    def with_better_score(self, pick: int | None) -> Self:
        """Return the table with the score of the bottom line's pick (a place from 0) marked as better."""
        if pick is None:
            return self
        rows = tuple(_mark(row, pick) if row.label == SCORE else row for row in self.verdict.rows)
        return replace(self, verdict=replace(self.verdict, rows=rows))


def decision_table(
    tools: Sequence[Tool], facts: Iterable[Fact], reasons: dict[int, Reasons] | None = None
) -> DecisionTable:
    """Build the table of `tools` (with category, panel and tally).

    `facts` come with their kind, `reasons` from `votes.queries.leading_reasons`. A row in which
    nothing is known about any tool is left out.
    """
    return DecisionTable(
        verdict=Group("Verdict", known_rows(verdict_rows(tools, reasons or {}))),
        offer=Group("What it is", known_rows(offer_rows(tools))),
        facts=tuple(fact_groups(tools, facts)),
    )


def known_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(row for row in rows if not all(cell.is_unknown for cell in row.cells))


def verdict_rows(tools: Sequence[Tool], reasons: dict[int, Reasons]) -> Iterator[Row]:
    yield typed_row("Panel verdict", (_panel_verdict(tool.panel) for tool in tools))
    scores = (tool.panel.score for tool in tools)
    yield typed_row(SCORE, (Cell(score, _score(score)) for score in scores))
    yield community_row(tools)
    yield prose_row("Readers say", (reasons_text(reasons.get(tool.pk, {})) for tool in tools))


def community_row(tools: Sequence[Tool]) -> Row:
    """Return the row of tallies; it differs where Newcombe's interval says so of two of the tools."""
    cells = tuple(Cell((tool.tally.ships, tool.tally.skips), tally_of=tool) for tool in tools)
    ranked = [tool.tally for tool in tools if tool.tally.is_ranked]
    return Row("Community", cells, any(shares_differ(*pair) for pair in combinations(ranked, 2)))


def offer_rows(tools: Sequence[Tool]) -> Iterator[Row]:
    yield prose_row("Pricing", (tool.pricing for tool in tools))
    yield typed_row(ENTRY, (_entry(tool) for tool in tools))
    yield replace(prose_row("Best for", (tool.best_for for tool in tools)), is_above=True)
    yield replace(prose_row("Skip if", (tool.skip_if for tool in tools)), is_above=True)
    yield typed_row("Category", (_category(tool.category) for tool in tools))
    yield typed_row("Status", (_status(tool) for tool in tools))


def fact_groups(tools: Sequence[Tool], facts: Iterable[Fact]) -> Iterator[Group]:
    """Yield one group per heading of the fact kinds, in the kinds' order."""
    facts = list(facts)
    by_tool_and_kind = {(fact.tool_id, fact.kind_id): fact for fact in facts}
    kinds = sorted({fact.kind for fact in facts}, key=lambda kind: (kind.position, kind.name))
    first_place: dict[str, int] = {}
    for place, kind in enumerate(kinds):
        first_place.setdefault(kind.group, place)
    kinds.sort(key=lambda kind: first_place[kind.group])
    for heading, group in groupby(kinds, key=lambda kind: kind.group):
        rows = tuple(
            _fact_row(kind, [by_tool_and_kind.get((tool.pk, kind.pk)) for tool in tools])
            for kind in group
        )
        yield Group(heading, rows)


def mark_better(cells: Sequence[Cell], direction: str) -> tuple[Cell, ...]:
    """Mark the best of the known values, by the kind's direction. A tie marks none."""
    known = [cell.value for cell in cells if not cell.is_unknown]
    if not direction or len(known) < 2:
        return tuple(cells)
    best = max(known) if direction == FactKind.Better.HIGHER else min(known)
    if known.count(best) > 1:
        return tuple(cells)
    return tuple(replace(cell, is_better=cell.value == best) for cell in cells)


def _mark(row: Row, place: int) -> Row:
    cells = (
        replace(cell, is_better=number == place and not cell.is_unknown)
        for number, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _fact_row(kind: FactKind, facts: Sequence[Fact | None]) -> Row:
    cells = [_fact_cell(fact) if fact else Cell(None) for fact in facts]
    return typed_row(kind.name, mark_better(cells, kind.better))


def _fact_cell(fact: Fact) -> Cell:
    source = Source(fact.source_url, fact.observed_on)
    return Cell(comparable_value(fact), display_value(fact.value, fact.kind), source)


def _panel_verdict(panel: PanelVerdict) -> Cell:
    verdict = panel.get_verdict_display()
    text = f"{verdict} · {panel.ships} ship / {panel.skips} skip" if panel.review_count else verdict
    return Cell((panel.verdict, panel.ships, panel.skips), text)


def _score(score: Decimal | None) -> str:
    return UNKNOWN if score is None else f"{score}/100"


def _text(text: str | None) -> Cell:
    return Cell(text, text) if text else Cell(None)


def _entry(tool: Tool) -> Cell:
    return Cell(tool.entry, tool.get_entry_display()) if tool.entry else Cell(None)


def _category(category: Category) -> Cell:
    return Cell(category.pk, category.name, link=category.get_absolute_url())


def _status(tool: Tool) -> Cell:
    successor = tool.successor if tool.successor and tool.successor.is_published else None
    text = STATUS[bool(tool.status_date), bool(successor)].format(
        status=tool.get_status_display(),
        date=date_format(tool.status_date, "j F Y") if tool.status_date else "",
        successor=successor.name if successor else "",
    )
    value = tool.status, tool.status_date, successor.pk if successor else None
    return Cell(value, text, link=successor.get_absolute_url() if successor else "")
