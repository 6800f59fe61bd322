from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import reader_id
from bookmarks.button import BookmarkButton
from bookmarks.queries import bookmark_counts, with_bookmarks
from reviews.queries import with_panel
from tools.models import Tool
from votes.box import personal_boxes
from votes.queries import offered_reasons, votes_of, with_tally
from web.form_token import make_form_token

MOST_TOOLS = 60


@never_cache
@require_safe
def me(request):
    """What is one reader's own of the tools on a page, for HTMX to put in place. Never cached.

    `?tools=a,b,c`: slugs. Unknown and hidden ones are left out; more than 60 are refused.
    """
    slugs = [slug for slug in request.GET.get("tools", "").split(",") if slug]
    if len(slugs) > MOST_TOOLS:
        return HttpResponseBadRequest(f"At most {MOST_TOOLS} tools.", content_type="text/plain")
    known_id = reader_id(request)
    shown = with_tally(with_panel(Tool.objects.published())).filter(slug__in=slugs)
    tools = list(with_bookmarks(shown, known_id)) if slugs else []
    votes = votes_of(known_id, tools) if tools else {}
    reasons = offered_reasons() if votes else None
    token = make_form_token(known_id)
    context = {
        "boxes": personal_boxes(tools, token, votes, reasons),
        "buttons": [BookmarkButton(tool, tool.is_bookmarked, token) for tool in tools],
        "counts": bookmark_counts(known_id, tools),
        "token": token,
    }
    return render(request, "pages/me.html", context)
