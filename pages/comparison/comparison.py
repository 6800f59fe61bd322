"""A comparison of 2 to 4 tools: everything that its page prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pages.community import ship_interval
from pages.comparison.bottom_line import BottomLine, bottom_line
from pages.comparison.decision_table import DecisionTable, decision_table
from pages.comparison.json_ld import comparison_data
from pages.comparison.panel_chart import PanelChart, panel_chart
from pages.comparison.reviewer_scorecard import ScorecardRow, paired_figures, scorecard_rows
from pages.comparison.short_names import short_names
from pages.comparison_urls import MOST, comparison_or_picker_url, comparison_url
from reviews.paired import paired_result
from reviews.queries import scorecards
from tools.models import Fact, Tool
from votes.queries import leading_reasons


@dataclass(frozen=True)
class Card:
    tool: Tool
    short_name: str
    # The tool's place in the comparison, from 1: its shape and colour.
    place: int
    # The comparison without this tool.
    remove_url: str


@dataclass(frozen=True)
class Comparison:
    cards: tuple[Card, ...]
    url: str
    bottom_line: BottomLine
    table: DecisionTable
    rows: tuple[ScorecardRow, ...]
    chart: PanelChart
    # (label, figure); None for more than two tools, empty when nobody scored both.
    paired: tuple[tuple[str, str], ...] | None
    structured_data: dict

    @property
    def heading(self) -> str:
        return " vs ".join(card.tool.name for card in self.cards)

    @property
    def short_heading(self) -> str:
        return " vs ".join(card.short_name for card in self.cards)

    @property
    def announcement(self) -> str:
        """What screen readers announce after the comparison has changed."""
        return f"Comparing {self.short_heading}. {self.bottom_line.sentence}"

    @property
    def slugs(self) -> list[str]:
        return [card.tool.slug for card in self.cards]

    @property
    def can_add_tool(self) -> bool:
        return len(self.cards) < MOST

    @property
    def description(self) -> str:
        """The bottom line and each verdict with its counts, for search engines and shared links."""
        return " ".join([self.bottom_line.sentence, *map(_verdict_sentence, self.cards)])


def build_comparison(tools: Sequence[Tool]) -> Comparison:
    """Build the comparison of `tools` (with category, panel, tally, successor) in three queries."""
    names = short_names(tools)
    cards = list(scorecards(tools).values())
    facts = Fact.objects.filter(tool__in=tools).select_related("kind")
    rows = scorecard_rows(names, cards)
    url = comparison_url(*[tool.slug for tool in tools])
    heading = " vs ".join(tool.name for tool in tools)
    return Comparison(
        cards=tuple(_cards(tools, names)),
        url=url,
        bottom_line=bottom_line(
            names, cards, community=[ship_interval(tool.tally) for tool in tools]
        ),
        table=decision_table(tools, facts, leading_reasons(tools)),
        rows=rows,
        chart=panel_chart(names, [(row.reviewer.name, row.scores) for row in rows]),
        paired=paired_figures(names, paired_result(*cards)) if len(tools) == 2 else None,
        structured_data=comparison_data(tools, heading, url),
    )


def _cards(tools: Sequence[Tool], names: Sequence[str]) -> Iterator[Card]:
    for place, (tool, name) in enumerate(zip(tools, names, strict=True), start=1):
        rest = [other.slug for other in tools if other != tool]
        yield Card(tool, name, place, comparison_or_picker_url(rest))


def _verdict_sentence(card: Card) -> str:
    panel = card.tool.panel
    verdict = panel.get_verdict_display()
    if not panel.review_count:
        return f"{card.short_name}: {verdict}."
    return f"{card.short_name}: {verdict}, {panel.ships} ship / {panel.skips} skip."
