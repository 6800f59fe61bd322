"""Atom feeds of the change log: all changes, verdicts, and the changes of a category or of a tool."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from pages.redirects import redirect_or_404
from reviews.latest_entries import (
    START,
    Position,
    latest_entries,
    latest_entries_in,
    latest_entries_of,
    latest_verdicts,
)
from tools.change_feed import ChangeFeed
from tools.event_keyset import Cursor
from tools.ledger import corrected, events
from tools.models import Category, LedgerEntry, Tool
from votes.page_validators import CATALOG_PAGE, TOOL_HISTORY_PAGE
from web.public_page import public_page

PER_PAGE = 50
PARAMS = ["before"]
# The date of a feed without entries: that of its id.
NO_ENTRIES = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedSource:
    """Where a feed is, what it is called, and how the entries of some events before a position are read."""

    path: str
    name: str
    title: str
    page: str
    read: Callable[[int, Position], list[LedgerEntry]]

    def url(self, before: Cursor | None = None) -> str:
        query = f"?before={before}" if before else ""
        return f"{settings.SITE_URL}{self.path}{query}"


@public_page(CATALOG_PAGE, params=PARAMS)
def changes_atom(request: HttpRequest) -> HttpResponse:
    source = FeedSource(
        path=reverse("changes_atom"),
        name="changes",
        title=f"{settings.SITE_NAME}: all changes",
        page=reverse("changes"),
        read=latest_entries,
    )
    return _respond(request, source)


@public_page(CATALOG_PAGE, params=PARAMS)
def verdicts_atom(request: HttpRequest) -> HttpResponse:
    source = FeedSource(
        path=reverse("verdicts_atom"),
        name="verdicts",
        title=f"{settings.SITE_NAME}: new and changed verdicts",
        page=reverse("changes", query={"kind": "verdict"}),
        read=latest_verdicts,
    )
    return _respond(request, source)


@public_page(CATALOG_PAGE, params=PARAMS)
def category_atom(request: HttpRequest, slug: str) -> HttpResponse:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return redirect_or_404(request, Category.objects.all(), slug, "category_atom")
    source = FeedSource(
        path=reverse("category_atom", args=[slug]),
        name=f"categories/{category.pk}",
        title=f"{settings.SITE_NAME}: changes in {category.name}",
        page=category.get_absolute_url(),
        read=partial(latest_entries_in, category),
    )
    return _respond(request, source)


@public_page(TOOL_HISTORY_PAGE, params=PARAMS)
def tool_atom(request: HttpRequest, slug: str) -> HttpResponse:
    tools = Tool.objects.on_record()
    tool = tools.filter(slug=slug).first()
    if tool is None:
        return redirect_or_404(request, tools, slug, "tool_atom")
    source = FeedSource(
        path=reverse("tool_atom", args=[slug]),
        name=f"tools/{tool.pk}",
        title=f"{settings.SITE_NAME}: changes to {tool.name}",
        page=tool.get_absolute_url(),
        read=partial(latest_entries_of, tool),
    )
    return _respond(request, source)


def _respond(request: HttpRequest, source: FeedSource) -> HttpResponse:
    """Answer with a page of a paged feed (RFC 5005, section 3): the newest events, or those before a cursor."""
    before = Cursor.read(request.GET.get("before"))
    position = (before.at, before.event) if before else START
    found = events(corrected(source.read(PER_PAGE + 1, position)))
    pages = {"first": source.url()} if before else {}
    if found[PER_PAGE:]:
        last = found[PER_PAGE - 1]
        pages["next"] = source.url(Cursor(last.at, last.id))
    feed = ChangeFeed(
        name=source.name,
        title=source.title,
        page=source.page,
        since=NO_ENTRIES,
        feed_url=source.url(before),
        pages=pages,
    )
    for event in found[:PER_PAGE]:
        feed.add_event(event)
    return HttpResponse(feed.writeString("utf-8"), content_type=ChangeFeed.content_type)
