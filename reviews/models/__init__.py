from reviews.calibration.models import Agreement, CorrectedRank, Leniency
from reviews.figure_set import FigureSet
from reviews.models.panel_verdict import RANKED_FROM, CloseCall, PanelVerdict
from reviews.models.review import Reaffirmation, Review, ReviewQuerySet, Verdict
from reviews.models.reviewer import OldReviewerSlug, Reviewer

__all__ = [
    "RANKED_FROM",
    "Agreement",
    "CloseCall",
    "CorrectedRank",
    "FigureSet",
    "Leniency",
    "OldReviewerSlug",
    "PanelVerdict",
    "Reaffirmation",
    "Review",
    "ReviewQuerySet",
    "Reviewer",
    "Verdict",
]
