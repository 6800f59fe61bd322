"""What the search over the admin finds in the catalogue."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Func, IntegerField, QuerySet, TextField, Value, When
from django.urls import reverse
from django.utils.text import slugify

from accounts.models import User
from tools.models import Category, FactKind, Tool
from tools.models.tool import NAME_WORDS
from web.desk_search import DeskQuery, Hit, HitGroup, candidates
from web.work_items import admin_list


class WordBeginnings(Func):
    """All words of a text as a tsquery, each also as the beginning of a word; NULL for a text without words."""

    template = "(replace(nullif(tools_folded(%(expressions)s), ''), ' ', ':* & ') || ':*')"
    output_field: Any = TextField()


def search(user: User, query: DeskQuery) -> Iterator[HitGroup]:
    if user.has_perm("tools.view_tool"):
        url = admin_list("tools_tool", q=query.text)
        yield HitGroup("Tools", url, lambda: _tools(query))
    if user.has_perm("tools.view_category"):
        url = admin_list("tools_category", q=query.text)
        yield HitGroup("Categories", url, lambda: _categories(query))
    if user.has_perm("tools.view_fact"):
        url = admin_list("tools_factkind", q=query.text)
        yield HitGroup("Facts by kind", url, lambda: _facts(query))


def tools_named(query: DeskQuery) -> QuerySet[Tool]:
    """Return the tools, drafts included, with all words in their name or slug."""
    words = SearchQuery(WordBeginnings(Value(query.words_text)), config="simple", search_type="raw")
    return Tool.objects.alias(words=NAME_WORDS).filter(words=words)


def _tools(query: DeskQuery) -> Iterable[Hit]:
    exact = Tool.objects.filter(slug=slugify(query.text)[:80])
    found = (exact | candidates(tools_named(query))).annotate(
        is_other=Case(
            When(slug=slugify(query.text)[:80], then=0), default=1, output_field=IntegerField()
        )
    )
    for tool in found.order_by("is_other", "name", "pk")[: query.most]:
        yield Hit(tool.name, reverse("admin:tools_tool_change", args=[tool.pk]), _state(tool))


def _state(tool: Tool) -> str:
    if tool.is_withdrawn:
        return "Withdrawn"
    if tool.published_at is None:
        return "Draft"
    return "Published" if tool.is_published else "Scheduled"


def _categories(query: DeskQuery) -> Iterable[Hit]:
    for category in Category.objects.filter(name__icontains=query.text)[: query.most]:
        yield Hit(category.name, reverse("admin:tools_category_change", args=[category.pk]))


def _facts(query: DeskQuery) -> Iterable[Hit]:
    for kind in FactKind.objects.filter(name__icontains=query.text)[: query.most]:
        yield Hit(kind.name, admin_list("tools_fact", kind__id__exact=kind.pk), kind.group)
