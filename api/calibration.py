"""How the reviewers compare with each other, as a job computed it."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from api.data import Data, number
from api.endpoints import endpoint
from reviews.calibration import models
from reviews.calibration.figures import CALIBRATION
from reviews.calibration.queries import agreements
from votes.page_validators import FIGURES_PAGE


class Leniency(Data):
    """How far a reviewer's scores are above the panel scores, over tools with three or more reviews."""

    reviewer: str
    """The slug of the reviewer."""
    tools: int
    residual: float
    """The mean of score minus panel score."""
    points: float
    """The same, shrunk towards 0 by `leniency_prior_tools`."""


class Agreement(Data):
    """On the tools that both reviewed."""

    first: str
    """The slug of a reviewer."""
    second: str
    tools: int
    same_verdict: int
    """On how many of them their verdicts are the same."""
    verdict_alpha: float | None
    """Krippendorff's alpha, two decimals; null where all values are the same."""
    score_alpha: float | None


class Calibration(Data):
    computed_at: datetime | None
    """When a job computed it."""
    leniency_prior_tools: int
    leniency: list[Leniency]
    agreement: list[Agreement]


@endpoint("calibration/", name="api_calibration", answer=Calibration, validator=FIGURES_PAGE)
def calibration(request: HttpRequest) -> Calibration:
    """The leniency of each reviewer, and the agreement of each pair. /method/ explains them."""
    return Calibration(
        computed_at=CALIBRATION.computed_at(),
        leniency_prior_tools=settings.LENIENCY_PRIOR_TOOLS,
        leniency=[
            Leniency.of(
                reviewer=row.reviewer.slug,
                tools=row.tools,
                residual=number(row.residual),
                points=number(row.points),
            )
            for row in models.Leniency.objects.select_related("reviewer").order_by("reviewer")
        ],
        agreement=[
            Agreement(
                first=pair.first.slug,
                second=pair.second.slug,
                tools=pair.tools,
                same_verdict=pair.same_verdict,
                verdict_alpha=number(pair.verdict_alpha),
                score_alpha=number(pair.score_alpha),
            )
            for pair in agreements().order_by("first", "second")
        ],
    )
