"""The rules by which a comparison gets its bottom line: /method/ prints them, rules.json serves them."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from django.conf import settings

import reviews.models
from reviews.paired import PairedResult
from reviews.weightings import DRAWS, SEED
from votes.models import RANKED_FROM, Z

CONFIDENCE = 95  # percent; the intervals of `reviews.paired`, `votes.interval` and `votes.newcombe`


class Outcome(StrEnum):
    LEADS = "leads"
    LEANS = "leans"
    SPLIT = "split"
    NO_DIFFERENCE = "no_difference"
    UNDECIDED = "undecided"
    THIN = "thin"
    DISAGREE = "disagree"

    @property
    def has_pick(self) -> bool:
        return self in (Outcome.LEADS, Outcome.LEANS)


@dataclass(frozen=True)
class Thresholds:
    min_reviewers: int
    lead_points: Decimal
    lean_share: int  # percent
    split_points: Decimal
    split_share: int  # percent

    @classmethod
    def from_settings(cls) -> Self:
        return cls(
            min_reviewers=settings.BOTTOM_LINE_MIN_REVIEWERS,
            lead_points=Decimal(str(settings.BOTTOM_LINE_LEAD_POINTS)),
            lean_share=settings.BOTTOM_LINE_LEAN_SHARE,
            split_points=Decimal(str(settings.BOTTOM_LINE_SPLIT_POINTS)),
            split_share=settings.BOTTOM_LINE_SPLIT_SHARE,
        )


def outcome_of(result: PairedResult, thresholds: Thresholds, pairs: int = 1) -> Outcome:
    """Return the first rule that fits two tools, the first of which is not behind on average.

    `pairs` is how many pairs of tools are compared at once.
    """
    if result.both < thresholds.min_reviewers:
        return Outcome.THIN
    if result.leads_by(thresholds.lead_points):
        if excludes_zero(result, pairs):
            return Outcome.LEADS
        if result.share_first_by(1) >= Fraction(thresholds.lean_share, 100):
            return Outcome.LEANS
    if is_split(result, thresholds):
        return Outcome.SPLIT
    if is_small(result, thresholds):
        return Outcome.NO_DIFFERENCE
    return Outcome.UNDECIDED


def excludes_zero(result: PairedResult, pairs: int) -> bool:
    interval = result.interval(pairs)
    return interval is not None and interval[0] > 0


def is_split(result: PairedResult, thresholds: Thresholds) -> bool:
    share = Fraction(thresholds.split_share, 100)
    points = thresholds.split_points
    return min(result.share_first_by(points), result.share_second_by(points)) >= share


def is_small(result: PairedResult, thresholds: Thresholds) -> bool:
    return not result.leads_by(thresholds.lead_points) and all(
        abs(points) < thresholds.split_points for points in result.points
    )


def rules_data() -> dict[str, Any]:
    """Return thresholds and rules in force, for programs. `rules` are tried in their order."""
    thresholds = Thresholds.from_settings()
    return {
        "thresholds": {
            **{name: float(value) for name, value in asdict(thresholds).items()},
            "confidence": CONFIDENCE,
            "min_votes": RANKED_FROM,
            "min_reviews_in_rankings": reviews.models.RANKED_FROM,
        },
        "interval": "d ± t(n − 1; 1 − 0.05/(2m)) · s / √n",
        "pairs": {"2": 1, "3": 3, "4": 6},
        "rules": [{"outcome": outcome, "when": when} for outcome, when in RULES],
        "several_tools": SEVERAL_TOOLS,
        "disagree": DISAGREE,
        "weightings": WEIGHTINGS,
        "share_interval": SHARE_INTERVAL,
        "rankings": RANKINGS,
        "shared_rank": SHARED_RANK,
        "corrected_score": CORRECTED_SCORE,
    }


# In the letters of the page: n reviewers scored both, dᵢ are their differences with the mean d ≥ 0, s
# their standard deviation, and m pairs are compared at once.
RULES = [
    (Outcome.THIN, "n < min_reviewers"),
    (Outcome.LEADS, "d ≥ lead_points and the interval excludes 0"),
    (Outcome.LEANS, "d ≥ lead_points and at least lean_share % of the n score the first higher"),
    (Outcome.SPLIT, "at least split_share % of the n score each higher by split_points or more"),
    (Outcome.NO_DIFFERENCE, "d < lead_points and every |dᵢ| < split_points"),
    (Outcome.UNDECIDED, "everything else"),
]
SEVERAL_TOOLS = (
    "The top tool has the highest mean of its differences to the others, over pairs with min_reviewers or "
    "more. If it is thin with one of them, the result is thin. It leads if it leads over each, and leans "
    "if it leads over or leans against each. Otherwise the nearest of the others that it neither leads "
    "nor leans against decides."
)
DISAGREE = (
    "The panel leads or leans to one tool, and the community's ship share of another is higher, each with "
    "min_votes or more, by Newcombe's interval for the difference of two proportions, which excludes 0."
)
WEIGHTINGS = (
    "Every set of weights that are not negative and add up to 1 is equally likely (uniform over the simplex), over the "
    "reviewers who scored all the tools, where these are min_reviewers or more. A tool wins where its weighted score is "
    f"higher than each other. The share is exact for two tools, and where the others cannot win because another tool has "
    f"no lower score from any reviewer. Otherwise it is counted over {DRAWS:,} draws of independent exponential weights, in "
    f"the order of the panel: random.Random({SEED}).expovariate(1.0) of Python, times 2^40 and rounded."
)
SHARE_INTERVAL = (
    f"Wilson's interval of a share of votes, and Newcombe's from two of these, with z = {Z}"
)
RANKINGS = {
    "panel": "from the highest panel score, as it is printed, with one decimal",
    "community": "from the highest lower end of the interval of the ship share",
    "divisive": "from the greatest spread",
    "gap": "from the greatest difference between panel ship % and community ship %, as they are printed, in whole percent",
    "ties": "then by id, from the lowest",
}
SHARED_RANK = (
    "A tool has the rank of the first of its group until that one is ahead of it. By the panel: by lead_points or more, "
    "with an interval of the two that excludes 0; where fewer than min_reviewers scored both, if the intervals of their "
    "mean scores, cut off at 0 and 100, do not overlap. By the community: if Newcombe's interval excludes 0. Otherwise: "
    "if the figure is higher."
)
CORRECTED_SCORE = "The mean of each score minus the leniency of its reviewer, as it is printed, with one decimal; from 0 to 100."
