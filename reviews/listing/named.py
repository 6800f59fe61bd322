"""The tools that a reader calls by name."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from reviews.listing.query import storable
from web.replica import read_connection

# The whole name, or words that stand together in it (or in the slug). Two rows are enough to know that there are two.
BRANCH = """
(SELECT %s, {is_whole}, tool.slug FROM reviews_listing JOIN tools_tool AS tool ON tool.id = tool_id
WHERE {condition} AND reviews_listing.published_at <= %s LIMIT 2)
"""
WHOLE = BRANCH.format(is_whole="true", condition="folded = tools_folded(%s)")
WORDS = BRANCH.format(
    is_whole="false", condition="names @@ phraseto_tsquery('simple', tools_folded(%s))"
)


def slugs_of_named(names: Sequence[str]) -> list[str | None]:
    """Return for each of `names` (untrusted) the slug of the one published tool that it names, else None.

    One query, for a handful of names.
    """
    now = timezone.now()
    params: list[Any] = [
        value for place, name in enumerate(names) for value in [place, storable(name), now] * 2
    ]
    with read_connection().cursor() as cursor:
        cursor.execute(" UNION ALL ".join([WHOLE, WORDS] * len(names)), params)
        rows = cursor.fetchall()
    return [_only(rows, place) for place in range(len(names))]


def _only(rows: list[tuple[int, bool, str]], name: int) -> str | None:
    whole = [slug for place, is_whole, slug in rows if place == name and is_whole]
    slugs = whole or [slug for place, _, slug in rows if place == name]
    return slugs[0] if len(slugs) == 1 else None
