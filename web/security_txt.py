"""Where to report a vulnerability, for programs and people who look there first (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# RFC 9116 §2.5.5 recommends less than a year. The file is made for each request, so it never expires
# while the site runs, and does so soon after nobody runs it any more.
VALID = timedelta(days=90)
DAY = 86_400  # seconds


@require_safe
@cache_control(public=True, max_age=DAY)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Serve the file; 404 without a contact, which RFC 9116 requires in it."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [f"{name}: {value}\n" for name, value in _fields()]
    return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")


def _fields() -> list[tuple[str, str]]:
    midnight = datetime.combine(timezone.now().astimezone(UTC).date(), time(), UTC)
    policy = [("Policy", settings.SECURITY_POLICY_URL)] if settings.SECURITY_POLICY_URL else []
    return [
        *(("Contact", contact) for contact in settings.SECURITY_CONTACT),
        ("Expires", f"{midnight + VALID:%Y-%m-%dT%H:%M:%SZ}"),
        ("Preferred-Languages", "en"),
        ("Canonical", settings.SITE_URL + reverse("security_txt")),
        *policy,
    ]
