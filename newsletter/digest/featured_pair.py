"""The pair of tools that a digest features."""

from datetime import datetime

from django.conf import settings

from newsletter.digest.changes import Cards, tool_name
from newsletter.digest.items import ComparedPair
from reviews.nearest_pairs import NearPair, nearest_pairs
from reviews.paired import paired_result
from reviews.panel import panel_of_reviews
from reviews.panel_at import active_at, scorecards_at, scores_at
from tools.models import Tool

type Scores = dict[int, dict[int, int]]


def compared_pairs(fresh: dict[str, int], until: datetime) -> tuple[ComparedPair, ...]:
    """Return of each category the pair that is worth reading now, in three queries.

    `fresh`: {slug: category id} of tools with a new or changed verdict in the period. A pair is worth
    reading when a verdict in it is fresh and the choice is hard: of the tools of one category that were
    active at `until`, it is the one with the smallest paired difference by the reviews of then, over
    enough reviewers for a bottom line. Two fresh ones go before one. Which of the pairs a digest shows is
    decided by `ComparedPair.rank`.
    """
    active = active_at(until).filter(category__in=set(fresh.values()))
    by_category: dict[int, Scores] = {}
    fresh_ids: set[int] = set()
    for row in scores_at(active, until):
        by_category.setdefault(row.category, {}).setdefault(row.tool, {})[row.reviewer] = row.score
        if row.slug in fresh:
            fresh_ids.add(row.tool)
    nearest = [_nearest(scores, fresh_ids) for scores in by_category.values()]
    chosen = [pair.tools for pair in nearest if pair]
    tools = Tool.objects.select_related("category").in_bulk({pk for pair in chosen for pk in pair})
    cards = scorecards_at(set(tools), until)
    return tuple(_compared(tools[first], tools[second], cards, fresh) for first, second in chosen)


def _nearest(scores: Scores, fresh: set[int]) -> NearPair | None:
    reviewers = settings.BOTTOM_LINE_MIN_REVIEWERS
    of_fresh = {tool: card for tool, card in scores.items() if tool in fresh}
    pairs = nearest_pairs(of_fresh, reviewers=reviewers, limit=1) or nearest_pairs(
        scores, reviewers=reviewers, limit=1, among=fresh
    )
    return pairs[0] if pairs else None


def _compared(tool: Tool, other: Tool, cards: Cards, fresh: dict[str, int]) -> ComparedPair:
    """`first` is the tool with the higher panel score."""
    panels = {each.pk: panel_of_reviews(cards[each.pk]) for each in (tool, other)}
    first, second = sorted(
        (tool, other), key=lambda each: (-(panels[each.pk].score or 0), each.slug)
    )
    result = paired_result(cards[first.pk], cards[second.pk])
    return ComparedPair(
        first=tool_name(first),
        second=tool_name(second),
        first_score=str(panels[first.pk].score),
        second_score=str(panels[second.pk].score),
        prefer_first=result.prefer_first,
        prefer_second=result.prefer_second,
        mean_difference=str(result.mean_difference),
        both=result.both,
        either=result.either,
        in_the_news=(first.slug in fresh) + (second.slug in fresh),
    )
