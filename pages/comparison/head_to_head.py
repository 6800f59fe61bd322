"""The paired results of a comparison as figures: one per pair of tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from comparisons.bottom_line_text import interval_text, mean_text
from comparisons.pairs import Pair
from reviews.rounding import signed


@dataclass(frozen=True)
class HeadToHead:
    title: str
    # (label, figure); empty where nobody scored both.
    figures: tuple[tuple[str, str], ...]


def head_to_head(names: Sequence[str], pairs: Sequence[Pair]) -> tuple[HeadToHead, ...]:
    return tuple(
        HeadToHead(
            f"{names[pair.first]} vs {names[pair.second]}", _figures(names, pair, len(pairs))
        )
        for pair in pairs
    )


def _figures(names: Sequence[str], pair: Pair, pairs: int) -> tuple[tuple[str, str], ...]:
    result = pair.result
    if result.mean is None:
        return ()
    ahead = pair if result.mean >= 0 else pair.seen_from(pair.second)
    figures = [
        ("Average lead", mean_text(result.mean, names, pair)),
        ("95% interval", _of_leader(interval_text(ahead.result.interval(pairs)), names, ahead)),
        (f"Prefer {names[pair.first]}", f"{result.prefer_first} of {result.both}"),
        (f"Prefer {names[pair.second]}", f"{result.prefer_second} of {result.both}"),
        ("Scored both", f"{result.both} of {result.either}"),
        ("Differences", _of_leader(_differences(ahead), names, ahead)),
    ]
    if left_out := result.without_most_influential():
        figures.append((f"Without {left_out[0]}", mean_text(left_out[1], names, pair)))
    return tuple((label, figure) for label, figure in figures if figure)


def _of_leader(figure: str, names: Sequence[str], ahead: Pair) -> str:
    """Say from which side the signs of a figure are."""
    return f"{figure} for {names[ahead.first]}" if figure else ""


def _differences(ahead: Pair) -> str:
    return ", ".join(
        f"{difference.reviewer} {signed(Decimal(difference.points))}"
        for difference in ahead.result.differences
    )
