from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts.read_limits import limit_expensive_read
from comparisons.compared_tools import compared_tools
from pages.close_calls import build_close_calls
from pages.comparison.comparison import Comparison, build_comparison, build_past_comparison
from pages.comparison.not_found import unknown_tools, withdrawn_tools
from pages.comparison.tool_picker import (
    SHORTEST_QUERY,
    build_picker,
    read_slugs,
    read_text,
)
from pages.comparison.weights import PARAM
from pages.dated import Dated, citation, no_page
from pages.redirects import redirect_to
from tools.comparison_urls import FEWEST, MOST, comparison_or_picker_url, comparison_url, slugs_in
from tools.models import Tool
from tools.past_day import ON, InvalidDayError, NothingThenError, read_day
from votes.page_validators import COMPARISON_PAGE, FIGURES_PAGE
from votes.past import read_past
from web.markdown_page import keep_form, render_page
from web.public_page import public_page

NO_WEIGHTS = "Your own weights apply to the comparison of today only."


@public_page(COMPARISON_PAGE, params=("diff",), uncached_params=(PARAM, ON), has_markdown=True)
def comparison(request: HttpRequest, pair: str) -> HttpResponse:
    """Show a comparison at its canonical URL; redirect there from any other spelling."""
    slugs = slugs_in(pair)
    if len(slugs) > MOST:
        context = {"most": MOST, "section": "compare"}
        return render_page(request, "pages/comparison_too_many", context, status=404)
    found = compared_tools(slugs)
    known = {slug: tool for slug, tool in found.items() if tool.is_published}
    if len(known) < len(slugs) or not slugs:
        limit_expensive_read(request)
        if gone := withdrawn_tools(slugs, found):
            context = {"gone": gone, "section": "compare"}
            return render_page(request, "pages/comparison_gone", context, status=410)
        context = {"missing": unknown_tools(slugs, known), "section": "compare"}
        return render_page(request, "pages/comparison_missing", context, status=404)
    tools = sorted(set(known.values()), key=lambda tool: tool.slug)
    if len(tools) < FEWEST:
        return HttpResponseRedirect(comparison_or_picker_url([tool.slug for tool in tools]))
    canonical = comparison_url(*[tool.slug for tool in tools])
    if request.path != keep_form(request, canonical):
        return redirect_to(request, canonical)
    if ON in request.GET:
        return _comparison_on_day(request, tools)
    return _comparison_page(request, tools)


@public_page(FIGURES_PAGE, params=("tools", "q", "add", "go"))
def compare(request: HttpRequest) -> HttpResponse:
    """Show the picker, or redirect to the comparison once enough tools are chosen.

    `add` names a tool to add to `tools`; a single match is added without asking.
    """
    add = read_text(request.GET.get("add", ""))
    text = add or read_text(request.GET.get("q", ""))
    if len(text) >= SHORTEST_QUERY:
        limit_expensive_read(request)
    picker = build_picker(read_slugs(request.GET.getlist("tools")), text)
    if add and not picker.is_full and (match := picker.matches.only_choice):
        return HttpResponseRedirect(match.url)
    is_done = not picker.too_many and ("go" in request.GET or not text)
    if is_done and picker.comparison_url:
        return HttpResponseRedirect(picker.comparison_url)
    context = {
        "picker": picker,
        "most": MOST,
        "close_calls": build_close_calls(),
        "section": "compare",
    }
    return render(request, "pages/compare.html", context)


def _comparison_page(request: HttpRequest, tools: list[Tool]) -> HttpResponse:
    if PARAM in request.GET:
        limit_expensive_read(request)
    comparison = build_comparison(tools, request.GET.getlist(PARAM))
    if PARAM in request.GET and (
        normal := _normal_url(request, comparison, _only_differences(request))
    ):
        return HttpResponseRedirect(keep_form(request, normal))
    context = _shown(request, comparison) | {
        "structured_data": comparison.structured_data,
        "is_weighted": PARAM in request.GET,
        "cite": citation(comparison.heading, comparison.url),
    }
    return render_page(request, "pages/comparison", context)


def _comparison_on_day(request: HttpRequest, tools: Sequence[Tool]) -> HttpResponse:
    """Show the comparison of `tools` at the end of the day that the query names."""
    limit_expensive_read(request)
    today_url = comparison_url(*[tool.slug for tool in tools])
    try:
        if PARAM in request.GET:
            raise InvalidDayError(NO_WEIGHTS)
        past = read_past(tools, read_day(request.GET.getlist(ON)))
    except (InvalidDayError, NothingThenError) as error:
        return no_page(request, error, today_url)
    comparison = build_past_comparison(past)
    context = _shown(request, comparison) | {
        "dated": Dated(past.day, today_url),
        "data_date": past.day.day,
        "cite": citation(comparison.heading, today_url, past.day),
    }
    return render_page(request, "pages/dated/comparison", context)


def _only_differences(request: HttpRequest) -> bool:
    return request.GET.get("diff") == "1"


def _shown(request: HttpRequest, comparison: Comparison) -> dict[str, object]:
    """Return the comparison with all rows of its table, or those that differ."""
    table, announcement = comparison.table, comparison.announcement
    if _only_differences(request):
        table = table.only_differences()
        announcement = (
            f"Showing only differences: {table.row_count} of {comparison.table.row_count} rows."
        )
    return {
        "comparison": comparison,
        "announcement": announcement,
        "table": table,
        "only_differences": _only_differences(request),
        "section": "compare",
    }


def _normal_url(request: HttpRequest, comparison: Comparison, only_differences: bool) -> str | None:
    """Return the URL with the reader's weights in their normal form, if this is not it.

    None also where a part was not understood: the page has to say so.
    """
    chosen = comparison.my_weights.chosen
    if chosen.ignored or request.GET.getlist(PARAM) == [chosen.parameter]:
        return None
    return comparison.url_with(weights=chosen.parameter, diff=only_differences)
