"""Where values lie on an axis of a chart, in the units of its viewBox.

The charts are inline SVG, drawn by attributes alone: the Content Security Policy allows no inline style.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

# Distances between the ticks of an axis, before scaling by a power of ten.
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what stands there."""

    at: float
    label: str


@dataclass(frozen=True)
class Scale:
    """The values from `low` to `high`, laid out from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of `value`, with one decimal; the middle where the axis has one value."""
        if self.low == self.high:
            return round((self.start + self.end) / 2, 1)
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + (self.end - self.start) * share, 1)

    def ticks(self, step: float) -> tuple[Tick, ...]:
        """Return a tick at every multiple of `step`."""
        first, last = ceil(self.low / step), floor(self.high / step)
        return tuple(Tick(self.at(n * step), f"{n * step:g}") for n in range(first, last + 1))


def tick_step(span: float, *, most: int) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … that divides `span` into at most `most` parts."""
    power = 1
    while True:
        for step in STEPS:
            if span <= step * power * most:
                return step * power
        power *= 10


def score_scale(scores: Sequence[float], start: float, end: float) -> Scale:
    """Return an axis cut to `scores` (0 to 100): to whole tens, at least 20 points long."""
    low = max(0, 10 * floor((min(scores) - 2) / 10))
    high = min(100, 10 * ceil((max(scores) + 2) / 10))
    if high - low < 20:
        low, high = max(0, high - 20), max(20, high)
    return Scale(low, high, start, end)
