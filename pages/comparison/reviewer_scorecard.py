"""What each reviewer says about the tools compared, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.models import Review, Reviewer


@dataclass(frozen=True)
class ReviewCell:
    # The tool's place in the comparison, from 1, and its short name.
    place: int
    name: str
    # None if the reviewer has not reviewed the tool.
    review: Review | None

    @property
    def score(self) -> int | None:
        return self.review.score if self.review else None


@dataclass(frozen=True)
class ScorecardRow:
    reviewer: Reviewer
    cells: tuple[ReviewCell, ...]
    # For two tools: "+6 for Ada", "Same score", or why there is none.
    difference: str = ""

    @property
    def scores(self) -> list[int | None]:
        return [cell.score for cell in self.cells]


def scorecard_rows(
    names: Sequence[str], scorecards: Sequence[Sequence[Review]]
) -> tuple[ScorecardRow, ...]:
    """Return a row for each reviewer of any of the tools, in panel order.

    `names` and `scorecards` (current reviews, with reviewer) list the tools in the same order.
    """
    of_tools = [{review.reviewer_id: review for review in card} for card in scorecards]
    reviewers = {review.reviewer for card in scorecards for review in card}
    in_panel_order = sorted(reviewers, key=lambda reviewer: (reviewer.position, reviewer.name))
    return tuple(
        _row(names, reviewer, [card.get(reviewer.pk) for card in of_tools])
        for reviewer in in_panel_order
    )


def _row(
    names: Sequence[str], reviewer: Reviewer, reviews: Sequence[Review | None]
) -> ScorecardRow:
    cells = tuple(
        ReviewCell(place, name, review)
        for place, (name, review) in enumerate(zip(names, reviews, strict=True), start=1)
    )
    return ScorecardRow(reviewer, cells, difference_text(cells) if len(cells) == 2 else "")


def difference_text(cells: Sequence[ReviewCell]) -> str:
    first, second = cells
    if first.score is None or second.score is None:
        return "Scored only one, so not counted head to head"
    points = first.score - second.score
    if not points:
        return "Same score"
    return f"+{abs(points)} for {(first if points > 0 else second).name}"
