"""A tool and its current reviews as JSON-LD (schema.org), for search engines."""

from django.conf import settings
from django.urls import reverse

from pages.excerpts import plain_text
from pages.software_application import rating, software_application
from pages.structured_data import Node, breadcrumbs, json_ld, site
from pages.tool.tool_page import PanelReview, ToolPage
from reviews.models import Reviewer


def tool_data(screen: ToolPage) -> Node:
    tool = screen.tool
    node = software_application(tool)
    if screen.panel_reviews and not tool.is_sample:
        node["review"] = [_review(panel_review) for panel_review in screen.panel_reviews]
    category = tool.category
    trail = breadcrumbs(
        ("Tools", reverse("tool_list")),
        (category.name, category.get_absolute_url()),
        (tool.name, tool.get_absolute_url()),
    )
    return json_ld(node, trail)


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
