"""Answers to the actions of readers, in the two ways they are sent: by htmx, or as a plain form."""

import json
from collections.abc import Sequence
from http import HTTPStatus

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string

from web.markdown_page import content_type, template_name


def announce(response: HttpResponse, message: str, *events: str) -> HttpResponse:
    """Have a screen reader say `message` once htmx has swapped the answer in, and trigger `events`."""
    triggers: dict[str, dict] = {"announce": {"value": message}}
    triggers |= {event: {} for event in events}
    response["HX-Trigger"] = json.dumps(triggers)
    return response


def refuse(
    request: HttpRequest,
    status: HTTPStatus,
    message: str,
    *,
    retry_after: int | None = None,
    back: str = "",
    fields: Sequence[tuple[str, str]] | None = None,
) -> HttpResponse:
    """Say that nothing was done, and why: in the page that is open, or as a page that leads `back`.

    With `fields`, what a plain form sent, that page can send it again.

    The page is rendered without a request, so that no context processor runs: it costs no query.
    """
    if getattr(request, "htmx", False):
        response = HttpResponse(status=status)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"refused": {"value": message}})
    else:
        context = {
            "code": status.value,
            "message": message,
            "back": back,
            "heading": "Too many requests" if retry_after else "Nothing was changed",
            "action": request.get_full_path(),
            "fields": fields,
        }
        page = render_to_string(template_name(request, "errors/refused"), context)
        response = HttpResponse(page, content_type=content_type(request), status=status)
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def moved_permanently(request: HttpRequest, address: str) -> HttpResponsePermanentRedirect:
    """Redirect to the `address` that the requested one has become, with the query string."""
    query = request.META["QUERY_STRING"]
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def see_other(address: str) -> HttpResponse:
    """Lead a plain form's POST to the page that shows its result."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
