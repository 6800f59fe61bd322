"""Search over the listed tools: what a text finds, best first, at a bounded cost.

Candidates come from three indexes, and only they are ranked: names that begin with the text, names that hold
its words (the last one may be unfinished), and texts that hold every part of it, a word or what it stands for
(`reviews.listing.query`). A common word matches half of the catalogue: then the first MOST are candidates, and those
of the best rated tools that match.

The name that was typed comes first, then names that hold all words, then what else matches; discontinued tools are
last in each. Texts weigh by where the words are (WEIGHTS), and more with the words next to each other.

When no tool matches all parts, those that match most of them are found, and of these first what few others match.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from reviews.listing.facets import Facets
from reviews.listing.query import SearchQuery, understand
from web.replica import read_connection

# So many tools of each index are ranked, and so many are found at most.
MOST = 240
# Candidates by the beginning of their name, and best rated ones for each entry and verdict.
BEGINNINGS, BEST = 48, 24
# Candidates for each query of less than all parts, and how many are found.
PARTIAL, MOST_PARTIAL = 48, 24
# Of the labels D (description), C (category, entry, facts), B (tagline, best for) and A (name). Postgres has four; the
# order in which a reader would look decides what shares one. A word that a description repeats adds at most
# two thirds (ts_rank divides by the squares of the places), and stays below one in a fact.
WEIGHTS = [0.1, 0.3, 0.6, 1.0]

# The tools that match, for %(any)s of the parts, best rated first in each list that an index holds in order.
BEST_RATED = """
    SELECT tool_id FROM unnest(%(entries)s::text[]) AS entry CROSS JOIN unnest(%(verdicts)s::text[]) AS verdict
    CROSS JOIN LATERAL (
        SELECT tool_id, texts FROM reviews_listing AS listing
        WHERE listing.entry = entry.entry AND listing.verdict = verdict.verdict
            AND published_at <= %(now)s AND {in_category}
        ORDER BY ranking_score DESC NULLS LAST, name, tool_id LIMIT {best}
    ) AS first
"""
# ts_rank alone would reward words that are merely near each other. Each use of the texts reads and unpacks them again,
# which is most of what a search costs: for a single word, the planner leaves the case out.
RANK = """
    ts_rank(%(weights)s::real[], texts, %(any)s::tsquery)
    + CASE WHEN %(phrase)s <> '' AND texts @@ %(phrase)s::tsquery
        THEN ts_rank(%(weights)s::real[], texts, %(phrase)s::tsquery)::float ELSE 0 END
"""

# What matches is a list of its own (with_…), of which no more is read than its limit. For a single condition the
# limit is planned with it: Postgres reads a few rows of the table where the word is common. Not so for several, which
# may never meet in one tool: then Postgres would read the whole table, and has to use the index.
ONE, SEVERAL = "NOT MATERIALIZED", "MATERIALIZED"
SEARCH = f"""
WITH begins AS MATERIALIZED (
    SELECT tool_id FROM (
        SELECT tool_id, category_id, entry, verdict, status, fact_values FROM reviews_listing
        WHERE folded LIKE %(prefix)s AND published_at <= %(now)s
        ORDER BY folded USING ~<~ LIMIT {{beginnings}}
    ) AS first
    WHERE entry = ANY (%(entries)s) AND verdict = ANY (%(verdicts)s) AND {{in_category}}
        AND status = ANY (%(statuses)s) AND fact_values @> %(values)s::text[]
), with_names AS {{names_fence}} (
    SELECT tool_id FROM reviews_listing
    WHERE names @@ (%(names)s::tsquery && %(facets)s::tsquery) AND published_at <= %(now)s
), names AS MATERIALIZED (
    SELECT tool_id FROM with_names LIMIT {{most}}
), with_texts AS {{texts_fence}} (
    SELECT tool_id FROM reviews_listing
    WHERE %(every)s <> '' AND texts @@ (%(every)s::tsquery && %(facets)s::tsquery) AND published_at <= %(now)s
), texts AS MATERIALIZED (
    SELECT tool_id FROM with_texts LIMIT {{most}}
), best AS (
    {BEST_RATED}
    WHERE (SELECT count(*) FROM texts) = {{most}} AND texts @@ (%(every)s::tsquery && %(facets)s::tsquery)
), found AS (
    SELECT tool_id FROM begins UNION SELECT tool_id FROM names
    UNION SELECT tool_id FROM texts UNION SELECT tool_id FROM best
)
SELECT tool_id, {{most}} IN (SELECT count(*) FROM names UNION SELECT count(*) FROM texts)
FROM reviews_listing WHERE tool_id = ANY (ARRAY(SELECT tool_id FROM found))
ORDER BY folded = %(folded)s DESC, folded LIKE %(prefix)s OR names @@ %(names)s::tsquery DESC,
    status = 'discontinued', folded LIKE %(prefix)s DESC, {RANK} DESC, name, tool_id
LIMIT {{most}}
"""  # noqa: S608 - made of constants of our own

PARTIAL_BRANCH = """
with_some_{place} AS {fence} (
    SELECT tool_id FROM reviews_listing
    WHERE texts @@ (%(query{place})s::tsquery && %(facets)s::tsquery) AND published_at <= %(now)s
), some_{place} AS MATERIALIZED (
    SELECT tool_id FROM with_some_{place} LIMIT {partial}
)
"""
PARTIALLY = f"""
WITH {{with_some}}, found AS (
    {{some}} UNION ({BEST_RATED} WHERE texts @@ (%(any)s::tsquery && %(facets)s::tsquery))
), candidate AS MATERIALIZED (
    SELECT * FROM reviews_listing WHERE tool_id = ANY (ARRAY(SELECT tool_id FROM found))
), hit AS (
    SELECT tool_id, 1.0 / count(*) OVER (PARTITION BY place) AS rarity
    FROM unnest(%(parts)s::tsquery[]) WITH ORDINALITY AS part (query, place) JOIN candidate ON texts @@ query
), hits AS (
    SELECT tool_id, count(*) AS parts, sum(rarity) AS rarity FROM hit GROUP BY tool_id
)
SELECT tool_id FROM candidate JOIN hits USING (tool_id)
ORDER BY status = 'discontinued', hits.parts DESC, hits.rarity DESC, {RANK} DESC, name, tool_id
LIMIT {{most}}
"""  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class Found:
    """The ids of tools, best match first.

    `is_cut`: more match, and these are some of them. `is_partial`: none matches all parts of the text. `query`:
    how the text was understood; None for a text without words.
    """

    tool_ids: list[int]
    is_cut: bool = False
    is_partial: bool = False
    query: SearchQuery | None = field(default=None, compare=False)


def search(
    text: str, facets: Facets | None = None, *, most: int | None = None, partially: bool = False
) -> Found:
    """Return what an untrusted `text` finds among the tools with `facets`, in two queries.

    At most `most` tools (by default MOST): fewer cost less. With `partially`, a third query looks for tools that
    match some of the text when none matches all of it.
    """
    facets = facets or Facets()
    query = understand(text)
    if not query.folded:
        return Found([])
    rows = _run(
        SEARCH,
        query,
        facets,
        most=most or MOST,
        beginnings=BEGINNINGS,
        names_fence=_fence(query.names, facets),
        texts_fence=_fence(query.every, facets),
    )
    if not rows and partially and query.fewer:
        return Found(_partial(query, facets), is_partial=True, query=query)
    return Found([tool_id for tool_id, _ in rows], bool(rows) and rows[0][1], query=query)


def _partial(query: SearchQuery, facets: Facets) -> list[int]:
    queries = {f"query{place}": fewer for place, fewer in enumerate(query.fewer)}
    branches = [
        PARTIAL_BRANCH.format(place=place, partial=PARTIAL, fence=_fence(fewer, facets))
        for place, fewer in enumerate(queries.values())
    ]
    rows = _run(
        PARTIALLY,
        query,
        facets,
        {**queries, "parts": list(query.parts)},
        most=MOST_PARTIAL,
        with_some=", ".join(branches),
        some=" UNION ".join(f"SELECT tool_id FROM some_{n}" for n in range(len(branches))),  # noqa: S608
    )
    return [tool_id for (tool_id,) in rows]


def _fence(query: str, facets: Facets) -> str:
    return SEVERAL if "&" in query or facets.query else ONE


def _run(
    statement: str,
    query: SearchQuery,
    facets: Facets,
    params: dict[str, Any] | None = None,
    **names: Any,
) -> list[Any]:
    in_category = "category_id = %(category)s" if facets.category else "true"
    values: dict[str, Any] = {
        "folded": query.folded,
        "prefix": f"{query.folded}%",
        "names": query.names,
        "every": query.every,
        "any": query.any,
        "phrase": query.phrase,
        "weights": WEIGHTS,
        "now": timezone.now(),
        "facets": facets.query,
        "category": facets.category and facets.category.pk,
        "entries": facets.entries,
        "verdicts": facets.verdicts,
        "statuses": facets.statuses,
        "values": list(facets.values),
        **(params or {}),
    }
    with read_connection().cursor() as cursor:
        cursor.execute(statement.format(in_category=in_category, best=BEST, **names), values)
        return cursor.fetchall()
