"""Headers that every answer has: static files, errors, 304s and hits of the page cache too.

What a view sets for itself stays. A document that other sites may embed is declared with `embeddable_document`, a file
that they may load with `cross_origin_resource`.
"""

from collections.abc import Callable, Collection, Mapping
from functools import wraps

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.csp import CSP, build_policy
from django.utils.decorators import sync_only_middleware
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

type Middleware = Callable[[HttpRequest], HttpResponseBase]

CORP = "Cross-Origin-Resource-Policy"
NOT_EMBEDDABLE = f"frame-ancestors {CSP.NONE}"
EMBEDDABLE: Mapping[str, Collection[str]] = {
    **settings.SECURE_CSP,
    "script-src": [CSP.NONE],
    "connect-src": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
# Features of browsers that no page uses: a script that got in could not ask for them either.
DENIED_FEATURES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in DENIED_FEATURES)


@sync_only_middleware
def response_headers(get_response: Middleware) -> Middleware:
    defaults = {
        CSP.HEADER_ENFORCE.value: build_policy(settings.SECURE_CSP),
        "Permissions-Policy": PERMISSIONS_POLICY,
        CORP: "same-origin",
    }
    security = SecurityMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        _limit_caches(response)
        for name, value in defaults.items():
            response.headers.setdefault(name, value)
        if NOT_EMBEDDABLE in response[CSP.HEADER_ENFORCE]:
            response.headers.setdefault("X-Frame-Options", "DENY")
        return security.process_response(request, response)  # type: ignore[arg-type]

    return middleware


def cross_origin_resource[**P, Response: HttpResponseBase](
    view: Callable[P, Response],
) -> Callable[P, Response]:
    """Decorate a view whose file pages of other sites may load, because it is public and the same for everyone."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Response:
        response = view(*args, **kwargs)
        response[CORP] = "cross-origin"
        return response

    return answer


def embeddable_document[**P, Response: HttpResponseBase](
    view: Callable[P, Response],
) -> Callable[P, Response]:
    """Decorate a view whose document any site may show in a frame. It can have neither scripts nor forms."""
    return cross_origin_resource(csp_override(EMBEDDABLE)(xframe_options_exempt(view)))


def _limit_caches(response: HttpResponseBase) -> None:
    """Keep errors out of all caches, and cookies out of what shared caches may keep."""
    if response.status_code >= 400:
        response["Cache-Control"] = "no-store"
    elif "public" in response.get("Cache-Control", ""):
        response.cookies.clear()
