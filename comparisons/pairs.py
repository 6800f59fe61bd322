"""The pairs of a comparison: which tool is on top, and which pair decides the bottom line."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Self

from comparisons.bottom_line_rules import Outcome, Thresholds, outcome_of
from reviews.models import Review
from reviews.paired import PairedResult, Weights, paired_result


@dataclass(frozen=True)
class Pair:
    """Two of the tools compared, by place from 0, over the reviewers who scored both."""

    first: int
    second: int
    result: PairedResult

    @property
    def mean(self) -> Fraction:
        return self.result.mean or Fraction(0)

    def seen_from(self, place: int) -> Self:
        if place == self.first:
            return self
        return type(self)(self.second, self.first, self.result.swapped())


type Judged = tuple[Outcome, Pair]


@dataclass(frozen=True)
class Decision:
    outcome: Outcome
    # The top tool and the tool that decides against it, or its runner-up.
    pair: Pair
    # The pairs of the top tool that too few reviewers scored.
    thin: tuple[Pair, ...]
    pair_count: int

    @property
    def pick(self) -> int | None:
        return self.pair.first if self.outcome.has_pick else None


def all_pairs(
    scorecards: Sequence[Sequence[Review]], weights: Weights | None = None
) -> tuple[Pair, ...]:
    return tuple(
        Pair(first, second, paired_result(scorecards[first], scorecards[second], weights))
        for first, second in combinations(range(len(scorecards)), 2)
    )


def decide(pairs: Sequence[Pair], thresholds: Thresholds) -> Decision:
    """Apply the rules of `comparisons.bottom_line_rules` to all pairs of 2 to 4 tools."""
    top = top_tool(pairs, thresholds)
    of_top = [pair.seen_from(top) for pair in pairs if top in (pair.first, pair.second)]
    judged = [(outcome_of(pair.result, thresholds, len(pairs)), pair) for pair in of_top]
    outcome, pair = _deciding(judged)
    thin = tuple(pair for of_pair, pair in judged if of_pair == Outcome.THIN)
    return Decision(outcome, pair, thin, len(pairs))


def top_tool(pairs: Sequence[Pair], thresholds: Thresholds) -> int:
    """Return the place of the tool with the highest mean of its differences to the others.

    Pairs that too few reviewers scored do not count, unless there are no others. Of equal means: the first.
    """
    enough = [pair for pair in pairs if pair.result.both >= thresholds.min_reviewers]
    counted = enough or [pair for pair in pairs if pair.result.both] or pairs
    leads: dict[int, list[Fraction]] = {}
    for pair in counted:
        leads.setdefault(pair.first, []).append(pair.mean)
        leads.setdefault(pair.second, []).append(-pair.mean)
    return max(sorted(leads), key=lambda place: sum(leads[place]) / len(leads[place]))


def _deciding(judged: Sequence[Judged]) -> Judged:
    """Return the outcome for the top tool, and the pair that has it.

    Of pairs with the same outcome it is the nearest; of thin ones, that with most reviewers in common.
    """
    outcomes = {outcome for outcome, _ in judged}
    if Outcome.THIN in outcomes:
        return Outcome.THIN, max((pair for _, pair in judged), key=lambda pair: pair.result.both)
    if outcomes == {Outcome.LEADS, Outcome.LEANS}:
        judged = [item for item in judged if item[0] == Outcome.LEANS]
    elif outcomes - {Outcome.LEADS, Outcome.LEANS}:
        judged = [item for item in judged if not item[0].has_pick]
    return min(judged, key=lambda item: item[1].mean)
