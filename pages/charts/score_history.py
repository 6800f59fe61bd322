"""A tool's panel score over time as a step line, with its changes of verdict and status as marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pages.charts.scale import Scale, Tick, score_scale

WIDTH, HEIGHT = 420, 200
LEFT, RIGHT, TOP, BOTTOM = 30, 398, 24, 168
# What a label takes to the right of its mark, where neither the step to it nor the level after it runs.
LABEL_WIDTH = 40
# Numbers of events nearer to each other than this would overlap.
NUMBER_GAP = 16


@dataclass(frozen=True)
class Moment:
    """What held from `at` on. `event` words what changed besides the score, or is empty."""

    at: datetime
    score: float | None
    # The code of the panel verdict.
    verdict: str
    event: str = ""


@dataclass(frozen=True)
class ScoreMark:
    x: float
    y: float
    # The code of the verdict decides the shape.
    verdict: str
    # The score; empty where it would run into its neighbour.
    label: str

    @property
    def label_is_left(self) -> bool:
        """Whether the label stands left of the mark: at the edge of the chart it has no room to the right."""
        return self.x + LABEL_WIDTH > WIDTH


@dataclass(frozen=True)
class EventMark:
    """A dashed line with the number that the event has in the table, if it does not run into the next one."""

    number: int
    x: float
    has_room: bool


@dataclass(frozen=True)
class HistoryRow:
    moment: Moment
    # Of the event's mark; None for a change of the score alone.
    number: int | None


@dataclass(frozen=True)
class ScoreHistory:
    path: str
    marks: tuple[ScoreMark, ...]
    events: tuple[EventMark, ...]
    ticks: tuple[Tick, ...]
    rows: tuple[HistoryRow, ...]
    first: datetime
    last: datetime
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def score_history(moments: Sequence[Moment], now: datetime) -> ScoreHistory | None:
    """Draw `moments`, oldest first; return None where the score has never changed."""
    scored = [moment for moment in moments if moment.score is not None]
    if len({moment.score for moment in scored}) < 2:
        return None
    across = Scale(moments[0].at.timestamp(), now.timestamp(), LEFT, RIGHT)
    up = score_scale([moment.score for moment in scored if moment.score is not None], BOTTOM, TOP)
    rows = _numbered(moments)
    return ScoreHistory(
        path=_steps(moments, across, up),
        marks=_marks(moments, across, up),
        events=_events(rows, across),
        ticks=up.ticks(10),
        rows=rows[::-1],
        first=moments[0].at,
        last=now,
    )


def _numbered(moments: Sequence[Moment]) -> tuple[HistoryRow, ...]:
    numbers = iter(range(1, len(moments) + 1))
    return tuple(HistoryRow(moment, next(numbers) if moment.event else None) for moment in moments)


def _steps(moments: Sequence[Moment], across: Scale, up: Scale) -> str:
    """Return the SVG path: level until the next moment, and a gap while there is no score."""
    parts, is_drawing = [], False
    for moment in moments:
        x = across.at(moment.at.timestamp())
        if is_drawing:
            parts.append(f"H{x}")
        if moment.score is not None:
            y = up.at(moment.score)
            parts.append(f"V{y}" if is_drawing else f"M{x} {y}")
        is_drawing = moment.score is not None
    if is_drawing:
        parts.append(f"H{across.end:g}")
    return "".join(parts)


def _events(rows: Sequence[HistoryRow], across: Scale) -> tuple[EventMark, ...]:
    """Return the marks of the events; the newest keeps its number, older ones give way."""
    marks: list[EventMark] = []
    free_until = float("inf")
    for row in reversed(rows):
        if row.number is None:
            continue
        x = across.at(row.moment.at.timestamp())
        has_room = x + NUMBER_GAP <= free_until
        free_until = x if has_room else free_until
        marks.append(EventMark(row.number, x, has_room))
    return tuple(reversed(marks))


def _marks(moments: Sequence[Moment], across: Scale, up: Scale) -> tuple[ScoreMark, ...]:
    """A mark wherever score or verdict changed; the newest keeps its label, older ones give way."""
    marks: list[ScoreMark] = []
    free_until = float("inf")
    for before, moment in reversed(list(zip([None, *moments], moments, strict=False))):
        is_same = before and (before.score, before.verdict) == (moment.score, moment.verdict)
        if moment.score is None or is_same:
            continue
        x = across.at(moment.at.timestamp())
        has_room = x + LABEL_WIDTH <= free_until
        label = f"{moment.score:.1f}" if has_room else ""
        marks.append(ScoreMark(x, up.at(moment.score), moment.verdict, label))
        if has_room:
            free_until = x - LABEL_WIDTH if marks[-1].label_is_left else x
    return tuple(reversed(marks))
