"""The geometry of the panel chart: percent of the width, and rem."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.comparison.panel_chart import FIGURE_WIDTH, MARK_WIDTH, axis_for, panel_chart
from pages.comparison.reviewer_scorecard import ReviewCell, ScorecardRow
from reviews.models import Review, Reviewer

NAMES = ["Ada", "Bert", "Cleo", "Dora"]


def make_row(reviewer, *scores):
    """A row with each of `scores`; 50 and more are ship, None is not reviewed."""
    cells = [
        ReviewCell(
            place,
            name,
            None
            if score is None
            else Review(score=score, verdict="ship" if score >= 50 else "skip"),
        )
        for place, (name, score) in enumerate(zip(NAMES, scores, strict=False), start=1)
    ]
    return ScorecardRow(Reviewer(name=reviewer), tuple(cells))


def draw(*rows):
    return panel_chart(NAMES[: len(rows[0].cells)], rows)


def test_the_chart_shows_every_score_and_describes_them():
    chart = draw(make_row("Builder", 88, 0), make_row("Skeptic", None, 100))

    marks = [[(mark.place, mark.x, mark.verdict) for mark in line.marks] for line in chart.lines]
    assert marks == [[(1, 81.16, "ship"), (2, 9, "skip")], [(2, 91, "ship")]]
    assert chart.description == (
        "Builder: Ada 88 (ship), Bert 0 (skip). Skeptic: Ada not reviewed, Bert 100 (ship)."
    )


@pytest.mark.parametrize(
    ("scores", "low", "high", "ticks"),
    [
        ([72, 88], 70, 90, [70, 75, 80, 85, 90]),
        ([81], 70, 95, [70, 75, 80, 85, 90, 95]),
        ([100], 80, 100, [80, 85, 90, 95, 100]),
        ([56, 88], 55, 90, [60, 70, 80, 90]),
        ([0, 100], 0, 100, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_the_axis_is_cut_to_the_scores(scores, low, high, ticks):
    axis = axis_for(scores)

    assert (axis.low, axis.high) == (low, high)
    assert [score for score, _ in axis.ticks] == ticks


def test_a_bar_joins_the_marks_of_a_reviewer():
    (line,) = draw(make_row("Builder", 88, 72)).lines

    (bar,) = line.bars
    assert bar[:2] == (17.2, 82.8)
    assert [mark.is_figure_left for mark in line.marks] == [False, True]


def test_marks_of_equal_scores_do_not_cover_each_other():
    (line,) = draw(make_row("Builder", 80, 80)).lines

    assert line.marks[1].y - line.marks[0].y == 1.5


@given(st.lists(st.integers(0, 100), min_size=2, max_size=4))
def test_no_mark_covers_another_or_its_figure(scores):
    (line,) = draw(make_row("Builder", *scores)).lines

    marks = sorted(line.marks, key=lambda mark: (mark.y, mark.x))
    for left, right in pairwise(marks):
        if left.y == right.y:
            assert right.x - left.x >= (MARK_WIDTH if left.is_figure_left else FIGURE_WIDTH)


def test_there_is_no_chart_without_reviews():
    assert panel_chart(NAMES, []) is None
