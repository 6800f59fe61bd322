"""Pictures for shared links, badges, the card for other sites, and the page with the snippets."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.read_limits import limit_expensive_read
from pages.redirects import redirect_or_404, redirect_to
from pages.share.badge import STYLES, badge_svg
from pages.share.pictures import comparison_picture, site_picture, tool_picture
from pages.share.snippets import snippets
from pages.share.standing import NOT_LISTED, standing_of
from tools.comparison_urls import DIVIDER, FEWEST, MOST, slugs_in
from tools.logo_image import SIZES as LOGO_SIZES
from tools.logo_image import LogoImage
from tools.models import Tool
from tools.slugs import find_by_any_slug
from votes.page_validators import COMPARISON_PAGE, SHARED_PAGE, TOOL_PAGE
from votes.tools_on_record import tools_on_record
from web.public_page import public_page
from web.response_headers import cross_origin_resource, embeddable_document


@public_page(SHARED_PAGE)
@cross_origin_resource
def site_share_picture(request: HttpRequest) -> HttpResponse:
    return _png(request, site_picture)


@public_page(TOOL_PAGE)
@cross_origin_resource
def tool_share_picture(request: HttpRequest, slug: str) -> HttpResponse:
    tool = _tool_on_record(slug)
    if tool is None:
        return redirect_or_404(request, Tool.objects.on_record(), slug, "tool_share_picture")
    return _png(request, lambda: tool_picture(tool, _logo(tool)))


@public_page(COMPARISON_PAGE)
@cross_origin_resource
def comparison_share_picture(request: HttpRequest, pair: str) -> HttpResponse:
    """Draw a comparison at its canonical URL. There is no picture at other spellings: no page names them."""
    slugs = slugs_in(pair)
    if not FEWEST <= len(slugs) <= MOST or pair != DIVIDER.join(slugs):
        raise Http404("Not the address of a comparison.")
    tools = [tool for tool in tools_on_record(slugs) if tool.is_published]
    if len(tools) < len(slugs):
        raise Http404("Not all of these tools are listed.")
    tools.sort(key=lambda tool: tool.slug)
    return _png(request, lambda: comparison_picture(tools))


@public_page(TOOL_PAGE)
@cross_origin_resource
def badge(request: HttpRequest, slug: str, style: str) -> HttpResponse:
    """Draw the badge of a tool; "Not listed", with 404, for a slug that no tool has or had."""
    if style not in STYLES:
        raise Http404("There is no badge in this style.")
    tool = _tool_on_record(slug)
    if tool:
        return _svg(badge_svg(style, standing_of(tool), tool.name))
    if moved := find_by_any_slug(Tool.objects.on_record(), slug):
        return redirect_to(request, reverse("badge", args=[moved.slug, style]))
    return _svg(badge_svg(style, NOT_LISTED, ""), status=404)


@public_page(TOOL_PAGE)
@embeddable_document
def tool_card(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a tool's verdict in the frame of another site."""
    tool = _tool_on_record(slug)
    if tool is None:
        return redirect_or_404(request, Tool.objects.on_record(), slug, "tool_card")
    return render(request, "share/card_page.html", {"tool": tool, "standing": standing_of(tool)})


@public_page(TOOL_PAGE)
def tool_share(request: HttpRequest, slug: str) -> HttpResponse:
    """Show badges and card with the snippets that embed them. A withdrawn tool has nothing to share."""
    tool = _tool_on_record(slug)
    if tool is None:
        return redirect_or_404(request, Tool.objects.on_record(), slug, "tool_share")
    if tool.is_withdrawn:
        raise Http404("The tool was withdrawn.")
    context = {
        "tool": tool,
        "standing": standing_of(tool),
        "snippets": snippets(tool),
        "section": "tools",
    }
    return render(request, "share/tool_share.html", context)


def _tool_on_record(slug: str) -> Tool | None:
    return next(tools_on_record([slug]), None)


def _logo(tool: Tool) -> LogoImage | None:
    if not tool.logo:
        return None
    return LogoImage.objects.filter(digest=tool.logo, size=max(LOGO_SIZES)).first()


def _png(request: HttpRequest, draw: Callable[[], bytes]) -> HttpResponse:
    """Answer with a picture. It takes 20 to 60 ms to draw, so a network may only have so many drawn."""
    limit_expensive_read(request)
    return HttpResponse(draw(), content_type="image/png")


def _svg(markup: str, status: int = 200) -> HttpResponse:
    return HttpResponse(markup, content_type="image/svg+xml", status=status)
