from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import COOKIE, reader_id, stores_visit
from pages.personal import read_personal
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
    personal = read_personal(known_id, slugs)
    again = "again" in request.GET
    if not (again or personal.boxes or personal.kept):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    buttons = [button for button in personal.buttons if again or button.is_bookmarked]
    # Without the request: nothing of it is printed, and no context processor runs.
    return HttpResponse(
        render_to_string("pages/me.html", {"personal": personal, "buttons": buttons})
    )
