"""The panel chart: each reviewer's scores on a scale from 0 to 100, as inline SVG.

Only geometry is computed here; shape and colour depend on the tool's place. Everything is drawn with
attributes, because the Content Security Policy allows no inline style.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 420
# The reviewers' names are left of the axis.
AXIS_LEFT, AXIS_RIGHT = 112, 404
TOP, LANE, ROW_GAP = 12, 15, 13
TICKS = (0, 25, 50, 75, 100)
LONGEST_NAME = 13

# A reviewer's name and their scores of the tools, None for a tool they have not reviewed.
type Scores = tuple[str, Sequence[int | None]]


@dataclass(frozen=True)
class Mark:
    """One score. `place` is the tool's, from 1."""

    place: int
    score: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    reviewer: str
    # The vertical middle of the line.
    y: float
    top: float
    height: float
    marks: tuple[Mark, ...]

    @property
    def name_y(self) -> float:
        """The baseline that centres the name vertically."""
        return self.y + 5

    @property
    def label(self) -> str:
        name = self.reviewer
        return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


@dataclass(frozen=True)
class Tick:
    score: int
    x: float


@dataclass(frozen=True)
class PanelChart:
    lines: tuple[Line, ...]
    height: float
    # The same figures as text, for screen readers.
    description: str
    width: int = WIDTH
    left: int = AXIS_LEFT
    right: int = AXIS_RIGHT

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(score, axis_x(score)) for score in TICKS)

    @property
    def axis_y(self) -> float:
        return self.height - 24

    @property
    def number_y(self) -> float:
        return self.height - 6


def axis_x(score: int) -> float:
    return round(AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * score / 100, 1)


def panel_chart(names: Sequence[str], rows: Sequence[Scores]) -> PanelChart:
    """Draw one line per row, with one mark per score."""
    lines = tuple(
        _line(number, reviewer, scores, len(names))
        for number, (reviewer, scores) in enumerate(rows)
    )
    bottom = lines[-1].top + lines[-1].height if lines else TOP
    return PanelChart(lines, height=bottom + 30, description=chart_text(names, rows))


def chart_text(names: Sequence[str], rows: Sequence[Scores]) -> str:
    """Return "Builder: Ada 88, Bert not reviewed. …"."""
    return " ".join(
        f"{reviewer}: "
        + ", ".join(
            f"{name} {'not reviewed' if score is None else score}"
            for name, score in zip(names, scores, strict=True)
        )
        + "."
        for reviewer, scores in rows
    )


def _line(number: int, reviewer: str, scores: Sequence[int | None], tools: int) -> Line:
    height = LANE * tools + ROW_GAP
    top = TOP + number * height
    marks = tuple(
        Mark(place, score, axis_x(score), top + ROW_GAP / 2 + LANE * (place - 0.5))
        for place, score in enumerate(scores, start=1)
        if score is not None
    )
    return Line(reviewer, top + height / 2, top, height, marks)
