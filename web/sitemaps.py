"""Sitemaps (https://www.sitemaps.org/protocol.html): XML that lists addresses for search engines.

Django's own framework counts all rows and reads each page by its offset, which costs more with every row.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from xml.etree import ElementTree

from django.conf import settings
from django.http import HttpResponse

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapUrl(NamedTuple):
    path: str
    # When what the page says last changed; None if that is not known.
    changed_at: datetime | None = None


def sitemap_response(urls: Iterable[SitemapUrl]) -> HttpResponse:
    return _xml("urlset", "url", urls)


def sitemap_index_response(sitemaps: Iterable[SitemapUrl]) -> HttpResponse:
    return _xml("sitemapindex", "sitemap", sitemaps)


def _xml(root: str, child: str, urls: Iterable[SitemapUrl]) -> HttpResponse:
    tree = ElementTree.Element(root, xmlns=NAMESPACE)
    for url in urls:
        element = ElementTree.SubElement(tree, child)
        ElementTree.SubElement(element, "loc").text = settings.SITE_URL + url.path
        if url.changed_at:
            ElementTree.SubElement(element, "lastmod").text = url.changed_at.isoformat()
    content = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type="application/xml")
