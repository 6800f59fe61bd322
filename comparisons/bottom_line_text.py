"""The sentences of a bottom line. What they say is decided in `comparisons.pairs`."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.text import get_text_list

from comparisons.bottom_line_rules import Outcome, Thresholds
from comparisons.pairs import Decision, Pair
from reviews.paired import Difference
from reviews.rounding import one_decimal, points_text, short_decimal, signed

HEADLINES = {
    Outcome.LEADS: "{first} leads by {points}.",
    Outcome.LEANS: "Leans to {first}.",
    Outcome.SPLIT: "The panel is split.",
    Outcome.NO_DIFFERENCE: "No practical difference in score.",
    Outcome.UNDECIDED: "Undecided.",
    Outcome.THIN: "Provisional.",
}
HEADLINES_OF_SEVERAL = HEADLINES | {
    Outcome.LEADS: "{first} leads by {points} over the runner-up, {second}.",
    Outcome.LEANS: "Leans to {first} over {second}.",
    Outcome.SPLIT: "The panel is split between {first} and {second}.",
    Outcome.NO_DIFFERENCE: "No practical difference in score between {first} and {second}.",
    Outcome.UNDECIDED: "Undecided between {first} and {second}.",
}
FIGURES = {
    Outcome.LEADS: "95% interval: {interval} points. {first} is preferred by {prefer_first} of {both}.",
    Outcome.LEANS: (
        "{first} is {points} ahead, preferred by {prefer_first} of {both}. With {both} reviewers chance is "
        "not excluded (95% interval: {interval} points)."
    ),
    Outcome.SPLIT: (
        "Read {reviewer_first} ({most_first} for {first}) and {reviewer_second} ({most_second} for {second})."
    ),
    Outcome.NO_DIFFERENCE: "All {both} reviewers score them less than {split_points} apart.",
    Outcome.UNDECIDED: (
        "{first} is {points} ahead on average, preferred by {prefer_first} of {both}; "
        "{second} by {prefer_second}."
    ),
}
LEVEL = "Both have the same average; {first} is preferred by {prefer_first} of {both}, {second} by {prefer_second}."
WITHOUT = "Without {left_out}: {mean_without}."
COVERAGE = "{both} of {either} reviewers scored both."
CHOOSE_BY = "Choose by what differs: {labels}."
NOTHING_DIFFERS = "No other figure or fact in the table differs either."
MOST_LABELS = 4


def headline(decision: Decision, values: dict[str, object]) -> str:
    sentences = HEADLINES if decision.pair_count == 1 else HEADLINES_OF_SEVERAL
    return sentences[decision.outcome].format_map(values)


def figures(decision: Decision, values: dict[str, object]) -> str:
    """Return the sentences after the headline of any outcome but *thin*."""
    result = decision.pair.result
    is_level = decision.outcome == Outcome.UNDECIDED and not result.mean
    sentences = [LEVEL if is_level else FIGURES[decision.outcome]]
    if decision.outcome == Outcome.LEANS and values["left_out"]:
        sentences.append(WITHOUT)
    if result.both < result.either:
        sentences.append(COVERAGE)
    return " ".join(sentences).format_map(values)


def choose_by(labels: Sequence[str]) -> str:
    """Return what to choose by where scores do not decide; `labels` are rows of the decision table."""
    if not labels:
        return NOTHING_DIFFERS
    return CHOOSE_BY.format(labels=get_text_list([*labels[:MOST_LABELS]], "and"))


def sentence_values(
    names: Sequence[str], decision: Decision, thresholds: Thresholds
) -> dict[str, object]:
    """Return what the placeholders of all sentences stand for."""
    pair, result = decision.pair, decision.pair.result
    first, second = names[pair.first], names[pair.second]
    left_out = result.without_most_influential()
    return {
        "first": first,
        "second": second,
        "both": result.both,
        "either": result.either,
        "points": points_text(abs(result.mean_difference or Decimal(0))),
        "interval": interval_text(result.interval(decision.pair_count)),
        "prefer_first": result.prefer_first,
        "prefer_second": result.prefer_second or "none",
        "split_points": points_text(thresholds.split_points),
        "left_out": left_out[0] if left_out else "",
        "mean_without": mean_text(left_out[1], names, pair) if left_out else "",
        **_extremes(result.differences),
    }


def interval_text(interval: tuple[float, float] | None) -> str:
    """Return "−4 to +26", or "13.2 to 23.8" where both ends are above 0."""
    if interval is None:
        return ""
    low, high = (one_decimal(Fraction(end)) for end in interval)
    if low > 0:
        return f"{short_decimal(low)} to {short_decimal(high)}"
    return f"{signed(low)} to {signed(high)}"


def mean_text(mean: Fraction, names: Sequence[str], pair: Pair) -> str:
    """Return "+7.3 for Ada", or "the same average"."""
    if not mean:
        return "the same average"
    return f"{signed(abs(one_decimal(mean)))} for {names[pair.first if mean > 0 else pair.second]}"


def difference_text(difference: Difference, names: Sequence[str], pair: Pair) -> str:
    """Return "Builder +6 for Ada" or "Builder scores them the same"."""
    if not difference.points:
        return f"{difference.reviewer} scores them the same"
    name = names[pair.first if difference.points > 0 else pair.second]
    return f"{difference.reviewer} +{abs(difference.points)} for {name}"


def _extremes(differences: Sequence[Difference]) -> dict[str, object]:
    if not differences:
        return {}
    most_first = max(differences, key=lambda difference: difference.points)
    most_second = min(differences, key=lambda difference: difference.points)
    return {
        "reviewer_first": most_first.reviewer,
        "most_first": signed(Decimal(most_first.points)),
        "reviewer_second": most_second.reviewer,
        "most_second": signed(Decimal(-most_second.points)),
    }
