from collections.abc import Callable

from django.http import HttpRequest

from tools.models import Tool


def sample_notice(request: HttpRequest) -> dict[str, Callable[[], bool]]:
    """Return whether sample content is public, for the footer; read when a page prints it, unless it is known."""

    def holds_sample() -> bool:
        known: bool | None = getattr(request, "holds_sample", None)
        return Tool.objects.published().filter(is_sample=True).exists() if known is None else known

    return {"holds_sample": holds_sample}
