"""Previews for staff: a tool as readers will see it after publication, and one's own review."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from pages.preview import preview_context, preview_page, previewed_tool
from pages.tool.tool_page import PanelReview, build_tool_page
from reviews.actions import number_revision
from reviews.blind_review import reviewer_of, sees_others_of
from reviews.models import Review, Reviewer
from reviews.preview import published_for_preview
from tools.models import Tool


@preview_page
def tool_preview(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Show a tool as it is after publication with its drafts, unless blind entry hides its panel."""
    if not sees_others_of(request.user, tool):
        raise PermissionDenied("Enter your own review of this tool first.")
    context = preview_context(request, tool) | {"section": "tools"}
    with published_for_preview(tool) as preview:
        context |= {"screen": build_tool_page(previewed_tool(tool)), "preview": preview}
    return render(request, "pages/tool_detail.html", context)


@preview_page
def own_review_preview(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Show the own review of a tool, draft or published, as the page of the tool will show it."""
    reviewer = reviewer_of(request.user)
    if reviewer is None:
        raise PermissionDenied("Your account is not tied to a reviewer.")
    context = preview_context(request, tool) | _own_review(tool, reviewer) | {"section": "tools"}
    return render(request, "pages/own_review_preview.html", context)


def _own_review(tool: Tool, reviewer: Reviewer) -> dict[str, object]:
    """Return the draft, or else the newest published review, and what a draft lacks."""
    reviews = Review.objects.filter(tool=tool, reviewer=reviewer)
    review = reviews.drafts().first() or reviews.current().first()
    if review is None:
        return {}
    if review.published_at:
        return {"panel_review": PanelReview(reviewer, review, reaffirmed_on=None)}
    number_revision(review)
    review.reviewed_on = review.reviewed_on or timezone.localdate()
    panel_review = PanelReview(reviewer, review, reaffirmed_on=None)
    return {"panel_review": panel_review, "missing": review.missing_for_publishing()}
