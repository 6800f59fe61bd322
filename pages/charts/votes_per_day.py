"""Votes per day as a line chart, with axes and the same figures as rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pages.charts.scale import Scale, Tick, tick_step

WIDTH, HEIGHT = 420, 130
LEFT, RIGHT, TOP, BOTTOM = 30, 410, 10, 104


@dataclass(frozen=True)
class VoteChart:
    """`points` are those of an SVG polyline; `rows` the days that had votes, newest first."""

    points: str
    days: int
    total: int
    peak: int
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[tuple[float, date, str], ...]
    rows: tuple[tuple[date, int], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    bottom: int = BOTTOM


def vote_chart(counts: Sequence[int], last: date) -> VoteChart | None:
    """Draw `counts` (votes per day up to `last`, oldest first); return None if all are 0."""
    if not any(counts):
        return None
    peak = max(counts)
    step = tick_step(peak, most=3)
    across = Scale(0, len(counts) - 1, LEFT, RIGHT)
    up = Scale(0, step * -(-peak // step), BOTTOM, TOP)
    days = [last - timedelta(days=len(counts) - 1 - n) for n in range(len(counts))]
    labelled = zip(
        [0, (len(counts) - 1) // 2, len(counts) - 1], ["start", "middle", "end"], strict=True
    )
    return VoteChart(
        points=" ".join(f"{across.at(n)},{up.at(count)}" for n, count in enumerate(counts)),
        days=len(counts),
        total=sum(counts),
        peak=peak,
        y_ticks=up.ticks(step),
        x_ticks=tuple((across.at(n), days[n], anchor) for n, anchor in labelled),
        rows=tuple((day, count) for day, count in zip(days, counts, strict=True) if count)[::-1],
    )
