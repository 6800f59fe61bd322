"""What the previews of staff share: who may open them, and that nobody keeps them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib import admin
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.staff import staff_of
from pages.context import sample_is_public
from reviews.blind_review import reviewer_of, writes_own_reviews_only
from reviews.preview import ToolIsBusyError
from reviews.queries import with_panel
from tools.models import Tool
from votes.queries import with_tally

type PreviewView = Callable[[HttpRequest, Tool], HttpResponse]


def preview_page(view: PreviewView) -> Callable[Concatenate[HttpRequest, ...], HttpResponseBase]:
    """Declare a view of a tool, by its id, for staff who may see tools. It is not cached and not indexed."""

    @never_cache
    @require_safe
    @login_required(login_url="admin:login")
    @permission_required("tools.view_tool", raise_exception=True)
    @wraps(view)
    def answer(request: HttpRequest, pk: int) -> HttpResponse:
        if not admin.site.has_permission(request):
            raise Http404("Only staff may know which drafts exist.")
        tool = get_object_or_404(Tool, pk=pk)
        try:
            response = view(request, tool)
        except ToolIsBusyError:
            response = render(request, "pages/preview/busy.html", {"tool": tool}, status=503)
            response["Retry-After"] = "1"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def previewed_tool(tool: Tool) -> Tool:
    """Return a tool with all that stands beside it in other tables, public or not."""
    return with_tally(with_panel(Tool.objects.select_related("successor"))).get(pk=tool.pk)


def preview_context(request: HttpRequest, tool: Tool) -> dict[str, Any]:
    """Return what the templates of all previews print."""
    return {
        "tool": tool,
        "is_preview": True,
        "editing_url": _editing_url(request, tool),
        "holds_sample": sample_is_public(),
    }


def _editing_url(request: HttpRequest, tool: Tool) -> str:
    user = staff_of(request)
    if writes_own_reviews_only(user) and reviewer_of(user):
        return reverse("admin:reviews_review_write", args=[tool.pk])
    return reverse("admin:tools_tool_change", args=[tool.pk])
