"""The decision table: what is known of each tool, row by row, and where the tools differ."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from urllib.parse import urlsplit

from pages.community import community_words, reasons_words
from pages.templatetags.figures import fact_value
from tools.models import FactKind, Tool

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Source:
    url: str
    observed_on: date

    @property
    def host(self):
        return urlsplit(self.url).hostname.removeprefix("www.")


@dataclass(frozen=True)
class Cell:
    """`value` is what cells are compared by; None when it is unknown."""

    value: object
    words: str = UNKNOWN
    source: Source | None = None
    link: str = ""
    is_better: bool = False
    # The tool whose tally the cell shows; it is kept up to date after a vote.
    tally_of: Tool | None = None

    @property
    def is_unknown(self):
        return self.value is None


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self):
        """Whether two known values differ. Unknown differs from nothing and equals nothing."""
        return len({cell.value for cell in self.cells if not cell.is_unknown}) > 1

    @property
    def is_partly_unknown(self):
        return any(cell.is_unknown for cell in self.cells)

    @property
    def is_same(self):
        """Whether all values are known and equal: what "only differences" hides."""
        return not (self.differs or self.is_partly_unknown)


@dataclass(frozen=True)
class Group:
    heading: str
    rows: tuple[Row, ...]

    @property
    def differing_rows(self):
        return tuple(row for row in self.rows if not row.is_same)


@dataclass(frozen=True)
class DecisionTable:
    groups: tuple[Group, ...]

    @property
    def row_count(self):
        return sum(len(group.rows) for group in self.groups)

    def only_differences(self):
        """The same table without the rows that are the same for all tools."""
        groups = (Group(group.heading, group.differing_rows) for group in self.groups)
        return DecisionTable(tuple(group for group in groups if group.rows))


def decision_table(tools, facts, reasons=None):
    """Build the table of `tools` (with category, panel and tally).

    `facts` come with their kind; `reasons` as `votes.queries.leading_reasons` gives them.

    A row in which nothing is known of any tool is left out.
    """
    verdict = Group("Verdict", known_rows(verdict_rows(tools, reasons or {})))
    offer = Group("What it is", known_rows(offer_rows(tools)))
    groups = (verdict, offer, *fact_groups(tools, facts))
    return DecisionTable(tuple(group for group in groups if group.rows))


def known_rows(rows):
    return tuple(row for row in rows if not all(cell.is_unknown for cell in row.cells))


def verdict_rows(tools, reasons):
    yield Row("Panel verdict", tuple(_panel_verdict(tool.panel) for tool in tools))
    scores = [Cell(tool.panel.score, _score(tool.panel.score)) for tool in tools]
    yield Row("Panel score", mark_better(scores, FactKind.Better.HIGHER))
    yield Row("Community", tuple(_community(tool) for tool in tools))
    yield Row(
        "Readers say", tuple(_text(reasons_words(reasons.get(tool.pk, {}))) for tool in tools)
    )


def offer_rows(tools):
    yield Row("Pricing", tuple(_text(tool.pricing) for tool in tools))
    yield Row("Entry", tuple(_text(tool.get_entry_display()) for tool in tools))
    yield Row("Best for", tuple(_text(tool.best_for) for tool in tools))
    yield Row("Skip if", tuple(_text(tool.skip_if) for tool in tools))
    yield Row("Category", tuple(_category(tool.category) for tool in tools))
    yield Row("Status", tuple(_status(tool) for tool in tools))


def fact_groups(tools, facts):
    """One group per heading of the fact kinds, in the kinds' order."""
    facts = list(facts)
    by_tool_and_kind = {(fact.tool_id, fact.kind_id): fact for fact in facts}
    kinds = sorted({fact.kind for fact in facts}, key=lambda kind: (kind.position, kind.name))
    first_place = {}
    for place, kind in enumerate(kinds):
        first_place.setdefault(kind.group, place)
    kinds.sort(key=lambda kind: first_place[kind.group])
    for heading, group in groupby(kinds, key=lambda kind: kind.group):
        rows = tuple(
            _fact_row(kind, [by_tool_and_kind.get((tool.pk, kind.pk)) for tool in tools])
            for kind in group
        )
        yield Group(heading, rows)


def mark_better(cells, direction):
    """Mark the one best of the known values, by the kind's direction. A tie marks nobody."""
    known = [cell.value for cell in cells if not cell.is_unknown]
    if not direction or len(known) < 2:
        return tuple(cells)
    best = max(known) if direction == FactKind.Better.HIGHER else min(known)
    if known.count(best) > 1:
        return tuple(cells)
    return tuple(replace(cell, is_better=cell.value == best) for cell in cells)


def _community(tool):
    words = community_words(tool.tally)
    return Cell(words, words, tally_of=tool)


def _fact_row(kind, facts):
    cells = [_fact_cell(fact) if fact else Cell(None) for fact in facts]
    return Row(kind.name, mark_better(cells, kind.better))


def _fact_cell(fact):
    source = Source(fact.source_url, fact.observed_on)
    return Cell(fact.value, fact_value(fact), source)


def _panel_verdict(panel):
    counts = f" · {panel.ships} ship / {panel.skips} skip" if panel.review_count else ""
    value = (panel.verdict, panel.ships, panel.skips)
    return Cell(value, f"{panel.get_verdict_display()}{counts}")


def _score(score):
    return UNKNOWN if score is None else f"{score}/100"


def _text(words):
    return Cell(words, words) if words else Cell(None)


def _category(category):
    return Cell(category.pk, category.name, link=category.get_absolute_url())


def _status(tool):
    words = tool.get_status_display()
    if tool.status_date:
        words += f" since {tool.status_date:%-d %B %Y}"
    successor = tool.successor
    if successor is None or not successor.is_published:
        return Cell(words, words)
    words += f"; use {successor.name}"
    return Cell(words, words, link=successor.get_absolute_url())
