"""What search engines read of a comparison: JSON-LD by schema.org."""

from django.conf import settings


def comparison_data(tools, title, path):
    """The comparison as a list of applications, for `script_safe_json`."""
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


def _application(tool):
    data = {
        "@type": "SoftwareApplication",
        "name": tool.name,
        "description": tool.tagline,
        "url": settings.SITE_URL + tool.get_absolute_url(),
        "applicationCategory": tool.category.name,
    }
    if tool.website:
        data["sameAs"] = tool.website
    # Invented scores of the sample catalogue are no rating that a search engine may show.
    if tool.panel.review_count and not tool.is_sample:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(tool.panel.score),
            "bestRating": "100",
            "worstRating": "0",
            "reviewCount": tool.panel.review_count,
        }
    return data
