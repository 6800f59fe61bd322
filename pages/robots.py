"""robots.txt (RFC 9309): what crawlers need not fetch, and where the sitemap is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

DAY = 86_400  # seconds

# Personal, for staff, or a search or a combination of filters, of which there are too many. Pages that crawlers
# may fetch but not index say so themselves.
DISALLOWED = [
    "/admin/",
    "/preview/",
    "/me/",
    "/bookmarks/",
    "/tools/suggest/",
    "/tools/*/?on=",
    "/tools/*.md?on=",
    "/tools/*/vote/",
    "/tools/*/bookmark/",
    "/tools/?*q=",
    "/tools/?*&",
    "/compare/?",
    "/compare/*/?",
    "/compare/*.md?",
    "/changes/?*&",
    "/changes.md?*&",
]


@require_safe
@cache_control(public=True, max_age=DAY)
def robots_txt(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in DISALLOWED),
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap_index')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
