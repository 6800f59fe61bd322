from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import COOKIE, reader_id, stores_visit
from bookmarks.button import BookmarkButton
from bookmarks.queries import bookmark_counts, with_bookmarks
from reviews.queries import with_panel
from tools.models import Tool
from votes.box import VoteBox
from votes.queries import offered_reasons, votes_of, with_tally
from web.personal_fragment import empty_without
from web.replica import reads_replica

MOST_TOOLS = 60


@reads_replica
@empty_without(COOKIE)
@stores_visit
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What is one reader's own of the tools on a page, for HTMX to put in place.

    `?tools=a,b,c`: slugs. Unknown and hidden ones are left out; more than 60 are refused. 204 when there
    is nothing of the reader's, and for a visitor without a cookie without any query. With `again`, for a
    page that shows what was the reader's earlier, the buttons of all its tools.
    """
    known_id = reader_id(request)
    if known_id is None:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    slugs = [slug for slug in request.GET.get("tools", "").split(",") if slug]
    if len(slugs) > MOST_TOOLS:
        return HttpResponseBadRequest(f"At most {MOST_TOOLS} tools.", content_type="text/plain")
    shown = with_tally(with_panel(Tool.objects.published())).filter(slug__in=slugs)
    tools = list(with_bookmarks(shown, known_id)) if slugs else []
    votes = votes_of(known_id, tools) if tools else {}
    counts = bookmark_counts(known_id, tools)
    again = "again" in request.GET
    if not (again or votes or counts["kept"]):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    reasons = offered_reasons() if votes else None
    context = {
        "boxes": [VoteBox(tool, votes[tool.pk], reasons) for tool in tools if tool.pk in votes],
        "buttons": [
            BookmarkButton(tool, tool.is_bookmarked)
            for tool in tools
            if again or tool.is_bookmarked
        ],
        "counts": counts,
    }
    return render(request, "pages/me.html", context)
