"""What the pages on reviewers show of the stored calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pages.reviewers.agreement_matrix import AgreementMatrix, agreement_matrix
from reviews.calibration.figures import CALIBRATION
from reviews.calibration.models import Agreement
from reviews.calibration.queries import agreements
from reviews.models import RANKED_FROM, Reviewer


@dataclass(frozen=True)
class OtherReviewer:
    """How far one other reviewer agrees with the reviewer of the page."""

    reviewer: Reviewer
    agreement: Agreement


@dataclass(frozen=True)
class Calibration:
    """`computed_at` is None until the job has run once."""

    computed_at: datetime | None
    pairs: Sequence[Agreement]
    min_reviews: int
    matrix: AgreementMatrix | None = None
    others: Sequence[OtherReviewer] = ()


def panel_calibration() -> Calibration:
    """Return the calibration of the whole panel, in two queries."""
    pairs = sorted(agreements(), key=lambda pair: (_place(pair.first), _place(pair.second)))
    return _calibration(pairs, matrix=agreement_matrix(pairs))


def reviewer_calibration(reviewer: Reviewer) -> Calibration:
    """Return what concerns one reviewer, in two queries."""
    pairs = list(agreements(reviewer))
    others = [
        OtherReviewer(pair.second if pair.first_id == reviewer.pk else pair.first, pair)
        for pair in pairs
    ]
    return _calibration(pairs, others=sorted(others, key=lambda other: _place(other.reviewer)))


def _calibration(
    pairs: Sequence[Agreement],
    *,
    matrix: AgreementMatrix | None = None,
    others: Sequence[OtherReviewer] = (),
) -> Calibration:
    return Calibration(
        computed_at=CALIBRATION.computed_at(),
        pairs=pairs,
        min_reviews=RANKED_FROM,
        matrix=matrix,
        others=others,
    )


def _place(reviewer: Reviewer) -> tuple[int, str]:
    return reviewer.position, reviewer.name
