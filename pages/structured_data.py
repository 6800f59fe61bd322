"""JSON-LD: what a page says, for machines. A data block, which no Content Security Policy runs or stops."""

import json

from django.conf import settings
from django.utils.safestring import mark_safe

# What could end the script element or open another one.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script_safe_json(data):
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))


def tool_data(screen):
    """schema.org's description of a ToolPage: the tool, its panel score and the reviews in force."""
    tool = screen.tool
    data = {
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


def _review(panel_review):
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": panel_review.reviewer.name},
        "datePublished": panel_review.review.reviewed_on.isoformat(),
        "reviewBody": panel_review.review.body,
        "reviewRating": _rating("Rating", panel_review.review.score),
    }


def _rating(kind, value):
    return {"@type": kind, "ratingValue": float(value), "bestRating": 100, "worstRating": 0}
