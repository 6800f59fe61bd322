"""What a bottom line can be, and the sentences that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from django.conf import settings
from django.utils.translation import ngettext

from reviews.paired import PairedResult
from reviews.rounding import mean, points_text, short_decimal


class Outcome(StrEnum):
    LEADS = "leads"
    CLOSE = "close"
    SPLIT = "split"
    DISAGREE = "disagree"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Thresholds:
    min_reviewers: int
    lead_points: Decimal
    lead_share: int  # percent
    split_points: Decimal

    @classmethod
    def from_settings(cls) -> Self:
        return cls(
            min_reviewers=settings.BOTTOM_LINE_MIN_REVIEWERS,
            lead_points=Decimal(str(settings.BOTTOM_LINE_LEAD_POINTS)),
            lead_share=settings.BOTTOM_LINE_LEAD_SHARE,
            split_points=Decimal(str(settings.BOTTOM_LINE_SPLIT_POINTS)),
        )


@dataclass(frozen=True)
class Pair:
    """Two of the tools compared, by place, over the reviewers who scored all of them."""

    first: int
    second: int
    result: PairedResult


HEADLINES = {
    Outcome.LEADS: "{first} leads by {points}.",
    Outcome.CLOSE: "Too close to call.",
    Outcome.SPLIT: "The panel is split.",
    Outcome.NOT_ENOUGH: "Not enough reviews.",
}
LEADS_SEVERAL = "{first} leads by {points} over the runner-up, {second}."

FIGURES = {
    Outcome.LEADS: "{first} is preferred by {prefer_first} of them.",
    Outcome.CLOSE: (
        "{first} is {points} ahead of {second} on average; "
        "{first} is preferred by {prefer_first} of them, {second} by {prefer_second}."
    ),
    Outcome.SPLIT: (
        "{first} is {split_points} or more ahead with {split_first} of them, "
        "{second} with {split_second}."
    ),
}
SAME_AVERAGE = (
    "{first} and {second} both average {average}; "
    "{first} is preferred by {prefer_first} of them, {second} by {prefer_second}."
)


def headline(outcome: Outcome, tools: int) -> str:
    """Return the first sentence, with placeholders for `sentence_values`."""
    return LEADS_SEVERAL if outcome == Outcome.LEADS and tools > 2 else HEADLINES[outcome]


def figures(outcome: Outcome, result: PairedResult, tools: int) -> str:
    """Return the sentences after the headline, with placeholders for `sentence_values`."""
    if outcome == Outcome.NOT_ENOUGH:
        return not_enough(result.both, tools)
    is_level = outcome == Outcome.CLOSE and not sum(result.differences)
    preference = SAME_AVERAGE if is_level else FIGURES[outcome]
    return f"{coverage(tools)} {preference}"


def coverage(tools: int) -> str:
    if tools == 2:
        return "{both} of {either} reviewers scored both."
    return "{both} of {either} reviewers scored all {tools}."


def not_enough(both: int, tools: int) -> str:
    if not both:
        return (
            "No reviewer has scored both yet."
            if tools == 2
            else "No reviewer has scored all {tools} yet."
        )
    if tools == 2:
        return ngettext(
            "Only {both} reviewer has scored both; a bottom line needs {min_reviewers}.",
            "Only {both} reviewers have scored both; a bottom line needs {min_reviewers}.",
            both,
        )
    return ngettext(
        "Only {both} reviewer has scored all {tools}; a bottom line needs {min_reviewers}.",
        "Only {both} reviewers have scored all {tools}; a bottom line needs {min_reviewers}.",
        both,
    )


def sentence_values(names: Sequence[str], pair: Pair, thresholds: Thresholds) -> dict[str, object]:
    """Return what the placeholders of all sentences stand for."""
    result = pair.result
    lead, average = result.mean_difference, mean(result.first)
    return {
        "first": names[pair.first],
        "second": names[pair.second],
        "tools": len(names),
        "both": result.both,
        "either": result.either,
        "min_reviewers": thresholds.min_reviewers,
        "points": points_text(lead) if lead is not None else "",
        "average": short_decimal(average) if average is not None else "",
        "prefer_first": result.prefer_first,
        "prefer_second": result.prefer_second,
        "split_points": points_text(thresholds.split_points),
        "split_first": result.prefer_first_by(thresholds.split_points),
        "split_second": result.prefer_second_by(thresholds.split_points),
    }
