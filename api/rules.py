"""The thresholds and rules in force."""

from dataclasses import asdict

from django.http import HttpRequest

from api.data import Data
from api.endpoints import endpoint
from comparisons.bottom_line_rules import rules_data
from votes.models import Rule
from votes.page_validators import SHARED_PAGE
from votes.voting_figures import voting_figures


class Thresholds(Data):
    min_reviewers: float
    lead_points: float
    lean_share: float
    """Percent, like `split_share`."""
    split_points: float
    split_share: float
    confidence: int
    """Percent."""
    min_votes: int
    min_reviews_in_rankings: int


class OutcomeRule(Data):
    outcome: str
    when: str


class BottomLineRules(Data):
    """How a comparison gets its bottom line; /method/ explains the letters."""

    thresholds: Thresholds
    interval: str
    pairs: dict[str, int]
    """How many pairs are compared at once, by the number of tools."""
    rules: list[OutcomeRule]
    """The first that fits decides."""
    several_tools: str
    disagree: str
    weightings: str
    """How the share of weightings is found under which a tool wins."""
    share_interval: str
    rankings: dict[str, str]
    """In which order the tools of each ranking are."""
    shared_rank: str
    """When tools share a rank."""
    corrected_score: str


class VotingFigures(Data):
    """The limits of votes, and the figures of the rules that hold them; /voting/ explains them."""

    wide_factor: int
    new_readers: int
    pace_at_once: int
    pace_seconds: float
    network_cap: int
    burst_floor: int
    burst_factor: int
    burst_days: int
    reader_at_once: int
    reader_per_hour: int
    network_at_once: int
    network_per_hour: int


class VoteRule(Data):
    rule: str
    text: str


class Rules(Data):
    bottom_line: BottomLineRules
    votes: VotingFigures
    vote_rules: list[VoteRule]
    """Why a vote does not count, in the order in which the rules are tried; the last is staff."""


@endpoint("rules/", name="api_rules", answer=Rules, validator=SHARED_PAGE)
def rules(request: HttpRequest) -> Rules:
    """The thresholds and rules in force."""
    return Rules(
        bottom_line=BottomLineRules(**rules_data()),
        votes=VotingFigures(**asdict(voting_figures())),
        vote_rules=[VoteRule(rule=rule, text=rule.label) for rule in Rule],
    )
