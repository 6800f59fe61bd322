"""What a comparison is made of, read in three queries: for its page and for the API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from comparisons.bottom_line import BottomLine, Compared, bottom_line
from comparisons.bottom_line_rules import Thresholds
from comparisons.decision_table import DecisionTable, decision_table
from comparisons.pairs import Pair, all_pairs, decide
from comparisons.robustness import winning_shares_of
from comparisons.short_names import short_names
from comparisons.status import status_sentences
from reviews.models import Review
from reviews.queries import scorecards
from tools.models import Fact, Tool
from tools.queries import facts_of
from votes.past import Past
from votes.queries import LeadingReasons, leading_reasons


@dataclass(frozen=True)
class Basis:
    """All sequences by tool list the tools in one order."""

    names: Sequence[str]
    scorecards: Sequence[Sequence[Review]]
    facts: Sequence[Fact]
    table: DecisionTable
    compared: Compared
    pairs: Sequence[Pair]
    thresholds: Thresholds
    bottom_line: BottomLine

    @cached_property
    def shares(self) -> Mapping[int, Fraction | float]:
        """{place from 0: under which share of all weightings of the reviewers the tool wins}."""
        decision = decide(self.pairs, self.thresholds)
        return winning_shares_of(self.scorecards, decision, self.thresholds)


def read_basis(tools: Sequence[Tool]) -> Basis:
    """Read what `tools` (with category, panel, tally, successor) are compared by, in three queries."""
    return _basis(tools, scorecards(tools), facts_of(tools), leading_reasons(tools))


def past_basis(past: Past) -> Basis:
    """Return what the tools of the past are compared by, in one query more. The thresholds are today's."""
    return _basis(past.tools, past.scorecards, past.facts, past.leading_reasons())


def _basis(
    tools: Sequence[Tool],
    by_tool: Mapping[int, Sequence[Review]],
    facts: Sequence[Fact],
    reasons: dict[int, LeadingReasons],
) -> Basis:
    names, thresholds = short_names(tools), Thresholds.from_settings()
    cards, table = list(by_tool.values()), decision_table(tools, facts, reasons)
    compared = Compared(
        names,
        cards,
        tallies=[tool.tally for tool in tools],
        differing=table.differing_offer,
        status=list(status_sentences(tools, names)),
    )
    pairs = all_pairs(cards)
    line = bottom_line(compared, thresholds, pairs)
    return Basis(names, cards, facts, table, compared, pairs, thresholds, line)
