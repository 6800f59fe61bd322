"""The agreement matrix: every pair of reviewers, as inline SVG with the numbers in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.calibration.models import Agreement
from reviews.models import Reviewer
from reviews.rounding import percent

CELL_WIDTH, CELL_HEIGHT = 62, 46
LEFT, TOP = 118, 28
# More would be too small to read; the table under the picture lists all.
MOST_REVIEWERS = 8
LONGEST_NAME = 13
# The darkest shade leaves enough contrast for the number on it.
DARKEST = 0.35


@dataclass(frozen=True)
class MatrixCell:
    x: float
    y: float
    text: str
    note: str
    # From 0 to 1, for the attribute fill-opacity.
    shade: float

    @property
    def middle(self) -> float:
        return self.x + CELL_WIDTH / 2


@dataclass(frozen=True)
class MatrixName:
    """A reviewer's line and column, which share a number."""

    number: int
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class AgreementMatrix:
    names: tuple[MatrixName, ...]
    cells: tuple[MatrixCell, ...]
    cell_width: int = CELL_WIDTH
    cell_height: int = CELL_HEIGHT

    @property
    def width(self) -> int:
        return LEFT + CELL_WIDTH * len(self.names)

    @property
    def height(self) -> int:
        return TOP + CELL_HEIGHT * len(self.names)


def agreement_matrix(pairs: Sequence[Agreement]) -> AgreementMatrix | None:
    """Draw `pairs`: above the diagonal the same verdicts, below it alpha; None without pairs."""
    found = {reviewer for pair in pairs for reviewer in (pair.first, pair.second)}
    reviewers = sorted(found, key=lambda reviewer: (reviewer.position, reviewer.name))
    reviewers = reviewers[:MOST_REVIEWERS]
    if not reviewers:
        return None
    places = {reviewer.pk: place for place, reviewer in enumerate(reviewers)}
    cells = [
        cell
        for pair in pairs
        if pair.first_id in places and pair.second_id in places
        for cell in _cells(pair, sorted((places[pair.first_id], places[pair.second_id])))
    ]
    names = tuple(_name(place, reviewer) for place, reviewer in enumerate(reviewers))
    return AgreementMatrix(names, tuple(cells))


def _cells(pair: Agreement, places: list[int]) -> tuple[MatrixCell, MatrixCell]:
    low, high = places
    share = percent(pair.same_verdict, pair.tools) or 0
    return (
        _cell(low, high, f"{share}%", f"{pair.same_verdict} of {pair.tools}", share / 100),
        _cell(
            high,
            low,
            pair.verdict_alpha_text,
            f"n = {pair.tools}",
            max(0.0, float(pair.verdict_alpha or 0)),
        ),
    )


def _cell(row: int, column: int, text: str, note: str, strength: float) -> MatrixCell:
    x, y = LEFT + CELL_WIDTH * column, TOP + CELL_HEIGHT * row
    return MatrixCell(x, y, text, note, round(DARKEST * strength, 2))


def _name(place: int, reviewer: Reviewer) -> MatrixName:
    name = reviewer.name
    if len(name) > LONGEST_NAME:
        name = name[: LONGEST_NAME - 1].rstrip() + "…"
    x = LEFT + CELL_WIDTH * (place + 0.5)
    return MatrixName(place + 1, name, x, TOP + CELL_HEIGHT * (place + 0.5) + 5)
