"""The preview of a comparison for staff: a tool after publication with its drafts, beside published tools."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from comparisons.compared_tools import compared_tools
from pages.comparison.comparison import build_comparison
from pages.comparison.tool_picker import Matches, find_matches, read_slugs, read_text
from pages.preview import preview_context, preview_page, previewed_tool
from reviews.blind_review import sees_others_of
from reviews.preview import published_for_preview
from tools.comparison_urls import MOST
from tools.models import Tool

MOST_OTHERS = MOST - 1


@preview_page
def comparison_preview(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Compare a tool, as it is after publication, with the published `tools`. `add` is the name of one more.

    Blind entry must not hide the panel of any of them.
    """
    others = _published_tools(request, tool)
    if not all(sees_others_of(request.user, each) for each in [tool, *others]):
        raise PermissionDenied("Enter your own reviews of these tools first.")
    slugs = [other.slug for other in others]
    matches = find_matches(read_text(request.GET.get("add", "")), [tool.slug, *slugs])
    if len(slugs) < MOST_OTHERS and (match := matches.only_choice):
        return HttpResponseRedirect(_url(tool, [*slugs, match.slug]))
    context = {
        **preview_context(request, tool),
        "others": ",".join(slugs),
        "can_add": len(slugs) < MOST_OTHERS,
        "section": "compare",
    }
    if matches.text or not others:
        return _choose(request, tool, matches, context)
    with published_for_preview(tool) as preview:
        compared = sorted([previewed_tool(tool), *others], key=lambda each: each.slug)
        comparison = build_comparison(compared)
    context |= {"preview": preview, "comparison": comparison, "table": comparison.table}
    return render(request, "pages/comparison_preview.html", context)


def _published_tools(request: HttpRequest, tool: Tool) -> list[Tool]:
    found = compared_tools(read_slugs(request.GET.getlist("tools")))
    others = {other.pk: other for other in found.values() if other.is_published}
    others.pop(tool.pk, None)
    return list(others.values())[:MOST_OTHERS]


def _choose(
    request: HttpRequest, tool: Tool, matches: Matches, context: dict[str, object]
) -> HttpResponse:
    """Ask which of the tools found is meant."""
    slugs = [slug for slug in matches.chosen if slug != tool.slug]
    found = [(match, _url(tool, [*slugs, match.slug])) for match in matches.found]
    context |= {"matches": matches, "found": found if context["can_add"] else []}
    return render(request, "pages/preview/choose.html", context)


def _url(tool: Tool, slugs: Sequence[str]) -> str:
    query = {"tools": ",".join(slugs)}
    return reverse("comparison_preview", args=[tool.pk], query=query)
