"""A comparison as JSON-LD (schema.org), for search engines."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from pages.software_application import software_application
from pages.structured_data import Node, breadcrumbs, json_ld
from tools.models import Tool


def comparison_data(tools: Sequence[Tool], title: str, path: str) -> Node:
    """Return the comparison as a list of applications, for `script_safe_json`."""
    compared = {
        "@type": "ItemList",
        "name": title,
        "url": settings.SITE_URL + path,
        "numberOfItems": len(tools),
        "itemListOrder": "https://schema.org/ItemListUnordered",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": software_application(tool)}
            for place, tool in enumerate(tools, start=1)
        ],
    }
    return json_ld(compared, breadcrumbs(("Compare", reverse("compare")), (title, path)))
