"""Comparisons of 2 to 4 tools: the bottom line, and each pair over the reviewers who scored both."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Path

from api.data import SLUG, Data, page_url
from api.endpoints import Gone, Moved, endpoint
from api.past_day import OnDay, asked_day
from comparisons.basis import Basis, past_basis, read_basis
from comparisons.compared_tools import compared_tools
from comparisons.pairs import Pair
from tools.comparison_urls import DIVIDER, FEWEST, MOST, comparison_url, slugs_in
from tools.models import Tool
from tools.past_day import ON, PastDay
from votes.page_validators import COMPARISON_PAGE
from votes.past import read_past

Outcome = Literal["leads", "leans", "split", "no_difference", "undecided", "thin", "disagree"]


class BottomLine(Data):
    """The sentence on top of a comparison, by published rules; /method/ explains them."""

    outcome: Outcome
    """Which rule decided. It leads only where the interval of the mean difference excludes 0."""
    outcome_of_panel: Outcome
    """By scores alone, which readers' votes do not change."""
    pick: str | None
    """The slug of the tool that the panel leads or leans to."""
    sentence: str
    """As the page says it."""
    status: str
    """On tools that are discontinued, paused or succeeded; part of the sentence."""
    robustness: str
    """Under how many weightings of the reviewers the top tool wins."""


class Difference(Data):
    reviewer: str
    """The slug of the reviewer."""
    first: int
    second: int
    points: int


class PairedResult(Data):
    """Over the reviewers who scored both."""

    first: str
    second: str
    both: int
    either: int
    """How many reviewers scored at least one of the two."""
    prefer_first: int
    prefer_second: int
    mean_difference: float | None
    """Points of the first minus points of the second, one decimal."""
    interval: tuple[float, float] | None
    """The 95 % interval of the mean difference, Bonferroni's with more than two tools. Not rounded."""
    differences: list[Difference]


class Share(Data):
    tool: str
    share: float
    """Of all weightings of the reviewers, from 0 to 1."""


class Comparison(Data):
    tools: list[str]
    """The slugs, in alphabetical order."""
    url: str
    bottom_line: BottomLine
    pairs: list[PairedResult]
    robustness: list[Share]
    """How often each tool wins if all weightings are equally likely; empty if too few reviewers scored all."""
    differing: list[str]
    """The names of entry and facts that differ."""
    on: date | None
    """The day (UTC) given by the parameter of this name: the answer is as it was at its end."""


NO_COMPARISON = f"A comparison names {FEWEST} to {MOST} different tools of the catalogue."


@endpoint(
    "comparisons/{pair}/",
    name="api_comparison",
    answer=Comparison,
    validator=COMPARISON_PAGE,
    uncached_params=(ON,),
)
def comparison(
    request: HttpRequest,
    pair: Annotated[
        str,
        Path(
            description="2 to 4 slugs of tools, with -vs- between.",
            pattern=SLUG,
            examples=["aider-vs-cline"],
        ),
    ],
    on: OnDay = "",
) -> Comparison:
    """Compare tools: `a-vs-b`, `a-vs-b-vs-c` … in alphabetical order; any other order redirects."""
    tools = _compared(slugs_in(pair))
    canonical = DIVIDER.join(tool.slug for tool in tools)
    if pair != canonical:
        raise Moved(reverse("api_comparison", args=[canonical]))
    if day := asked_day(request):
        past = read_past(tools, day)
        return comparison_data(past.tools, past_basis(past), day)
    return comparison_data(tools, read_basis(tools))


def _compared(slugs: Sequence[str]) -> list[Tool]:
    if not FEWEST <= len(slugs) <= MOST:
        raise Http404(NO_COMPARISON)
    found = compared_tools(slugs)
    if withdrawn := [slug for slug, tool in found.items() if tool.is_withdrawn]:
        raise Gone(f"Withdrawn from the catalogue: {', '.join(withdrawn)}.")
    if unknown := [slug for slug in slugs if slug not in found]:
        raise Http404(f"Not in the catalogue: {', '.join(unknown)}.")
    tools = sorted(set(found.values()), key=lambda tool: tool.slug)
    if len(tools) < FEWEST:  # an old and a present slug of one tool
        raise Http404(NO_COMPARISON)
    return tools


def comparison_data(tools: Sequence[Tool], basis: Basis, day: PastDay | None = None) -> Comparison:
    slugs = [tool.slug for tool in tools]
    line = basis.bottom_line
    return Comparison(
        tools=slugs,
        url=page_url(comparison_url(*slugs), day),
        bottom_line=BottomLine(
            outcome=line.outcome.value,
            outcome_of_panel=line.of_panel.value,
            pick=None if line.pick is None else slugs[line.pick],
            sentence=line.sentence,
            status=line.status,
            robustness=line.robustness,
        ),
        pairs=[_pair_data(slugs, pair, len(basis.pairs)) for pair in basis.pairs],
        robustness=[
            Share(tool=slugs[place], share=float(share)) for place, share in basis.shares.items()
        ],
        differing=basis.table.differing_offer,
        on=day.day if day else None,
    )


def _pair_data(slugs: Sequence[str], pair: Pair, pairs: int) -> PairedResult:
    result = pair.result
    mean = result.mean_difference
    return PairedResult(
        first=slugs[pair.first],
        second=slugs[pair.second],
        both=result.both,
        either=result.either,
        prefer_first=result.prefer_first,
        prefer_second=result.prefer_second,
        mean_difference=None if mean is None else float(mean),
        interval=result.interval(pairs),
        differences=[
            Difference(
                reviewer=difference.first.reviewer.slug,
                first=difference.first.points,
                second=difference.second.points,
                points=difference.points,
            )
            for difference in result.differences
        ],
    )
