"""The sentence on top of a comparison, chosen by the thresholds that /method/ prints."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.conf import settings

from reviews.paired import PairedResult, scores_by_reviewer
from reviews.rounding import mean


class Outcome(StrEnum):
    LEADS = "leads"
    CLOSE = "close"
    SPLIT = "split"
    DISAGREE = "disagree"
    NOT_ENOUGH = "not_enough"


HEADLINES = {
    Outcome.LEADS: "{leader} leads",
    Outcome.CLOSE: "Too close to call",
    Outcome.SPLIT: "The panel is split",
    Outcome.DISAGREE: "Panel and community disagree",
    Outcome.NOT_ENOUGH: "Not enough reviews",
}


@dataclass(frozen=True)
class Thresholds:
    min_reviewers: int
    lead_points: Decimal
    lead_share: int  # percent
    split_points: Decimal

    @classmethod
    def in_force(cls):
        return cls(
            min_reviewers=settings.BOTTOM_LINE_MIN_REVIEWERS,
            lead_points=Decimal(str(settings.BOTTOM_LINE_LEAD_POINTS)),
            lead_share=settings.BOTTOM_LINE_LEAD_SHARE,
            split_points=Decimal(str(settings.BOTTOM_LINE_SPLIT_POINTS)),
        )


@dataclass(frozen=True)
class Interval:
    """What readers say of a tool: the 95 % interval of its ship share, in percent."""

    low: Decimal
    high: Decimal
    votes: int

    def __str__(self):
        return f"{self.low:.0f}–{self.high:.0f} % ship, n = {self.votes}"


@dataclass(frozen=True)
class BottomLine:
    outcome: Outcome
    headline: str
    figures: str
    # Places among the tools compared, from 0; None where nobody leads.
    leader: int | None = None

    @property
    def sentence(self):
        return f"{self.headline}{self.figures}"


def bottom_line(names, scorecards, community=None, thresholds=None):
    """Choose the bottom line of 2 to 4 tools.

    `names` and `scorecards` (lists of current Review) go by the tools' places. `community` is None, or
    an Interval or None for each tool.

    Two tools: *Not enough reviews* when fewer than `min_reviewers` scored both. One *leads* when its
    mean difference is `lead_points` or more and at least `lead_share` percent of them score it
    higher. *The panel is split* when nobody leads, and at least one reviewer prefers each by
    `split_points` or more. Else it is *Too close to call*.

    Three or four tools: only reviewers who scored all of them count. The tool with the highest mean
    leads if it leads, by the same rule, over each of the others. If it does not lead over some, the
    panel is split when it is split between the top tool and one of those; else it is too close to call.

    A panel with a leader and a community with another one *disagree*; a community without a leader
    says nothing.
    """
    thresholds = thresholds or Thresholds.in_force()
    panel = Panel.of(names, scorecards, thresholds)
    verdict = panel.bottom_line()
    favourite = community_leader(community)
    if verdict.leader is None or favourite is None or favourite == verdict.leader:
        return verdict
    readers = f"readers prefer {names[favourite]} ({community[favourite]})"
    return BottomLine(
        Outcome.DISAGREE,
        HEADLINES[Outcome.DISAGREE],
        f": {readers}, and on the panel {verdict.sentence}",
    )


def community_leader(community):
    """The place of the tool whose interval lies wholly above all others', or None.

    A tool without votes has no interval, and then nobody is known to lead.
    """
    if not community or None in community:
        return None
    for place, interval in enumerate(community):
        others = [other for number, other in enumerate(community) if number != place]
        if all(interval.low > other.high for other in others):
            return place
    return None


@dataclass(frozen=True)
class Panel:
    """The scores of the reviewers who scored every tool compared."""

    names: list[str]
    # One list of scores per tool, all in the same order of reviewers.
    scores: list[list[int]]
    either: int
    thresholds: Thresholds

    @classmethod
    def of(cls, names, scorecards, thresholds):
        cards = [scores_by_reviewer(scorecard) for scorecard in scorecards]
        everyone = {reviewer for card in cards for reviewer in card}
        shared = [reviewer for reviewer in cards[0] if all(reviewer in card for card in cards)]
        scores = [[card[reviewer] for reviewer in shared] for card in cards]
        return cls(names, scores, len(everyone), thresholds)

    @property
    def both(self):
        return len(self.scores[0])

    @property
    def coverage(self):
        """ "4 of 4 scored both"."""
        return f"{self.both} of {self.either} scored {self.every}"

    @property
    def every(self):
        return "both" if len(self.names) == 2 else f"all {len(self.names)}"

    def bottom_line(self):
        if self.both < self.thresholds.min_reviewers:
            return self._not_enough()
        top, *others = sorted(range(len(self.names)), key=lambda place: -sum(self.scores[place]))
        open_ones = [other for other in others if not self._leads(top, other)]
        if not open_ones:
            return self._leads_line(top, others[0])
        for other in open_ones:
            if self._is_split(top, other):
                return self._split_line(top, other)
        return self._close_line(top, open_ones[0])

    def paired(self, first, second):
        differences = zip(self.scores[first], self.scores[second], strict=True)
        return PairedResult(tuple(ours - theirs for ours, theirs in differences), self.both)

    def _leads(self, first, second):
        result = self.paired(first, second)
        return (
            sum(result.differences) > 0
            and result.leads_by(self.thresholds.lead_points)
            and result.prefer_first * 100 >= self.thresholds.lead_share * result.both
        )

    def _is_split(self, first, second):
        result, points = self.paired(first, second), self.thresholds.split_points
        return result.prefer_first_by(points) > 0 and result.prefer_second_by(points) > 0

    def _leads_line(self, top, runner_up):
        result = self.paired(top, runner_up)
        over = "" if len(self.names) == 2 else f" over {self.names[runner_up]}, the next"
        return BottomLine(
            Outcome.LEADS,
            HEADLINES[Outcome.LEADS].format(leader=self.names[top]),
            f" by {result.mean_difference} points{over}; "
            f"{_prefer(result.prefer_first, result.both)} it ({self.coverage}).",
            leader=top,
        )

    def _split_line(self, first, second):
        result, points = self.paired(first, second), self.thresholds.split_points
        return BottomLine(
            Outcome.SPLIT,
            HEADLINES[Outcome.SPLIT],
            f": {_prefer(result.prefer_first_by(points), result.both)} {self.names[first]} by "
            f"{points.normalize():f} points or more, {_prefer(result.prefer_second_by(points))} "
            f"{self.names[second]} by as much ({self.coverage}).",
        )

    def _close_line(self, first, second):
        result = self.paired(first, second)
        ours, theirs = self.names[first], self.names[second]
        if sum(result.differences) == 0:
            gap = f"{ours} and {theirs} both average {mean(self.scores[first])}"
        else:
            gap = f"{ours} is {result.mean_difference} points ahead of {theirs}"
        return BottomLine(
            Outcome.CLOSE,
            HEADLINES[Outcome.CLOSE],
            f": {gap}; {_prefer(result.prefer_first, result.both)} {ours}, "
            f"{_prefer(result.prefer_second)} {theirs} ({self.coverage}).",
        )

    def _not_enough(self):
        who = "1 reviewer" if self.both == 1 else f"{self.both or 'no'} reviewers"
        return BottomLine(
            Outcome.NOT_ENOUGH,
            HEADLINES[Outcome.NOT_ENOUGH],
            f": {who} scored {self.every}; a bottom line needs {self.thresholds.min_reviewers}.",
        )


def _prefer(count, of=None):
    """ "4 of 4 reviewers prefer", "1 of 4 reviewers prefers", "1 prefers"."""
    who = f"{count}" if of is None else f"{count} of {of} reviewer{'' if of == 1 else 's'}"
    return f"{who} prefer{'s' if count == 1 else ''}"
