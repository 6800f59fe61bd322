"""The pairs of tools that the panel can hardly tell apart, found without looking at every pair.

Over one set of reviewers the mean difference of two tools is the difference of their sums, so the nearest
tools are neighbours in a sorted list. Tools are grouped by who scored them; for two groups the reviewers in
common are that set, and each tool of one group has its nearest in the other by bisection. A panel is small,
so there are few groups, and the cost is that of sorting.
"""

from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import nsmallest
from itertools import product

# {tool id: {reviewer id: score}}
type ScoresOfTools = Mapping[int, Mapping[int, int]]
type Group = dict[int, Mapping[int, int]]
type Panel = frozenset[int]


@dataclass(frozen=True, order=True)
class NearPair:
    """In the order of preference: the smaller gap, more reviewers, then the ids."""

    # The mean difference in points, not negative.
    gap: Fraction
    # How many reviewers scored both, negated.
    minus_both: int
    # The lower tool id first.
    tools: tuple[int, int]


def nearest_pairs(
    scores: ScoresOfTools, *, reviewers: int, limit: int, among: Container[int] | None = None
) -> list[NearPair]:
    """Return the `limit` pairs with the smallest paired differences that `reviewers` or more scored.

    With `among` only pairs of which at least one tool is in it.
    """
    groups: dict[Panel, Group] = {}
    for pk, card in scores.items():
        groups.setdefault(frozenset(card), {})[pk] = card
    best: list[NearPair] = []
    for first, second in product(sorted(groups, key=sorted), repeat=2):
        common = first & second
        if len(common) >= reviewers:
            worst = best[-1].gap if len(best) == limit else None
            looking = _looking(groups[first], among)
            pairs = _pairs_of(looking, groups[second], common, limit, worst)
            best = nsmallest(limit, {*best, *pairs})
    return best


def _looking(group: Group, among: Container[int] | None) -> Group:
    """Return the tools of a group that look for their nearest in every group, their own included."""
    if among is None:
        return group
    return {pk: card for pk, card in group.items() if pk in among}


def _pairs_of(
    looking: Group, others: Group, common: Panel, limit: int, worst: Fraction | None
) -> Iterator[NearPair]:
    """Yield pairs of a tool of each group: at least the `limit` nearest of those not above `worst`."""
    theirs = _by_sum(others, common)
    most = None if worst is None else worst * len(common)
    for total, pk in _by_sum(looking, common):
        for other, rival in _near(theirs, (total, pk), limit):
            if rival != pk and (most is None or abs(total - other) <= most):
                gap = Fraction(abs(total - other), len(common))
                yield NearPair(gap, -len(common), (min(pk, rival), max(pk, rival)))


def _by_sum(group: Group, common: Panel) -> list[tuple[int, int]]:
    """Return [(sum of the scores by the reviewers in `common`, tool id)], lowest first."""
    return sorted((sum(card[reviewer] for reviewer in common), pk) for pk, card in group.items())


def _near(
    ordered: Sequence[tuple[int, int]], item: tuple[int, int], limit: int
) -> Sequence[tuple[int, int]]:
    """Return the `limit` entries on each side of `item`, and one more for `item` itself."""
    place = bisect_left(ordered, item)
    return ordered[max(0, place - limit) : place + limit + 1]
