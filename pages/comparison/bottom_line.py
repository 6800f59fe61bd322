"""The bottom line of a comparison, chosen by the thresholds that /method/ prints."""

from collections.abc import Sequence
from dataclasses import dataclass

from pages.community import ShipInterval
from pages.comparison.bottom_line_text import (
    Outcome,
    Pair,
    Thresholds,
    figures,
    headline,
    sentence_values,
)
from reviews.models import Review
from reviews.paired import PairedResult, paired_result

type Community = Sequence[ShipInterval | None]


@dataclass(frozen=True)
class BottomLine:
    """`headline` and `figures` are whole sentences."""

    outcome: Outcome
    headline: str
    figures: str
    # The place of the leading tool, from 0; None if none leads.
    leader: int | None = None

    @property
    def sentence(self) -> str:
        return f"{self.headline} {self.figures}"


def bottom_line(
    names: Sequence[str],
    scorecards: Sequence[Sequence[Review]],
    community: Community | None = None,
    thresholds: Thresholds | None = None,
) -> BottomLine:
    """Choose the bottom line of 2 to 4 tools, which `names`, `scorecards` and `community` list in order.

    Two tools: *Not enough reviews* when fewer than `min_reviewers` scored both. One *leads* when its
    mean difference is `lead_points` or more and at least `lead_share` percent of them score it
    higher. *The panel is split* when nobody leads, and at least one reviewer prefers each by
    `split_points` or more. Otherwise it is *Too close to call*.

    Three or four tools: only reviewers who scored all of them count. The tool with the highest mean
    leads if it leads, by the same rule, over each of the others. If it does not lead over some, the
    panel is split when it is split between the top tool and one of those; otherwise it is too close to
    call.

    Panel and community *disagree* when each has a leader and the two are not the same.
    """
    panel = panel_bottom_line(names, scorecards, thresholds or Thresholds.from_settings())
    favourite = community_leader(community)
    if not community or panel.leader is None or favourite is None or favourite == panel.leader:
        return panel
    figures = f"Readers prefer {names[favourite]} ({community[favourite]}). On the panel, {panel.sentence}"
    return BottomLine(Outcome.DISAGREE, "Panel and community disagree.", figures)


def community_leader(community: Community | None) -> int | None:
    """Return the place of the tool whose interval lies wholly above all others, if there is one.

    Nobody leads while a tool has too few votes for an interval.
    """
    intervals = [interval for interval in community or [] if interval is not None]
    if len(intervals) < len(community or []):
        return None
    for place, interval in enumerate(intervals):
        others = [other for number, other in enumerate(intervals) if number != place]
        if all(interval.low > other.high for other in others):
            return place
    return None


def panel_bottom_line(
    names: Sequence[str], scorecards: Sequence[Sequence[Review]], thresholds: Thresholds
) -> BottomLine:
    top, *others = by_shared_score(scorecards)
    pairs = [
        Pair(top, other, paired_result(scorecards[top], scorecards[other], *scorecards))
        for other in others
    ]
    outcome, pair = _outcome(pairs, thresholds)
    values = sentence_values(names, pair, thresholds)
    return BottomLine(
        outcome,
        headline(outcome, len(names)).format_map(values),
        figures(outcome, pair.result, len(names)).format_map(values),
        leader=top if outcome == Outcome.LEADS else None,
    )


def by_shared_score(scorecards: Sequence[Sequence[Review]]) -> list[int]:
    """Return the tools' places, the highest mean over the reviewers who scored all of them first."""
    totals = [sum(paired_result(card, card, *scorecards).first) for card in scorecards]
    return sorted(range(len(scorecards)), key=lambda place: -totals[place])


def _outcome(pairs: Sequence[Pair], thresholds: Thresholds) -> tuple[Outcome, Pair]:
    """Return the outcome, and the pair that decided it: the top tool and one of the others."""
    if pairs[0].result.both < thresholds.min_reviewers:
        return Outcome.NOT_ENOUGH, pairs[0]
    undecided = [pair for pair in pairs if not leads(pair.result, thresholds)]
    if not undecided:
        return Outcome.LEADS, pairs[0]
    for pair in undecided:
        if is_split(pair.result, thresholds):
            return Outcome.SPLIT, pair
    return Outcome.CLOSE, undecided[0]


def leads(result: PairedResult, thresholds: Thresholds) -> bool:
    return (
        sum(result.differences) > 0
        and result.leads_by(thresholds.lead_points)
        and result.prefer_first * 100 >= thresholds.lead_share * result.both
    )


def is_split(result: PairedResult, thresholds: Thresholds) -> bool:
    points = thresholds.split_points
    return result.prefer_first_by(points) > 0 and result.prefer_second_by(points) > 0
