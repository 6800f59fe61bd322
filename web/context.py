from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str | bool]:
    """Return what every page prints about the site; nothing about the reader."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "canonical_url": canonical_url(request),
        "has_data": bool(settings.DATA_DIR),
    }


def canonical_url(request: HttpRequest, page: int = 1) -> str:
    """Return the URL by which search engines are to list the page, or that `page` of a list, without its other parameters."""
    return settings.SITE_URL + request.path + (f"?page={page}" if page > 1 else "")
