"""Where the admin shows what is typed as readers will see it."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from reviews.blind_review import sees_others_of
from reviews.models import Review
from tools.models import Tool


def preview_url(user: User, tool: Tool) -> str:
    """Return the address of the preview of a tool; of the own review alone while blind entry hides the others."""
    view = "tool_preview" if sees_others_of(user, tool) else "own_review_preview"
    return reverse(view, args=[tool.pk])


@require_POST
def text_preview(request: HttpRequest) -> HttpResponse:
    """Render the Markdown of the field that `_preview` names, as it is typed. Nothing is saved."""
    if not request.user.has_perm("reviews.view_review"):
        raise PermissionDenied
    text = request.POST.get(request.POST.get("_preview", ""), "")
    longest = Review._meta.get_field("body").max_length or 0
    is_too_long = len(text) > longest
    context = {
        "text": "" if is_too_long else text,
        "is_too_long": is_too_long,
        "longest": f"{longest:,}",
    }
    return render(request, "admin/reviews/review/text_preview.html", context)
