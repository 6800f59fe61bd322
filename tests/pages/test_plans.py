"""No page, figure or file depends on the plan that Postgres chooses, or on where it has stored the rows.

LIMIT without a total order, arrays and lists without one, and functions that a plan calls more or less often would.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from dump.tables import TABLES
from newsletter.digest.digest import build_digest
from reviews.calibration.figures import calibration_rows
from reviews.catalog.exporting import export_text
from reviews.close_calls import close_call_rows
from reviews.listing.counts import COUNTS
from reviews.models import Reviewer
from reviews.review_due import DueRows
from tests.pages.page_writes import cast
from tests.plans import PLANS, planned_without, reverse_rows
from tools.models import Category, Tool
from votes.rankings.figures import RANKINGS, ranking_rows

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/tools/",
    "/tools/?q=agent",
    "/tools/?q=open%20source%20code",
    "/tools/?q=rag",
    "/tools/?q=zebra%20agent",
    "/tools/?q=agent&entry=free",
    "/tools/?sort=community",
    "/tools/?sort=newest&verdict=ship",
    "/tools/?sort=divisive&status=active",
    "/tools/suggest/?q=a",
    "/tools/suggest/?q=ollama%20vs%20l",
    "/tools/olama/",
    "/compare/",
    "/compare/aider-vs-cline/",
    "/compare/aider-vs-cline-vs-windsurf/?diff=1",
    "/compare/aider-vs-clime/",
    "/rankings/",
    "/rankings/panel/",
    "/rankings/community/",
    "/rankings/gap/",
    "/rankings.md",
    "/reviewers/",
    "/changes/",
    "/changes/atom/",
    "/changes/verdicts/atom/",
    "/voting/",
    "/method/",
    "/llms.txt",
    "/sitemap-pages.xml",
    "/sitemap-tools-0.xml",
    "/api/v1/categories/",
    "/api/v1/fact-kinds/",
    "/api/v1/tools/",
    "/api/v1/reviewers/",
    "/api/v1/reviews/",
    "/api/v1/calibration/",
    "/api/v1/ledger/",
    "/api/v1/rankings/panel/",
    "/api/v1/comparisons/aider-vs-cline/",
]
OF_TOOLS = ["", "alternatives/", "share/", "atom/"]
TOOLS = ["aider", "ollama", "qdrant"]
# What is made of the rows of many tools, beside the pages.
MADE: dict[str, Callable[[], Any]] = {
    "close calls": lambda: values_of(close_call_rows()),
    "calibration": lambda: sorted(values_of(calibration_rows())),
    "rankings": lambda: sorted(values_of(ranking_rows())),
    "reviews that are due": lambda: DueRows()[0:100],
    "digest": lambda: build_digest(timezone.now() - timedelta(days=3650), timezone.now()).to_json(),
    "catalogue": lambda: "".join(export_text()),
    "counts": lambda: [list(counts.differences()) for counts in COUNTS.values()],
}


@pytest.fixture
def sample(monkeypatch, settings):
    settings.PAGE_CACHE = False
    settings.API_LIMIT_NETWORK = settings.READ_LIMIT_NETWORK = (100_000, 1)
    monkeypatch.setattr("pages.sitemaps.tool_urls.BLOCK_SIZE", 2**40)
    call_command("import_catalog", str(settings.BASE_DIR / "sample" / "catalog.json"))
    for place, slug in enumerate(Tool.objects.order_by("slug").values_list("slug", flat=True)[:8]):
        for vote in range(10 + place % 3):
            cast(slug, "skip" if vote % 3 == 0 else "ship")
    RANKINGS.refresh()


def values_of(rows):
    names = [[field.attname for field in row._meta.concrete_fields] for row in rows]
    return [
        str([getattr(row, name) for name in of_row])
        for row, of_row in zip(rows, names, strict=True)
    ]


def pages():
    yield from PAGES
    yield from [f"/tools/{slug}/{page}" for slug in TOOLS for page in OF_TOOLS]
    yield from [f"/categories/{slug}/" for slug in Category.objects.values_list("slug", flat=True)]
    yield from [f"/reviewers/{slug}/" for slug in Reviewer.objects.values_list("slug", flat=True)]


def rendered(url):
    request = RequestFactory().get(url)
    request.resolver_match = match = resolve(request.path_info)
    return match.func(request, **match.kwargs).content.decode()


def everything(now):
    made = {name: make() for name, make in MADE.items()}
    dumped = {table.name: list(table.rows(now)) for table in TABLES}
    return made | dumped | {url: rendered(url) for url in pages()}


def differences(one, other):
    return [name for name in one if one[name] != other[name]]


def test_everything_is_the_same_whatever_the_plan(sample, monkeypatch):
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    expected = everything(now)

    found = {}
    for name, nodes in PLANS.items():
        with planned_without(nodes):
            found[name] = differences(expected, everything(now))
    reverse_rows()
    found["rows in the opposite order"] = differences(expected, everything(now))

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
