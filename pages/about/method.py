from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

import reviews.models
from comparisons.bottom_line_rules import Thresholds, rules_data
from reviews.calibration.models import ALPHA_MIN_TOOLS
from votes.models import RANKED_FROM
from votes.page_validators import SHARED_PAGE
from web.public_page import public_page


@public_page(SHARED_PAGE)
def method(request: HttpRequest) -> HttpResponse:
    context = {
        "section": "method",
        "thresholds": Thresholds.from_settings(),
        "ranked_from": RANKED_FROM,
        "ranked_reviews": reviews.models.RANKED_FROM,
        "leniency_prior_tools": settings.LENIENCY_PRIOR_TOOLS,
        "alpha_min_tools": ALPHA_MIN_TOOLS,
        "ledger_score_points": settings.LEDGER_SCORE_POINTS,
        "review_due_days": settings.REVIEW_DUE_DAYS,
        "blind_entry": settings.BLIND_ENTRY,
    }
    return render(request, "pages/method.html", context)


@public_page(SHARED_PAGE)
def rules(request: HttpRequest) -> HttpResponse:
    """Serve the thresholds and rules of the bottom line as JSON."""
    return JsonResponse(rules_data(), json_dumps_params={"ensure_ascii": False, "indent": 2})
