"""A comparison as JSON-LD (schema.org), for search engines."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from tools.models import Tool


def comparison_data(tools: Sequence[Tool], title: str, path: str) -> dict[str, Any]:
    """Return the comparison as a list of applications, for `script_safe_json`."""
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": title,
        "url": settings.SITE_URL + path,
        "numberOfItems": len(tools),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": _application(tool)}
            for place, tool in enumerate(tools, start=1)
        ],
    }


def _application(tool: Tool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "SoftwareApplication",
        "name": tool.name,
        "description": tool.tagline,
        "url": settings.SITE_URL + tool.get_absolute_url(),
        "applicationCategory": tool.category.name,
    }
    if tool.website:
        data["sameAs"] = tool.website
    # Search engines must not show the invented scores of the sample catalogue as ratings.
    if tool.panel.review_count and not tool.is_sample:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(tool.panel.score),
            "bestRating": "100",
            "worstRating": "0",
            "reviewCount": tool.panel.review_count,
        }
    return data
