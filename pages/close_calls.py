"""Pairs of tools that are hard to choose between: a start for readers who want to compare."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from pages.comparison_urls import comparison_url
from reviews.queries import close_calls
from tools.models import Tool

MOST = 6


@dataclass(frozen=True)
class CloseCall:
    better: Tool  # with next_name, next_score and gap
    url: str


def build_close_calls() -> list[CloseCall]:
    """Return the closest pairs, for the home page and the picker."""
    active = Tool.objects.published().filter(status=Tool.Status.ACTIVE)
    pairs: QuerySet[Any] = close_calls(
        active, reviews=settings.BOTTOM_LINE_MIN_REVIEWERS, limit=MOST
    )
    return [CloseCall(tool, comparison_url(tool.slug, tool.next_slug)) for tool in pairs]
