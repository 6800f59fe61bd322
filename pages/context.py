from collections.abc import Callable

from django.http import HttpRequest

from tools.models import Tool


def sample_is_public() -> bool:
    return Tool.objects.published().filter(is_sample=True).exists()


def sample_notice(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Return whether the footer says that there is sample content: on public pages, errors there included.

    Their versions say it; only without the page cache it is a query.
    """

    def holds_sample() -> bool:
        known: bool | None = getattr(request, "holds_sample", None)
        if known is None and request.resolver_match:
            return hasattr(request.resolver_match.func, "public_page") and sample_is_public()
        return bool(known)

    return {"holds_sample": holds_sample}
