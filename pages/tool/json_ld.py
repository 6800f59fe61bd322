"""A tool as JSON-LD (schema.org), for search engines."""

from decimal import Decimal
from typing import Any

from django.conf import settings

from pages.tool.tool_page import PanelReview, ToolPage


def tool_data(screen: ToolPage) -> dict[str, Any]:
    """Describe a tool, its panel score and its current reviews in the terms of schema.org."""
    tool = screen.tool
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication",
        "name": tool.name,
        "url": settings.SITE_URL + tool.get_absolute_url(),
        "description": tool.tagline,
        "applicationCategory": tool.category.name,
        "review": [_review(panel_review) for panel_review in screen.panel_reviews],
    }
    if tool.website:
        data["sameAs"] = tool.website
    if tool.panel.review_count:
        data["aggregateRating"] = _rating("AggregateRating", tool.panel.score) | {
            "reviewCount": tool.panel.review_count
        }
    return data


def _review(panel_review: PanelReview) -> dict[str, Any]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": panel_review.reviewer.name},
        "datePublished": str(panel_review.review.reviewed_on),
        "reviewBody": panel_review.review.body,
        "reviewRating": _rating("Rating", panel_review.review.score),
    }


def _rating(kind: str, value: Decimal | int | None) -> dict[str, Any]:
    return {"@type": kind, "ratingValue": float(value or 0), "bestRating": 100, "worstRating": 0}
