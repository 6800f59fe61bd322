"""What is known where fewer reviewers than a bottom line needs scored both tools."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from django.utils.text import get_text_list
from django.utils.translation import ngettext

from comparisons.bottom_line_rules import Outcome, Thresholds, outcome_of
from comparisons.bottom_line_text import difference_text, interval_text
from comparisons.pairs import Decision, Pair
from reviews.models import Review
from reviews.rounding import one_decimal, points_text, short_decimal

type Scorecards = Sequence[Sequence[Review]]

NONE_SHARED = "No reviewer has scored both yet."
NO_REVIEWS = "{name} has no reviews yet."
NONE_COUNTED = "No reviewer with a weight has scored both yet."
AHEAD = "{first} is {points} ahead of {second} ({both} reviewers, 95% interval: {interval} points)."
LEVEL = "{first} and {second} have the same average ({both} reviewers)."
TOO_FEW = "Too few reviewers scored {first} and {second} both ({both}; {min_reviewers} are needed)."
MISSING = "Still missing for {name}: {reviewers}."


def thin_figures(
    names: Sequence[str],
    scorecards: Scorecards,
    decision: Decision,
    thresholds: Thresholds,
    *,
    is_weighted: bool,
) -> str:
    """Return what the scores say so far, and whose review is missing; never a bare refusal.

    With a reader's weights the scorecards hold only the reviewers who count, so that they say nothing of
    the panel score.
    """
    if decision.pair_count == 1:
        sentences = [*_of_two(names, decision.pair, thresholds, is_weighted=is_weighted)]
    else:
        sentences = [*_of_several(names, decision, thresholds)]
    if not (decision.pair.result.both or is_weighted):
        of_tools = zip(names, scorecards, strict=True)
        sentences += [_scorecard_sentence(name, card) for name, card in of_tools]
    return " ".join([*sentences, *_missing(names, scorecards)])


def _of_two(
    names: Sequence[str], pair: Pair, thresholds: Thresholds, *, is_weighted: bool
) -> Iterator[str]:
    if not pair.result.both:
        yield NONE_COUNTED if is_weighted else NONE_SHARED
        return
    differences = [difference_text(item, names, pair) for item in pair.result.differences]
    yield ngettext(
        "{both} reviewer scored both: {differences}. {min_reviewers} are needed.",
        "{both} reviewers scored both: {differences}. {min_reviewers} are needed.",
        pair.result.both,
    ).format(
        both=pair.result.both,
        differences=get_text_list(differences, "and"),
        min_reviewers=thresholds.min_reviewers,
    )


def _of_several(names: Sequence[str], decision: Decision, thresholds: Thresholds) -> Iterator[str]:
    if outcome_of(decision.pair.result, thresholds) != Outcome.THIN:
        yield _pair_sentence(names, decision)
    for pair in decision.thin:
        yield TOO_FEW.format(
            first=names[pair.first],
            second=names[pair.second],
            both=pair.result.both,
            min_reviewers=thresholds.min_reviewers,
        )


def _pair_sentence(names: Sequence[str], decision: Decision) -> str:
    pair, result = decision.pair, decision.pair.result
    return (AHEAD if result.mean else LEVEL).format(
        first=names[pair.first],
        second=names[pair.second],
        points=points_text(abs(one_decimal(pair.mean))),
        both=result.both,
        interval=interval_text(result.interval(decision.pair_count)),
    )


def _scorecard_sentence(name: str, scorecard: Sequence[Review]) -> str:
    scores = [review.score for review in scorecard if review.score is not None]
    if not scores:
        return NO_REVIEWS.format(name=name)
    return ngettext(
        "{name}: panel score {score} from {count} reviewer ({reviewers}).",
        "{name}: panel score {score} from {count} reviewers ({reviewers}).",
        len(scores),
    ).format(
        name=name,
        score=short_decimal(one_decimal(Fraction(sum(scores), len(scores)))),
        count=len(scores),
        reviewers=get_text_list([review.reviewer.name for review in scorecard], "and"),
    )


def _missing(names: Sequence[str], scorecards: Scorecards) -> Iterator[str]:
    """Yield a sentence for each reviewed tool that some reviewer of the others has not scored."""
    reviewers = {review.reviewer_id: review.reviewer.name for card in scorecards for review in card}
    for name, card in zip(names, scorecards, strict=True):
        done = {review.reviewer_id for review in card}
        missing = [reviewer for pk, reviewer in reviewers.items() if pk not in done]
        if card and missing:
            yield MISSING.format(name=name, reviewers=get_text_list(missing, "and"))
