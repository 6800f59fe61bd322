"""A tool with its current reviews, and its alternatives, as JSON-LD (schema.org), for search engines."""

from django.conf import settings
from django.urls import reverse

from pages.software_application import rating, software_application
from pages.structured_data import Link, Node, breadcrumbs, item_list, json_ld, site
from pages.tool.alternatives import AlternativesPage
from pages.tool.tool_page import PanelReview, ToolPage
from reviews.models import Reviewer
from tools.models import Tool
from web.excerpts import plain_text


def tool_data(screen: ToolPage) -> Node:
    tool = screen.tool
    node = software_application(tool)
    if screen.panel_reviews and not tool.is_sample:
        node["review"] = [_review(panel_review) for panel_review in screen.panel_reviews]
    return json_ld(node, breadcrumbs(*_trail(tool)))


def alternatives_data(screen: AlternativesPage) -> Node:
    tool = screen.tool
    page = "Alternatives", reverse("tool_alternatives", args=[tool.slug])
    trail = breadcrumbs(*_trail(tool), page)
    others = [(other.tool.name, other.tool.get_absolute_url()) for other in screen.alternatives]
    if not others:
        return json_ld(trail)
    return json_ld(item_list(f"Alternatives to {tool.name}", others), trail)


def _trail(tool: Tool) -> list[Link]:
    category = tool.category
    return [
        ("Tools", reverse("tool_list")),
        (category.name, category.get_absolute_url()),
        (tool.name, tool.get_absolute_url()),
    ]


def _review(panel_review: PanelReview) -> Node:
    review = panel_review.review
    return {
        "@type": "Review",
        "author": _author(panel_review.reviewer),
        "datePublished": f"{review.published_at:%Y-%m-%d}",
        "reviewBody": plain_text(review.body),
        "reviewRating": rating("Rating", review.points),
    }


def _author(reviewer: Reviewer) -> Node:
    """A reviewer who writes with a language model is no person; the site answers for what it publishes."""
    if reviewer.kind == Reviewer.Kind.AI_ASSISTED:
        return site()
    url = settings.SITE_URL + reviewer.get_absolute_url()
    return {"@type": "Person", "name": reviewer.name, "url": url}
