"""What a load balancer and monitoring ask. Nobody else learns more than whether all is well."""

from collections.abc import Sequence
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.log import log_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.health.parts import READY, WORK, WORK_DETAILS, Check, Finding, database, findings
from web.bearer_token import has_bearer_token


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the site can serve readers, 503 while its database does not respond."""
    return _answer(request, [database])


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process answers at all, whatever the database does."""
    return _text("ok\n")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 503 while readers should be sent to another process: without the database, or before its migrations."""
    return _answer(request, READY)


@never_cache
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Answer 503 while work does not get done, or a person has to decide something."""
    may_see_parts = has_bearer_token(request, settings.HEALTH_TOKEN)
    return _answer(request, [*WORK, *WORK_DETAILS] if may_see_parts else WORK)


def _answer(request: HttpRequest, checks: Sequence[Check]) -> HttpResponse:
    found = findings(checks)
    is_well = all(finding.is_well for finding in found)
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    text = "ok\n" if is_well else "not well\n"
    if has_bearer_token(request, settings.HEALTH_TOKEN):
        text = "".join(_line(finding) for finding in found)
    response = _text(text, status)
    if not is_well:
        # Monitoring asks again and again: Django would log an error each time.
        log_response(
            "Not well: %s", request.path, response=response, request=request, level="debug"
        )
    return response


def _line(finding: Finding) -> str:
    state = "ok" if finding.is_well else "FAILING"
    return f"{state} {finding.part}: {finding.text}\n"


def _text(text: str, status: int = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
