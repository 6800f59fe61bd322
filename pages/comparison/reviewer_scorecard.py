"""What each reviewer says of the tools compared, side by side."""

from dataclasses import dataclass

from reviews.models import Review, Reviewer


@dataclass(frozen=True)
class ReviewCell:
    # The tool's place in the comparison, from 1, and its short name.
    place: int
    name: str
    # None where the reviewer has not reviewed it.
    review: Review | None

    @property
    def score(self):
        return self.review and self.review.score


@dataclass(frozen=True)
class ScorecardRow:
    reviewer: Reviewer
    cells: tuple[ReviewCell, ...]
    # For two tools: "+6 for Ada", "Equal", or why there is none.
    difference: str = ""

    @property
    def scores(self):
        return [cell.score for cell in self.cells]


def scorecard_rows(names, scorecards):
    """A row for each reviewer of any of the tools, in panel order.

    `names` and `scorecards` (lists of current Review, with reviewer) go by the tools' places.
    """
    of_tools = [{review.reviewer_id: review for review in card} for card in scorecards]
    reviewers = {review.reviewer for card in scorecards for review in card}
    in_panel_order = sorted(reviewers, key=lambda reviewer: (reviewer.position, reviewer.name))
    return tuple(
        _row(names, reviewer, [card.get(reviewer.pk) for card in of_tools])
        for reviewer in in_panel_order
    )


def _row(names, reviewer, reviews):
    cells = tuple(
        ReviewCell(place, name, review)
        for place, (name, review) in enumerate(zip(names, reviews, strict=True), start=1)
    )
    return ScorecardRow(reviewer, cells, difference_words(cells) if len(cells) == 2 else "")


def difference_words(cells):
    first, second = cells
    if None in (first.score, second.score):
        return "Scored one only, so not in the paired result"
    points = first.score - second.score
    return f"+{abs(points)} for {(first if points > 0 else second).name}" if points else "Equal"


def paired_figures(names, result):
    """The paired result of two tools as (label, figure) pairs; empty when nobody scored both."""
    if not result.both:
        return ()
    points = result.mean_difference
    ahead = f"{abs(points)} for {names[points < 0]}" if points else "0.0"
    return (
        ("Mean difference", ahead),
        (f"Prefer {names[0]}", f"{result.prefer_first} of {result.both}"),
        (f"Prefer {names[1]}", f"{result.prefer_second} of {result.both}"),
        ("Scored both", f"{result.both} of {result.either}"),
    )
