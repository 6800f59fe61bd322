"""Panel scores by entry: a lane per entry, a dot per tool, dots that would overlap stacked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pages.charts.scale import Scale, Tick, score_scale
from tools.models import Tool

WIDTH = 420
LEFT, RIGHT, TOP = 92, 404, 6
DOT, GAP, LANE_PADDING = 11, 1, 24
LONGEST_NAME = 24


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    # The code of the panel verdict decides the shape.
    verdict: str
    title: str


@dataclass(frozen=True)
class Lane:
    """One entry. `best` names the highest rated tool of it, above its dot."""

    label: str
    # The middle of the lowest row of dots.
    y: float
    dots: tuple[Dot, ...]
    best: str
    best_x: float
    best_y: float
    best_anchor: str


@dataclass(frozen=True)
class EntryChart:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    axis_y: float
    # The same figures for a table: highest score first.
    tools: tuple[Tool, ...]
    width: int = WIDTH
    left: int = LEFT
    right: int = RIGHT

    @property
    def height(self) -> float:
        return self.axis_y + 22


def entry_chart(tools: Iterable[Tool]) -> EntryChart | None:
    """Draw the scored ones of `tools` (with panel); None where there are fewer than two to compare."""
    scored = [tool for tool in tools if tool.panel.score is not None]
    if len(scored) < 2:
        return None
    scale = score_scale([float(tool.panel.score or 0) for tool in scored], LEFT, RIGHT)
    lanes, y = [], float(TOP)
    for entry in Tool.Entry:
        of_entry = [tool for tool in scored if tool.entry == entry]
        if of_entry:
            lane = _lane(str(entry.label), of_entry, scale, y)
            lanes.append(lane)
            y = lane.y + DOT / 2 + LANE_PADDING / 4
    return EntryChart(tuple(lanes), scale.ticks(10), round(y + 2, 1), tuple(scored))


def _lane(label: str, tools: Sequence[Tool], scale: Scale, top: float) -> Lane:
    """The lane is as high as its highest stack; the best tool's name is above its stack."""
    places = [scale.at(float(tool.panel.score or 0)) for tool in tools]
    levels = stacked(places)
    y = round(top + LANE_PADDING + (DOT + GAP) * (max(levels) + 0.5), 1)
    dots = tuple(
        Dot(x, y - level * (DOT + GAP), tool.panel.verdict, _title(tool))
        for x, level, tool in zip(places, levels, tools, strict=True)
    )
    best = max(range(len(tools)), key=lambda place: places[place])
    name = tools[best].name
    if len(name) > LONGEST_NAME:
        name = name[: LONGEST_NAME - 1].rstrip() + "…"
    x = places[best]
    anchor = "end" if x > (LEFT + RIGHT) / 2 else "start"
    best_x = x + DOT / 2 if anchor == "end" else x - DOT / 2
    return Lane(label, y, dots, name, best_x, top + LANE_PADDING - 8, anchor)


def stacked(places: Sequence[float]) -> list[int]:
    """Return a level for each place, from 0, so that no two dots of a level overlap."""
    taken: list[list[float]] = []
    levels = []
    for x in places:
        level = next(
            (
                level
                for level, others in enumerate(taken)
                if all(abs(x - other) >= DOT + GAP for other in others)
            ),
            len(taken),
        )
        if level == len(taken):
            taken.append([])
        taken[level].append(x)
        levels.append(level)
    return levels


def _title(tool: Tool) -> str:
    return f"{tool.name}: {tool.panel.score}, {tool.panel.get_verdict_display()}"
