"""Checks the listings against the tools and panel verdicts that they derive from, and rebuilds them."""

from collections.abc import Iterator
from itertools import batched

from django.db import connection, transaction

from tools.actions import lock_tools
from tools.models import Tool
from web.long_statements import long_statements

ALL_RIGHT = "all match their rows."
BATCH = 1000
DIFFERENCES = """
SELECT tool.slug, source.tool_id IS NULL, stored.tool_id IS NULL
FROM reviews_listing_source AS source
FULL JOIN reviews_listing AS stored USING (tool_id)
JOIN tools_tool AS tool ON tool.id = tool_id
WHERE (source.category_id, source.entry, source.verdict, source.status, source.name,
       source.folded, source.published_at, source.ranking_score, source.last_reviewed_on, source.spread,
       source.texts, source.names, source.spellings, source.fact_values)
    IS DISTINCT FROM
      (stored.category_id, stored.entry, stored.verdict, stored.status, stored.name,
       stored.folded, stored.published_at, stored.ranking_score, stored.last_reviewed_on, stored.spread,
       stored.texts, stored.names, stored.spellings, stored.fact_values)
ORDER BY tool.slug
"""


def recount() -> int:
    """Rebuild every listing, in batches; return how many had changed."""
    changed = len(list(differences()))
    for tool_ids in batched(Tool.objects.order_by("pk").values_list("pk", flat=True), BATCH):
        _store(list(tool_ids))
    return changed


@transaction.atomic
def _store(tool_ids: list[int]) -> None:
    lock_tools(tool_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_store_listings(%s)", [tool_ids])


def differences() -> Iterator[str]:
    """Yield a sentence for each tool whose listing is not what its rows give."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        for slug, is_surplus, is_missing in cursor.fetchall():
            if is_surplus:
                yield f"{slug} should not be listed"
            elif is_missing:
                yield f"{slug} is not listed"
            else:
                yield f"{slug} is listed with other values than its own"
