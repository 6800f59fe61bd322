from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.read_limits import limit_expensive_read
from pages.comparison.tool_picker import SHORTEST_QUERY, find_matches, read_slugs, read_text
from pages.search.suggestions import suggest_comparisons, suggest_pages
from tools.comparison_urls import MOST
from web.replica import reads_replica

# Seconds. So typing the same again, or deleting a letter, costs nothing.
MAX_AGE = 10


@reads_replica
@require_safe
@cache_control(public=True, max_age=MAX_AGE)
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest what the text that is being typed may become; with `tools`, comparisons of them and one more tool.

    The latter search texts too, and are limited. The former cost one short statement for each letter, and are not.
    """
    text = read_text(request.GET.get("q") or request.GET.get("add") or "")
    chosen = read_slugs(request.GET.getlist("tools"))[: MOST - 1]
    if chosen:
        if len(text) >= SHORTEST_QUERY:
            limit_expensive_read(request)
        suggestions, id_prefix = suggest_comparisons(find_matches(text, chosen)), "suggestions"
    else:
        suggestions, id_prefix = suggest_pages(text), "site-suggestions"
    context = {"suggestions": suggestions, "id": id_prefix, "is_swapped": len(chosen) > 1}
    return render(request, "components/suggestions.html", context)
