from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.read_limits import limit_expensive_read
from pages.dated import citation
from pages.redirects import redirect_to
from pages.tool.alternatives import build_alternatives_page
from pages.tool.dated import tool_on_day
from pages.tool.history import build_history
from pages.tool.json_ld import alternatives_data, tool_data
from pages.tool.tool_page import build_tool_page
from pages.withdrawals import withdrawals_of
from reviews.listing.near_names import near_names
from tools.models import Tool
from tools.past_day import ON
from tools.slugs import find_by_any_slug
from votes.page_validators import TALLIES_PAGE, TOOL_PAGE
from votes.tools_on_record import tools_on_record
from web.markdown_page import render_page
from web.public_page import public_page


@public_page(TOOL_PAGE, uncached_params=(ON,), has_markdown=True)
def tool_detail(request: HttpRequest, slug: str) -> HttpResponse:
    tool = next(tools_on_record([slug]), None)
    if tool is None:
        return _redirect_or_404(request, slug)
    if tool.is_withdrawn:
        return _withdrawn(request, tool)
    if ON in request.GET:
        return tool_on_day(request, tool)
    screen = build_tool_page(tool)
    context = {
        "screen": screen,
        "structured_data": tool_data(screen),
        "cite": citation(screen.title, tool.get_absolute_url()),
        "section": "tools",
    }
    return render_page(request, "pages/tool_detail", context)


@public_page(TALLIES_PAGE)
def tool_alternatives(request: HttpRequest, slug: str) -> HttpResponse:
    tool = next(tools_on_record([slug]), None)
    if tool is None:
        return _redirect_or_404(request, slug, "tool_alternatives")
    if tool.is_withdrawn:
        return _withdrawn(request, tool)
    screen = build_alternatives_page(tool)
    context = {"screen": screen, "structured_data": alternatives_data(screen), "section": "tools"}
    return render(request, "pages/alternatives.html", context)


def _withdrawn(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Show when and why a tool was withdrawn, and its history."""
    (withdrawal,) = withdrawals_of([tool])
    context = {"withdrawal": withdrawal, "history": build_history(tool), "section": "tools"}
    return render_page(request, "pages/tool_withdrawn", context)


def _redirect_or_404(
    request: HttpRequest, slug: str, url_name: str = "tool_detail"
) -> HttpResponse:
    """Redirect to where the tool went, at `url_name`, or answer 404 with the tools that look like it."""
    if moved := find_by_any_slug(Tool.objects.on_record(), slug):
        return redirect_to(request, reverse(url_name, args=[moved.slug]))
    limit_expensive_read(request)
    context = {"asked": slug, "near": near_names(slug), "section": "tools"}
    response = render_page(request, "errors/no_such_tool", context, status=404)
    response["Cache-Control"] = "no-store"
    return response
