from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.site_version import site_version
from votes.models import RANKED_FROM
from web.public_page import public_page


@public_page(site_version)
def method(request: HttpRequest) -> HttpResponse:
    context = {
        "section": "method",
        "min_reviewers": settings.BOTTOM_LINE_MIN_REVIEWERS,
        "lead_points": settings.BOTTOM_LINE_LEAD_POINTS,
        "lead_share": settings.BOTTOM_LINE_LEAD_SHARE,
        "split_points": settings.BOTTOM_LINE_SPLIT_POINTS,
        "ranked_from": RANKED_FROM,
        "ledger_score_points": settings.LEDGER_SCORE_POINTS,
        "review_due_days": settings.REVIEW_DUE_DAYS,
    }
    return render(request, "pages/method.html", context)
