from django.http import Http404
from django.shortcuts import render

from pages.redirects import moved
from pages.reviewers.reviewer_page import build_reviewer_page
from pages.site_version import site_version
from reviews.models import OldReviewerSlug, Reviewer
from reviews.queries import with_record
from web.public_page import public_page


@public_page(site_version)
def reviewer_list(request):
    reviewers = with_record(Reviewer.objects.all()).order_by("-is_active", "position", "name")
    context = {"reviewers": list(reviewers), "section": "reviewers"}
    return render(request, "pages/reviewer_list.html", context)


@public_page(site_version, params=["page"])
def reviewer_detail(request, slug):
    reviewer = with_record(Reviewer.objects.filter(slug=slug)).first()
    if reviewer is None:
        return _redirect_or_404(request, slug)
    screen = build_reviewer_page(reviewer, request.GET.get("page"))
    return render(request, "pages/reviewer_detail.html", {"screen": screen, "section": "reviewers"})


def _redirect_or_404(request, slug):
    old = OldReviewerSlug.objects.filter(slug=slug).select_related("reviewer").first()
    if old is None:
        raise Http404("No such reviewer.")
    return moved(request, old.reviewer)
