from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pages.redirects import redirect_or_404
from pages.reviewers.calibration import panel_calibration
from pages.reviewers.reviewer_page import build_reviewer_page
from pages.structured_data import breadcrumbs, json_ld
from reviews.calibration.queries import with_leniency
from reviews.queries import public_reviewers, with_review_counts
from votes.page_validators import FIGURES_PAGE
from web.context import canonical_url
from web.public_page import public_page


@public_page(FIGURES_PAGE)
def reviewer_list(request: HttpRequest) -> HttpResponse:
    reviewers = with_leniency(with_review_counts(public_reviewers())).order_by(
        "-is_active", "position", "name"
    )
    context = {
        "reviewers": list(reviewers),
        "calibration": panel_calibration(),
        "section": "reviewers",
    }
    return render(request, "pages/reviewer_list.html", context)


@public_page(FIGURES_PAGE, params=["page"])
def reviewer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    reviewer = with_leniency(with_review_counts(public_reviewers().filter(slug=slug))).first()
    if reviewer is None:
        return redirect_or_404(request, public_reviewers(), slug)
    screen = build_reviewer_page(reviewer, request.GET.get("page"))
    context = {
        "screen": screen,
        "structured_data": json_ld(
            breadcrumbs(
                ("Reviewers", reverse("reviewer_list")),
                (reviewer.name, reviewer.get_absolute_url()),
            )
        ),
        "canonical_url": canonical_url(request, screen.reviews.page.number),
        "section": "reviewers",
    }
    return render(request, "pages/reviewer_detail.html", context)
