"""How much a result depends on how much each reviewer counts."""

from collections.abc import Sequence
from fractions import Fraction

from comparisons.bottom_line_rules import Outcome, Thresholds
from comparisons.pairs import Decision
from reviews.models import Review
from reviews.rounding import share_text
from reviews.weightings import winning_share, winning_shares

ALL = "{name} wins under all weightings of the reviewers."
SOME = "{name} wins under {share} of all weightings of the reviewers."


def robustness(
    names: Sequence[str],
    scorecards: Sequence[Sequence[Review]],
    decision: Decision,
    thresholds: Thresholds,
) -> str:
    """Return under how many weightings the tool that wins most often wins; "" where too few scored all."""
    shares = winning_shares_of(scorecards, decision, thresholds)
    place = max(shares, key=lambda place: shares[place], default=None)
    if place is None or not shares[place]:
        return ""
    sentence = ALL if shares[place] == 1 else SOME
    return sentence.format(name=names[place], share=share_text(shares[place]))


def winning_shares_of(
    scorecards: Sequence[Sequence[Review]], decision: Decision, thresholds: Thresholds
) -> dict[int, Fraction | float]:
    """Return {place: share of weightings}: exact for two tools, from a fixed sample for more.

    Empty where too few reviewers scored all of the tools.
    """
    if decision.outcome == Outcome.THIN:
        return {}
    if decision.pair_count == 1:
        points = decision.pair.result.points
        return {
            decision.pair.first: winning_share(points),
            decision.pair.second: winning_share([-point for point in points]),
        }
    scores = _scores_of_all(scorecards)
    if len(scores[0]) < thresholds.min_reviewers:
        return {}
    return dict(enumerate(winning_shares(scores)))


def _scores_of_all(scorecards: Sequence[Sequence[Review]]) -> list[list[int]]:
    """Return each tool's scores by the reviewers who scored all of the tools."""
    by_reviewer = [
        {review.reviewer_id: review.score for review in card if review.score is not None}
        for card in scorecards
    ]
    of_all = [pk for pk in by_reviewer[0] if all(pk in scores for scores in by_reviewer)]
    return [[scores[pk] for pk in of_all] for scores in by_reviewer]
