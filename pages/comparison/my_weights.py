"""The comparison with a reader's own weights: shown beside the panel's result, never in place of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from comparisons.bottom_line import BottomLine, Compared, bottom_line
from comparisons.bottom_line_rules import Thresholds
from pages.comparison.weights import ChosenWeights, Criterion
from reviews.models import Review
from reviews.rounding import one_decimal
from tools.models import Fact, FactKind

# {tool id: score from 0 to 100}, for the tools of which it is known.
type Scores = Mapping[int, Fraction]


@dataclass(frozen=True)
class WeightedScore:
    # The tool's place in the comparison, from 1, and its short name.
    place: int
    name: str
    score: Decimal


@dataclass(frozen=True)
class MyWeights:
    chosen: ChosenWeights
    # In the order of the tools; empty where nothing with a weight is known of all of them.
    scores: tuple[WeightedScore, ...] = ()
    # Labels of what has a weight and is not known of all tools, so that it does not count in the scores.
    left_out: tuple[str, ...] = ()
    # By the reviewers only; None where every reviewer has weight 0.
    bottom_line: BottomLine | None = None

    @property
    def counts_facts(self) -> bool:
        return any(item.kind and item.weight for item in self.chosen.criteria)


def my_weights(
    chosen: ChosenWeights,
    tool_ids: Sequence[int],
    compared: Compared,
    facts: Sequence[Fact],
    thresholds: Thresholds,
) -> MyWeights:
    """Compute scores and bottom line again with the `chosen` weights; nothing where none was chosen."""
    if not chosen.are_chosen:
        return MyWeights(chosen)
    cards = dict(zip(tool_ids, compared.scorecards, strict=True))
    known = {item.key: _scores_by(item, cards, facts) for item in chosen.criteria if item.weight}
    weighted = [item for item in chosen.criteria if item.weight]
    of_all = [item for item in weighted if len(known[item.key]) == len(tool_ids)]
    return MyWeights(
        chosen,
        scores=tuple(_weighted_scores(of_all, known, tool_ids, compared.names)),
        left_out=tuple(item.label for item in weighted if item not in of_all),
        bottom_line=_bottom_line(chosen, compared, thresholds),
    )


def _bottom_line(
    chosen: ChosenWeights, compared: Compared, thresholds: Thresholds
) -> BottomLine | None:
    weights = chosen.of_reviewers
    if not any(weights.values()):
        return None
    counted = [
        [review for review in card if weights[review.reviewer_id]] for card in compared.scorecards
    ]
    return bottom_line(
        Compared(compared.names, counted, differing=compared.differing, weights=weights), thresholds
    )


def _weighted_scores(
    criteria: Sequence[Criterion],
    known: Mapping[str, Scores],
    tool_ids: Sequence[int],
    names: Sequence[str],
) -> Iterator[WeightedScore]:
    total = sum((item.weight for item in criteria), Fraction(0))
    if not total:
        return
    for place, (pk, name) in enumerate(zip(tool_ids, names, strict=True), start=1):
        points = sum((item.weight * known[item.key][pk] for item in criteria), Fraction(0))
        yield WeightedScore(place, name, one_decimal(points / total))


def _scores_by(
    criterion: Criterion, cards: Mapping[int, Sequence[Review]], facts: Sequence[Fact]
) -> Scores:
    if criterion.kind:
        return fact_scores(criterion.kind, [fact for fact in facts if fact.kind == criterion.kind])
    return {
        pk: Fraction(review.score)
        for pk, card in cards.items()
        for review in card
        if review.reviewer == criterion.reviewer and review.score is not None
    }


def fact_scores(kind: FactKind, facts: Sequence[Fact]) -> Scores:
    """Return 100 for the best of the tools compared, and less in proportion: half as good is 50.

    A number of 0 or below has no proportion: it is not scored, and so counts like an unknown one.
    """
    numbers = {fact.tool_id: Fraction(fact.number) for fact in facts if fact.number}
    numbers = {pk: number for pk, number in numbers.items() if number > 0}
    if kind.better == FactKind.Better.HIGHER:
        return {pk: 100 * number / max(numbers.values()) for pk, number in numbers.items()}
    return {pk: 100 * min(numbers.values()) / number for pk, number in numbers.items()}
