"""The pair of tools that a digest invites to lay side by side."""

from django.conf import settings

from newsletter.digest.changes import tool_name
from newsletter.digest.items import ComparedPair
from reviews.paired import paired_result
from reviews.queries import close_calls, with_panel
from tools.models import Tool

TRIED = 3  # pairs per category, until one has enough reviewers in common


def candidate_pairs(fresh):
    """[[(better tool, other tool)]]: per category at most TRIED pairs, best first; two queries.

    `fresh`: the slugs of tools with a new or changed verdict in this time. A pair is worth reading when
    a verdict in it is fresh and the choice is hard: two active tools of one category that stand next to
    each other by panel score (`close_calls`), both with enough reviews for a bottom line, at least one
    of them fresh. Two fresh ones go before one, then nearer scores, then the slugs.
    """
    active = Tool.objects.published().filter(status=Tool.Status.ACTIVE)
    calls = close_calls(active, reviews=settings.BOTTOM_LINE_MIN_REVIEWERS, limit=None)
    ranked = sorted(
        (-((slug in fresh) + (other in fresh)), gap, slug, other, category)
        for category, slug, other, gap in calls.values_list("category", "slug", "next_slug", "gap")
        if slug in fresh or other in fresh
    )
    chosen = {}
    for *_, slug, other, category in ranked:
        chosen.setdefault(category, []).append((slug, other))
    pairs = [pairs[:TRIED] for pairs in chosen.values()]
    tools = _tools_of(pairs)
    return [[(tools[slug], tools[other]) for slug, other in tried] for tried in pairs]


def compared_pairs(candidates, cards, fresh):
    """Of each category the first pair that enough reviewers scored both of.

    `cards`: {tool.pk: [Review]}. Which of them a digest tells is decided by `ComparedPair.rank`.
    """
    compared = []
    for pairs in candidates:
        for first, second in pairs:
            result = paired_result(cards[first.pk], cards[second.pk])
            if result.both >= settings.BOTTOM_LINE_MIN_REVIEWERS:
                compared.append(_compared(first, second, result, fresh))
                break
    return tuple(compared)


def _tools_of(pairs):
    slugs = {slug for tried in pairs for pair in tried for slug in pair}
    return {tool.slug: tool for tool in with_panel(Tool.objects.filter(slug__in=slugs))}


def _compared(first, second, result, fresh):
    return ComparedPair(
        first=tool_name(first),
        second=tool_name(second),
        first_score=str(first.panel.score),
        second_score=str(second.panel.score),
        prefer_first=result.prefer_first,
        prefer_second=result.prefer_second,
        mean_difference=str(result.mean_difference),
        both=result.both,
        either=result.either,
        in_the_news=(first.slug in fresh) + (second.slug in fresh),
    )
