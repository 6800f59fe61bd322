from django.conf import settings


def site(request):
    """What every page prints about the site itself: nothing about who reads it."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + request.path,
    }
