from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from pages.categories import categories_with_tools
from pages.sitemaps.tool_urls import blocks, tool_urls
from reviews.queries import public_reviewers
from votes.page_validators import CATALOG_PAGE
from votes.rankings.models import Ranking
from web.public_page import public_page
from web.sitemaps import SitemapUrl, sitemap_index_response, sitemap_response

# By name. Each exists once, whatever the catalogue holds.
PAGES = [
    "home", "tool_list", "rankings", "compare", "reviewer_list", "changes", "method", "voting", "privacy", "newsletter",
]  # fmt: skip


@public_page(CATALOG_PAGE)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    paths = [reverse("page_sitemap"), reverse("newsletter_sitemap")]
    paths += [reverse("tool_sitemap", args=[block]) for block in blocks()]
    return sitemap_index_response(map(SitemapUrl, paths))


@public_page(CATALOG_PAGE)
def page_sitemap(request: HttpRequest) -> HttpResponse:
    return sitemap_response(_page_urls())


@public_page(CATALOG_PAGE)
def tool_sitemap(request: HttpRequest, block: int) -> HttpResponse:
    urls = list(tool_urls(block))
    if not urls:
        raise Http404("No published tool has an id in this block.")
    return sitemap_response(urls)


def _page_urls() -> Iterator[SitemapUrl]:
    for name in PAGES:
        yield SitemapUrl(reverse(name))
    for ranking in Ranking.values:
        yield SitemapUrl(reverse("ranking", args=[ranking]))
    for category in categories_with_tools():
        yield SitemapUrl(category.get_absolute_url())
    for reviewer in public_reviewers():
        yield SitemapUrl(reviewer.get_absolute_url())
