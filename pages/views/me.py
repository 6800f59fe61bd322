from django.http import HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import reader_id
from reviews.queries import with_panel
from tools.models import Tool
from votes.box import personal_boxes
from votes.queries import offered_reasons, votes_of, with_tally

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
    tools = list(with_tally(with_panel(Tool.objects.published())).filter(slug__in=slugs))
    known_id = reader_id(request)
    votes = votes_of(known_id, tools)
    reasons = offered_reasons() if votes else None
    return render(
        request, "pages/me.html", {"boxes": personal_boxes(tools, known_id, votes, reasons)}
    )
