"""A tool in the terms of schema.org: only what is true, known and shown."""

from django.conf import settings

from pages.structured_data import Node
from tools.models import Tool

# It costs nothing to start with these. What others cost is only known in words.
FREE_TO_START = {Tool.Entry.FREE, Tool.Entry.OPEN_SOURCE, Tool.Entry.FREEMIUM}
BEST, WORST = 100, 0


def software_application(tool: Tool) -> Node:
    """Describe `tool` (with category and panel). The invented scores of sample content are no rating."""
    node: Node = {
        "@type": "SoftwareApplication",
        "name": tool.name,
        "url": settings.SITE_URL + tool.get_absolute_url(),
        "description": tool.tagline,
        "applicationCategory": tool.category.name,
    }
    if tool.website:
        node["sameAs"] = tool.website
    if offer := _offer(tool):
        node["offers"] = offer
    if tool.panel.score is not None and not tool.is_sample:
        score = float(tool.panel.score)
        node["aggregateRating"] = rating("AggregateRating", score) | {
            "reviewCount": tool.panel.review_count
        }
    return node


def rating(kind: str, value: float) -> Node:
    return {"@type": kind, "ratingValue": value, "bestRating": BEST, "worstRating": WORST}


def _offer(tool: Tool) -> Node | None:
    """Return what it costs to start; None where neither a price nor words are known, or nothing is offered any more."""
    is_free = tool.entry in FREE_TO_START
    if tool.status == Tool.Status.DISCONTINUED or not (is_free or tool.pricing):
        return None
    offer: Node = {"@type": "Offer", "category": tool.get_entry_display()}
    if is_free:
        offer["price"] = 0
    if tool.pricing:
        offer["description"] = tool.pricing
    return offer
