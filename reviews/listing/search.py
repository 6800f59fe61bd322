"""Search over the listed tools: what a text finds, best first, at a bounded cost.

Candidates come from three indexes, and only they are ranked: names that begin with the text, names that hold
its words (the last one may be unfinished), and texts that match it as a web-style query. A common word matches
half of the catalogue: then the first MOST are candidates, and those of the best rated tools that match.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reviews.listing.facets import Facets
from web.replica import read_connection

# So many tools of each index are ranked, and so many are found at most.
MOST = 240
# Candidates by the beginning of their name, and best rated ones for each entry and verdict.
BEGINNINGS, BEST = 48, 24
TEXT_LENGTH, MOST_WORDS = 100, 8

SEARCH = """
WITH begins AS MATERIALIZED (
    SELECT tool_id FROM (
        SELECT tool_id, category_id, entry, verdict FROM reviews_listing
        WHERE lower(name) LIKE %(prefix)s AND published_at <= %(now)s
        ORDER BY lower(name) USING ~<~ LIMIT {beginnings}
    ) AS first
    WHERE entry = ANY (%(entries)s) AND verdict = ANY (%(verdicts)s) AND {in_category}
), names AS MATERIALIZED (
    SELECT tool_id FROM reviews_listing
    WHERE names @@ ({names} && %(facets)s::tsquery) AND published_at <= %(now)s LIMIT {most}
), texts AS MATERIALIZED (
    SELECT tool_id FROM reviews_listing
    WHERE texts @@ ({texts} && %(facets)s::tsquery) AND published_at <= %(now)s LIMIT {most}
), best AS (
    SELECT tool_id FROM unnest(%(entries)s::text[]) AS entry CROSS JOIN unnest(%(verdicts)s::text[]) AS verdict
    CROSS JOIN LATERAL (
        SELECT tool_id, texts FROM reviews_listing AS listing
        WHERE listing.entry = entry.entry AND listing.verdict = verdict.verdict
            AND published_at <= %(now)s AND {in_category}
        ORDER BY ranking_score DESC NULLS LAST, name, tool_id LIMIT {best}
    ) AS first
    WHERE (SELECT count(*) FROM texts) = {most} AND texts @@ {texts}
), found AS (
    SELECT tool_id FROM begins UNION SELECT tool_id FROM names
    UNION SELECT tool_id FROM texts UNION SELECT tool_id FROM best
)
SELECT tool_id, {most} IN (SELECT count(*) FROM names UNION SELECT count(*) FROM texts)
FROM reviews_listing WHERE tool_id = ANY (ARRAY(SELECT tool_id FROM found))
ORDER BY lower(name) = %(text)s DESC, lower(name) LIKE %(prefix)s DESC, ts_rank(texts, {texts}) DESC, name, tool_id
LIMIT {most}
"""
TEXTS = "websearch_to_tsquery('english', %(text)s)"
NAMES = "to_tsquery('simple', %(names)s)"


@dataclass(frozen=True)
class Found:
    """The ids of tools, best match first. `is_cut`: more match, and these are some of them."""

    tool_ids: list[int]
    is_cut: bool = False


def search(text: str, facets: Facets | None = None, *, most: int | None = None) -> Found:
    """Return what an untrusted `text` finds among the tools with `facets`, in one query.

    At most `most` tools (by default MOST): fewer cost less.
    """
    facets = facets or Facets()
    text = text[:TEXT_LENGTH].strip().lower()
    statement = SEARCH.format(
        beginnings=BEGINNINGS,
        best=BEST,
        most=most or MOST,
        names=NAMES,
        texts=TEXTS,
        in_category="category_id = %(category)s" if facets.category else "true",
    )
    params: dict[str, Any] = {
        "text": text,
        "names": _names_query(text),
        "prefix": re.sub(r"([\\%_])", r"\\\1", text) + "%",
        "now": timezone.now(),
        "facets": facets.query,
        "category": facets.category and facets.category.pk,
        "entries": facets.entries,
        "verdicts": facets.verdicts,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(statement, params)
        rows = cursor.fetchall()
    return Found([tool_id for tool_id, _ in rows], bool(rows) and rows[0][1])


def _names_query(text: str) -> str:
    """Return the words of `text` as a tsquery for names; the last one may be the beginning of a word."""
    words = re.findall(r"[^\W_]+", text)[:MOST_WORDS]
    return " & ".join(words) + ":*" if words else ""
