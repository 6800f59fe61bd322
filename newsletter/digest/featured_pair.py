"""The pair of tools that a digest invites to lay side by side."""

from datetime import datetime

from django.conf import settings

from newsletter.digest.changes import Cards, tool_name
from newsletter.digest.items import ComparedPair
from reviews.paired import PairedResult, paired_result
from reviews.panel import panel_of_reviews
from reviews.past import active_at, close_calls_at
from tools.models import Tool

TRIED = 3  # pairs per category, until one has enough reviewers in common


def candidate_pairs(fresh: dict[str, int], until: datetime) -> list[list[tuple[Tool, Tool]]]:
    """[[(better tool, other tool)]]: per category at most TRIED pairs, best first.

    Two queries. `fresh`: {slug: category id} of tools with a new or changed verdict in the period. A
    pair is worth reading when a verdict in it is fresh and the choice is hard: two tools of one category,
    active at `until`, that stood next to each other by the panel scores of then, both with enough
    reviews for a bottom line, at least one of them fresh. Two fresh ones go before one, then nearer
    scores, then the slugs.
    """
    active = active_at(until).filter(category__in=set(fresh.values()))
    calls = close_calls_at(active, until, reviews=settings.BOTTOM_LINE_MIN_REVIEWERS)
    ranked = sorted(
        (-((slug in fresh) + (other in fresh)), gap, slug, other, category)
        for category, slug, other, gap in calls.values_list("category", "slug", "next_slug", "gap")
        if slug in fresh or other in fresh
    )
    chosen: dict[int, list[tuple[str, str]]] = {}
    for *_, slug, other, category in ranked:
        chosen.setdefault(category, []).append((slug, other))
    pairs = [pairs[:TRIED] for pairs in chosen.values()]
    tools = _tools_of(pairs)
    return [[(tools[slug], tools[other]) for slug, other in tried] for tried in pairs]


def compared_pairs(
    candidates: list[list[tuple[Tool, Tool]]], cards: Cards, fresh: dict[str, int]
) -> tuple[ComparedPair, ...]:
    """Of each category the first pair that enough reviewers scored both of.

    `cards`: the reviews of each tool at the end of the period. Which of them a digest tells is decided by `ComparedPair.rank`.
    """
    compared = []
    for pairs in candidates:
        for first, second in pairs:
            result = paired_result(cards[first.pk], cards[second.pk])
            if result.both >= settings.BOTTOM_LINE_MIN_REVIEWERS:
                compared.append(_compared(first, second, result, cards, fresh))
                break
    return tuple(compared)


def _tools_of(pairs: list[list[tuple[str, str]]]) -> dict[str, Tool]:
    slugs = {slug for tried in pairs for pair in tried for slug in pair}
    return {
        tool.slug: tool for tool in Tool.objects.filter(slug__in=slugs).select_related("category")
    }


def _compared(
    first: Tool, second: Tool, result: PairedResult, cards: Cards, fresh: dict[str, int]
) -> ComparedPair:
    return ComparedPair(
        first=tool_name(first),
        second=tool_name(second),
        first_score=str(panel_of_reviews(cards[first.pk]).score),
        second_score=str(panel_of_reviews(cards[second.pk]).score),
        prefer_first=result.prefer_first,
        prefer_second=result.prefer_second,
        mean_difference=str(result.mean_difference),
        both=result.both,
        either=result.either,
        in_the_news=(first.slug in fresh) + (second.slug in fresh),
    )
