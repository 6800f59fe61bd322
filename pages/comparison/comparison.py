"""A comparison of 2 to 4 tools: everything that its page prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from comparisons.basis import Basis, past_basis, read_basis
from comparisons.bottom_line import BottomLine
from comparisons.decision_table import DecisionTable
from pages.comparison.head_to_head import HeadToHead, head_to_head
from pages.comparison.json_ld import comparison_data
from pages.comparison.leads import Lead, leads
from pages.comparison.my_weights import MyWeights, my_weights
from pages.comparison.panel_chart import PanelChart, panel_chart
from pages.comparison.reviewer_scorecard import ScorecardRow, scorecard_rows
from pages.comparison.weights import PARAM, choose_weights, criteria_of
from reviews.models import Review
from tools.comparison_urls import FEWEST, MOST, comparison_or_picker_url, comparison_url
from tools.models import Tool
from tools.past_day import ON, PastDay
from votes.past import Past
from web.excerpts import DESCRIPTION_LENGTH, whole_sentences


@dataclass(frozen=True)
class Card:
    tool: Tool
    short_name: str
    # The tool's place in the comparison, from 1: its shape and colour.
    place: int
    # None if no reviewer scored this tool and another one.
    lead: Lead | None
    # The comparison without this tool.
    remove_url: str


@dataclass(frozen=True)
class Comparison:
    cards: tuple[Card, ...]
    url: str
    bottom_line: BottomLine
    table: DecisionTable
    rows: tuple[ScorecardRow, ...]
    # None without reviews.
    chart: PanelChart | None
    head_to_head: tuple[HeadToHead, ...]
    my_weights: MyWeights
    structured_data: dict
    # At whose end all this held; None: today.
    on: PastDay | None = None

    def url_with(self, *, weights: str, diff: bool = False) -> str:
        on = self.on.day.isoformat() if self.on else ""
        query = {ON: on, "diff": "1" if diff else "", PARAM: weights}
        given = urlencode({name: value for name, value in query.items() if value}, safe=":,")
        return f"{self.url}?{given}" if given else self.url

    @property
    def all_rows_url(self) -> str:
        return self.url_with(weights=self.my_weights.chosen.parameter)

    @property
    def differences_url(self) -> str:
        return self.url_with(weights=self.my_weights.chosen.parameter, diff=True)

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
    def better_word(self) -> str:
        """What marks the better cell of a row."""
        return "best" if len(self.cards) > FEWEST else "better"

    @property
    def slugs(self) -> list[str]:
        return [card.tool.slug for card in self.cards]

    @property
    def is_for_search_engines(self) -> bool:
        """Whether the comparison is worth indexing: of the millions of others, nobody searches for most."""
        tools = [card.tool for card in self.cards]
        is_one_category = len({tool.category_id for tool in tools}) == 1
        is_reviewed = all(tool.panel.review_count for tool in tools)
        return len(tools) == FEWEST and is_one_category and is_reviewed

    @property
    def can_add_tool(self) -> bool:
        return len(self.cards) < MOST

    @property
    def description(self) -> str:
        """The bottom line and each verdict with its counts, as far as search engines and shared links show it."""
        text = " ".join([self.bottom_line.sentence, *map(_verdict_sentence, self.cards)])
        return whole_sentences(text, DESCRIPTION_LENGTH)


def build_comparison(tools: Sequence[Tool], weights: Sequence[str] = ()) -> Comparison:
    """Build the comparison of `tools` (with category, panel, tally, successor) in three queries.

    `weights` are the values of the parameter `w`, untrusted.
    """
    return _comparison(tools, read_basis(tools), weights)


def build_past_comparison(past: Past) -> Comparison:
    """Build the comparison of the tools of the past, in one query more."""
    return replace(_comparison(past.tools, past_basis(past)), on=past.day)


def _comparison(tools: Sequence[Tool], basis: Basis, weights: Sequence[str] = ()) -> Comparison:
    names, cards, pairs = basis.names, basis.scorecards, basis.pairs
    rows = scorecard_rows(names, cards)
    chosen = choose_weights(criteria_of([row.reviewer for row in rows], basis.facts), weights)
    url = comparison_url(*[tool.slug for tool in tools])
    heading = " vs ".join(tool.name for tool in tools)
    return Comparison(
        cards=tuple(_cards(tools, names, cards)),
        url=url,
        bottom_line=basis.bottom_line,
        table=basis.table.with_better_score(basis.bottom_line.pick),
        rows=rows,
        chart=panel_chart(names, rows),
        head_to_head=head_to_head(names, pairs),
        my_weights=my_weights(
            chosen, [tool.pk for tool in tools], basis.compared, basis.facts, basis.thresholds
        ),
        structured_data=comparison_data(tools, heading, url),
    )


def _cards(
    tools: Sequence[Tool], names: Sequence[str], scorecards: Sequence[Sequence[Review]]
) -> Iterator[Card]:
    of_tools = zip(tools, names, leads(names, scorecards), strict=True)
    for place, (tool, name, lead) in enumerate(of_tools, start=1):
        rest = [other.slug for other in tools if other != tool]
        yield Card(tool, name, place, lead, comparison_or_picker_url(rest))


def _verdict_sentence(card: Card) -> str:
    panel = card.tool.panel
    verdict = panel.get_verdict_display()
    if not panel.review_count:
        return f"{card.short_name}: {verdict}."
    return f"{card.short_name}: {verdict}, {panel.ships} ship / {panel.skips} skip."
