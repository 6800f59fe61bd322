"""What a page is about in the terms of schema.org, as JSON-LD in a data block, which the Content Security Policy allows."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

# Characters that could end the script element or open another one.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

type Node = dict[str, Any]
type Link = tuple[str, str]  # name and path


def json_ld(*nodes: Node) -> Node:
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def site() -> Node:
    """Return the organisation that runs the site and publishes its reviews."""
    return {"@type": "Organization", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"}


def website() -> Node:
    return {
        "@type": "WebSite",
        "name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}/",
        "publisher": site(),
    }


def breadcrumbs(*links: Link) -> Node:
    """Return the breadcrumb of a page, whose own name and path come last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": name,
                "item": {"@type": "WebPage", "@id": settings.SITE_URL + path},
            }
            for place, (name, path) in enumerate(links, start=1)
        ],
    }


def item_list(name: str, links: Iterable[Link], *, first: int = 1) -> Node:
    """Return a list in its order, or the page of it that begins at place `first`."""
    return {
        "@type": "ItemList",
        "name": name,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": item,
                "url": settings.SITE_URL + path,
            }
            for place, (item, path) in enumerate(links, start=first)
        ],
    }


def script_safe_json(data: Node) -> SafeString:
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 - ESCAPES leaves no markup
