from reviews.calibration.models import Agreement, Leniency
from reviews.figure_set import FigureSet
from reviews.listing.models import FactCount, Listing, ListingCount, ReviewCount
from reviews.models.panel_verdict import RANKED_FROM, CloseCall, PanelVerdict
from reviews.models.reaffirmation import Reaffirmation
from reviews.models.review import Review, ReviewQuerySet, Verdict
from reviews.models.review_correction import ReviewCorrection
from reviews.models.reviewer import OldReviewerSlug, Reviewer, ReviewerQuerySet

__all__ = [
    "RANKED_FROM",
    "Agreement",
    "CloseCall",
    "FactCount",
    "FigureSet",
    "Leniency",
    "Listing",
    "ListingCount",
    "OldReviewerSlug",
    "PanelVerdict",
    "Reaffirmation",
    "Review",
    "ReviewCorrection",
    "ReviewCount",
    "ReviewQuerySet",
    "Reviewer",
    "ReviewerQuerySet",
    "Verdict",
]
