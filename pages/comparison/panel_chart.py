"""The panel chart: one line per reviewer, with a mark at each score, as inline SVG.

Only geometry is computed here; shape and colour depend on the tool's place and the verdict. Everything
is drawn with attributes, because the Content Security Policy allows no inline style. Horizontal
positions are percentages of the width and vertical ones are rem, so that the chart fills any screen
and its text keeps its size.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pages.comparison.reviewer_scorecard import ScorecardRow
from reviews.models import Review

# Room beside the axis for the figure of an outermost mark.
AXIS_LEFT, AXIS_RIGHT = 9, 91
# The axis ends at multiples of this many points, and shows at least SHORTEST_AXIS of them.
AXIS_STEP, SHORTEST_AXIS = 5, 20
TICK_STEPS = (5, 10, 20, 25)
MOST_TICKS = 6

# rem: the reviewer's name, then one or more lanes of marks.
NAME_HEIGHT, LANE_HEIGHT, ROW_GAP, AXIS_HEIGHT = 1.25, 1.5, 0.35, 1.5
# How far apart marks of one lane must be on the narrowest screen, in percent of the width: beside
# each other, and with a figure between them.
MARK_WIDTH, FIGURE_WIDTH = 5, 12


@dataclass(frozen=True)
class Axis:
    low: int
    high: int

    def x(self, score: int) -> float:
        """Return the horizontal position of a score, in percent of the width."""
        part = (score - self.low) / (self.high - self.low)
        return round(AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * part, 2)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """The scores printed at the axis, each with its position."""
        span = self.high - self.low
        step = next(step for step in TICK_STEPS if span // step < MOST_TICKS)
        first = -(-self.low // step) * step
        return [(score, self.x(score)) for score in range(first, self.high + 1, step)]


@dataclass(frozen=True)
class Mark:
    """One score. `place` is the tool's, from 1; `y` is in rem; the figure is on the left or right."""

    place: int
    score: int
    verdict: str
    x: float
    y: float
    is_figure_left: bool


@dataclass(frozen=True)
class Line:
    reviewer: str
    # The baseline of the reviewer's name, in rem.
    name_y: float
    marks: tuple[Mark, ...]

    @property
    def bars(self) -> list[tuple[float, float, float]]:
        """(left, right, y) of the bar that joins the marks of each lane."""
        lanes: dict[float, list[float]] = {}
        for mark in self.marks:
            lanes.setdefault(mark.y, []).append(mark.x)
        return [(min(xs), max(xs), y) for y, xs in lanes.items()]


@dataclass(frozen=True)
class PanelChart:
    axis: Axis
    lines: tuple[Line, ...]
    # rem
    axis_y: float
    # The same figures as text, for screen readers.
    description: str

    @property
    def height(self) -> float:
        return round(self.axis_y + AXIS_HEIGHT, 2)

    @property
    def number_y(self) -> float:
        """The baseline of the axis's numbers, in rem."""
        return round(self.axis_y + 1.1, 2)

    @property
    def has_skips(self) -> bool:
        return any(mark.verdict == "skip" for line in self.lines for mark in line.marks)


def panel_chart(names: Sequence[str], rows: Sequence[ScorecardRow]) -> PanelChart | None:
    """Draw one line per row, with one mark per score; None without rows."""
    if not rows:
        return None
    axis = axis_for(score for row in rows for score in row.scores if score is not None)
    lines, top = [], 0.0
    for row in rows:
        line, top = _line(row, axis, top)
        lines.append(line)
    return PanelChart(axis, tuple(lines), axis_y=top, description=chart_text(names, rows))


def axis_for(scores: Iterable[int]) -> Axis:
    """Return the shortest axis that shows all scores: from 0 to 100, or a part of it."""
    known = list(scores)
    low = min(known) // AXIS_STEP * AXIS_STEP
    high = -(-max(known) // AXIS_STEP) * AXIS_STEP
    while high - low < SHORTEST_AXIS:
        low, high = max(0, low - AXIS_STEP), min(100, high + AXIS_STEP)
    return Axis(low, high)


def chart_text(names: Sequence[str], rows: Sequence[ScorecardRow]) -> str:
    """Return "Builder: Ada 88 (ship), Bert not reviewed. …"."""
    return " ".join(
        f"{row.reviewer.name}: "
        + ", ".join(
            f"{name} {_score_text(cell.review)}"
            for name, cell in zip(names, row.cells, strict=True)
        )
        + "."
        for row in rows
    )


def _score_text(review: Review | None) -> str:
    return f"{review.score} ({review.verdict})" if review else "not reviewed"


def _line(row: ScorecardRow, axis: Axis, top: float) -> tuple[Line, float]:
    """Draw a row from `top`; return where it ends, too."""
    reviews = [(cell.place, cell.review) for cell in row.cells if cell.review]
    placed = _lanes(sorted((axis.x(review.points), place) for place, review in reviews))
    marks = tuple(
        Mark(
            place,
            review.points,
            review.verdict,
            axis.x(review.points),
            round(top + NAME_HEIGHT + LANE_HEIGHT * (placed[place][0] + 0.5), 2),
            is_figure_left=placed[place][1],
        )
        for place, review in reviews
    )
    lanes = 1 + max(lane for lane, _ in placed.values())
    bottom = round(top + NAME_HEIGHT + LANE_HEIGHT * lanes + ROW_GAP, 2)
    return Line(row.reviewer.name, round(top + 1, 2), marks), bottom


def _lanes(marks: Iterable[tuple[float, int]]) -> dict[int, tuple[int, bool]]:
    """Return {place: (lane, whether it is the first of its lane)} of marks from left to right.

    A mark moves to the next lane where it would cover another mark or its figure. The figure of the
    first mark in a lane is on its left, so the second may come closer.
    """
    lanes: list[list[float]] = []
    placed = {}
    for x, place in marks:
        lane = next((lane for lane, xs in enumerate(lanes) if x - xs[-1] >= _gap(xs)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        placed[place] = (lane, not lanes[lane])
        lanes[lane].append(x)
    return placed


def _gap(lane: Sequence[float]) -> int:
    return MARK_WIDTH if len(lane) == 1 else FIGURE_WIDTH
