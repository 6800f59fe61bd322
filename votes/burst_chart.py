"""The picture from which staff select a burst: how many votes a tool got in each day, hour, minute or second.

Days are read from stored counts. Shorter steps are counted from the votes of at most MOST_HOURS on one tool, which an
index alone answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import Trunc

from tools.models import Tool
from votes.models import Vote, VoteDay
from votes.time_window import TimeWindow

DAYS = 60
MOST_HOURS = 48
# {name: (length, the longest window with such steps)}
STEPS = {
    "second": (timedelta(seconds=1), timedelta(minutes=1)),
    "minute": (timedelta(minutes=1), timedelta(hours=1)),
    "hour": (timedelta(hours=1), timedelta(hours=MOST_HOURS)),
    "day": (timedelta(days=1), timedelta(days=DAYS)),
}
WIDTH, HEIGHT, GAP = 720, 120, 0.15


@dataclass(frozen=True)
class Column:
    """The votes of one step. `x`, `y`, `width` and `height` are those of its bar, in units of the viewBox."""

    window: TimeWindow
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class BurstChart:
    """`columns` are the steps that have votes, in order; `wider` is the window of the next longer step."""

    window: TimeWindow
    step: str
    columns: tuple[Column, ...]
    wider: TimeWindow | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def total(self) -> int:
        return sum(column.count for column in self.columns)

    @property
    def peak(self) -> Column:
        """The step with the most votes. Raises ValueError without columns."""
        return max(self.columns, key=lambda column: column.count)


def build_burst_chart(tool: Tool, window: TimeWindow) -> BurstChart:
    """Build the picture of the window; of one that is longer than DAYS, its end."""
    step = next((name for name, (_, most) in STEPS.items() if window.length <= most), "day")
    length, most = STEPS[step]
    shown = TimeWindow(max(window.start, window.end - most), window.end)
    counts = _days(tool, shown) if step == "day" else _counts(tool, shown, step)
    return BurstChart(shown, step, _columns(shown, length, counts), _wider(window, step))


def _counts(tool: Tool, window: TimeWindow, step: str) -> dict[datetime, int]:
    votes = window.select(Vote.objects.filter(tool=tool)).order_by()
    steps = votes.annotate(step=Trunc("changed_at", step, tzinfo=UTC)).values_list("step")
    return dict(steps.annotate(count=Count("*")))


def _days(tool: Tool, window: TimeWindow) -> dict[datetime, int]:
    days = VoteDay.objects.filter(
        tool=tool,
        day__gte=window.start.date(),
        day__lt=window.end.date(),
        event__in=[VoteDay.Event.CAST, VoteDay.Event.CHANGED],
    )
    rows = days.order_by().values_list("day").annotate(votes=Sum("count"))
    return {datetime.combine(day, time(), UTC): count for day, count in rows}


def _columns(
    window: TimeWindow, length: timedelta, counts: Mapping[datetime, int]
) -> tuple[Column, ...]:
    peak = max(counts.values(), default=0)
    width = WIDTH / -(-window.length // length)
    return tuple(
        _column(
            TimeWindow(start, start + length), count, (start - window.start) / length, width, peak
        )
        for start, count in sorted(counts.items())
    )


def _column(window: TimeWindow, count: int, place: float, width: float, peak: int) -> Column:
    # At least 2 units high: one vote is seen beside thousands.
    height = round(max(2, HEIGHT * count / peak), 1)
    return Column(
        window,
        count,
        x=round((max(place, 0) + GAP / 2) * width, 1),
        y=round(HEIGHT - height, 1),
        width=round(width * (1 - GAP), 1),
        height=height,
    )


def _wider(window: TimeWindow, step: str) -> TimeWindow | None:
    """Return the minute, hour or day around `window`; None where the days are shown."""
    start = window.start.replace(microsecond=0)
    if step == "second":
        start = start.replace(minute=0, second=0)
        return TimeWindow(start, start + timedelta(hours=1))
    start = start.replace(hour=0, minute=0, second=0)
    return TimeWindow(start, start + timedelta(days=1)) if step == "minute" else None
