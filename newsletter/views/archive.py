from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from newsletter.issues.archive import ARCHIVE_PAGE, ArchivedIssue, neighbours
from newsletter.models import Issue
from web.context import canonical_url
from web.paging import paged
from web.public_page import public_page
from web.sitemaps import SitemapUrl, sitemap_response

PER_PAGE = 30
MOST_IN_SITEMAP = 1000


@public_page(ARCHIVE_PAGE, params=["page"])
def newsletter_archive(request: HttpRequest) -> HttpResponse:
    issues = Issue.objects.public().defer("content", "intro")
    listed = paged(issues, request.GET.get("page"), per_page=PER_PAGE)
    context = {
        "issues": listed,
        "canonical_url": canonical_url(request, listed.page.number),
        "section": "newsletter",
    }
    return render(request, "newsletter/archive.html", context)


@public_page(ARCHIVE_PAGE)
def newsletter_issue(request: HttpRequest, number: int) -> HttpResponse:
    issue = Issue.objects.public().filter(number=number).first()
    if issue is None:
        raise Http404("No issue with this number was sent.")
    before, after = neighbours(issue)
    context = {
        "screen": ArchivedIssue.of(issue),
        "before": before,
        "after": after,
        "section": "newsletter",
    }
    return render(request, "newsletter/issue.html", context)


@public_page(ARCHIVE_PAGE)
def newsletter_sitemap(request: HttpRequest) -> HttpResponse:
    issues = Issue.objects.public().defer("content", "intro")[:MOST_IN_SITEMAP]
    urls = [SitemapUrl(issue.get_absolute_url(), issue.published_at) for issue in issues]
    return sitemap_response([SitemapUrl(reverse("newsletter_archive")), *urls])
