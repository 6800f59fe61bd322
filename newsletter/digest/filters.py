"""The digest filters that follow from subscribers' preferences."""

from collections.abc import Iterable
from typing import Any

from bookmarks.models import Bookmark
from newsletter.digest.digest import EVERYTHING, DigestFilter
from newsletter.models import Subscriber
from tools.models import Tool

NO_TOOLS: frozenset[int] = frozenset()


def digest_filters_of(subscribers: list[Subscriber]) -> dict[int, DigestFilter]:
    """Return {subscriber.pk: DigestFilter}, in two queries.

    For a subscriber who chose only bookmarks, categories do not matter. The filter matches nothing when
    there are no bookmarks, or when the reader's data was deleted.
    """
    by_bookmarks = [each for each in subscribers if each.only_bookmarks]
    by_category = [each for each in subscribers if not each.only_bookmarks]
    categories = _group(
        Subscriber.categories.through.objects.filter(subscriber__in=by_category).values_list(
            "subscriber", "category"
        )
    )
    bookmarks = _group(
        Bookmark.objects.filter(tool__in=Tool.objects.published())
        .filter(reader__in={each.reader_id for each in by_bookmarks}, removed_at=None)
        .values_list("reader", "tool")
    )
    category_filters = {
        each.pk: DigestFilter(categories=categories[each.pk])
        if each.pk in categories
        else EVERYTHING
        for each in by_category
    }
    return category_filters | {
        each.pk: DigestFilter(tools=bookmarks.get(each.reader_id, NO_TOOLS))
        for each in by_bookmarks
    }


def _group(pairs: Iterable[tuple[Any, int]]) -> dict[Any, frozenset[int]]:
    groups: dict[Any, set[int]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in groups.items()}
