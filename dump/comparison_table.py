"""The bottom lines of some comparisons: all of them would be too many."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

from comparisons.bottom_line import Compared, bottom_line
from comparisons.bottom_line_rules import Outcome, Thresholds
from comparisons.pairs import Pair, all_pairs
from dump.catalog_tables import TOOL
from dump.table import NUMBER, TEXT, WHOLE, Row, Table, code, described, list_of, optional
from reviews.models import CloseCall, Review
from tools.models import Tool, ToolQuerySet

TOP = 30

PAIR = {
    "first": TOOL,
    "second": TOOL,
    "both": described(WHOLE, "How many reviewers scored both."),
    "either": described(WHOLE, "How many scored at least one of the two."),
    "prefer_first": described(WHOLE, "How many scored the first higher."),
    "prefer_second": described(WHOLE, "How many scored the second higher."),
    "mean": described(
        optional(NUMBER),
        "The mean of first minus second, rounded to one decimal, half away from 0.",
    ),
    "low": described(
        optional(NUMBER),
        "The lower end of its 95 % interval, not rounded, and widened by Bonferroni's correction for several pairs.",
    ),
    "high": described(optional(NUMBER), "The upper end of it."),
}


def comparison_rows(now: datetime) -> Iterator[Row]:
    """Yield those of the first 30 tools by panel score, each with each and three or four in a row, and the close calls."""
    tools = _first_tools(now)
    ids = list(tools)
    wanted = list(combinations(ids, 2))
    wanted += [pair for pair in _close_calls(now) if not set(pair) <= tools.keys()]
    tools |= _tools(now).in_bulk({pk for pair in wanted for pk in pair} - tools.keys())
    cards = _scorecards(tools, now)
    several = [
        tuple(ids[start : start + size]) for size in (3, 4) for start in range(len(ids) - size + 1)
    ]
    thresholds = Thresholds.from_settings()
    for group in [*wanted, *several]:
        yield _comparison([tools[pk] for pk in group], cards, thresholds)


def _tools(now: datetime) -> ToolQuerySet:
    return Tool.objects.filter(published_at__lte=now).select_related("tally")


def _first_tools(now: datetime) -> dict[int, Tool]:
    from_best = _tools(now).order_by("panel__ranking_score", "-pk").reverse()
    ranked = from_best.filter(panel__ranking_score__isnull=False)[:TOP]
    found = {tool.pk: tool for tool in ranked}
    others = _tools(now).filter(panel__ranking_score__isnull=True).order_by("pk")
    return found | {tool.pk: tool for tool in others[: TOP - len(found)]}


def _close_calls(now: datetime) -> Iterator[tuple[int, int]]:
    calls = CloseCall.objects.filter(first__published_at__lte=now, second__published_at__lte=now)
    yield from calls.order_by("pk").values_list("first_id", "second_id")


def _scorecards(tools: dict[int, Tool], now: datetime) -> dict[int, list[Review]]:
    cards: dict[int, list[Review]] = {pk: [] for pk in tools}
    current = Review.objects.current().filter(tool__in=tools, published_at__lte=now)
    for review in current.in_panel_order().defer("body"):
        cards[review.tool_id].append(review)
    return cards


def _comparison(
    tools: Sequence[Tool], cards: dict[int, list[Review]], thresholds: Thresholds
) -> Row:
    scorecards = [cards[tool.pk] for tool in tools]
    pairs = all_pairs(scorecards)
    compared = Compared([tool.name for tool in tools], scorecards, [tool.tally for tool in tools])
    line = bottom_line(compared, thresholds, pairs)
    return {
        "tools": [tool.pk for tool in tools],
        "outcome": str(line.outcome),
        "of_panel": str(line.of_panel),
        "pick": None if line.pick is None else tools[line.pick].pk,
        "robustness": line.robustness,
        "pairs": [_pair(pair, tools, len(pairs)) for pair in pairs],
    }


def _pair(pair: Pair, tools: Sequence[Tool], pairs: int) -> Row:
    result = pair.result
    low, high = result.interval(pairs) or (None, None)
    mean = result.mean_difference
    return {
        "first": tools[pair.first].pk,
        "second": tools[pair.second].pk,
        "both": result.both,
        "either": result.either,
        "prefer_first": result.prefer_first,
        "prefer_second": result.prefer_second,
        "mean": None if mean is None else float(mean),
        "low": low,
        "high": high,
    }


COMPARISONS = Table(
    "comparisons",
    "The bottom lines of the close calls, and of the 30 tools with the highest panel scores: each pair, and three or "
    "four in a row.",
    {
        "tools": described(list_of(WHOLE), "The ids of two to four tools."),
        "outcome": described(code(*Outcome), "By which rule the bottom line was chosen."),
        "of_panel": described(code(*Outcome), "The outcome by scores alone."),
        "pick": described(optional(WHOLE), "The tool that the panel leads or leans to."),
        "robustness": described(
            TEXT, "Under how many weightings of the reviewers the tool on top wins."
        ),
        "pairs": described(
            list_of(
                {
                    "type": "object",
                    "properties": PAIR,
                    "required": list(PAIR),
                    "additionalProperties": False,
                }
            ),
            "Each pair of the tools, over the reviewers who scored both.",
        ),
    },
    comparison_rows,
)
