"""How many tools each choice of a facet would list beside what is chosen in the others.

Three sources, none of which grows with the catalogue:

- Without a search and with at most one value of a fact, the stored counts (`ListingCount`): a row for each combination
  of facets. They are exact.
- A value of another kind beside the chosen one, several values, and searches: the tools that match are counted, at
  most MOST of each set that is asked for. With more, the counts are lower bounds.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reviews.listing.facets import Facets, kind_of
from reviews.listing.query import SearchQuery
from reviews.listing.search import ONE, SEVERAL
from web.replica import read_connection

# As many as a search finds at most.
MOST = 240

STORED = """
WITH cell AS MATERIALIZED (
    SELECT value, entry, verdict, status, sum(tools) AS tools FROM reviews_listingcount
    WHERE category_id = %(category)s AND since <= %(now)s GROUP BY 1, 2, 3, 4
)
SELECT 'category', category.id::text, counted.tools FROM tools_category AS category CROSS JOIN LATERAL (
    SELECT sum(tools) AS tools FROM reviews_listingcount
    WHERE category_id = category.id AND value = %(value)s AND since <= %(now)s
    AND entry = ANY (%(entries)s) AND verdict = ANY (%(verdicts)s) AND status = ANY (%(statuses)s)
) AS counted WHERE counted.tools <> 0
UNION ALL SELECT 'entry', entry, sum(tools) FROM cell
    WHERE value = %(value)s AND verdict = ANY (%(verdicts)s) AND status = ANY (%(statuses)s) GROUP BY 2
UNION ALL SELECT 'verdict', verdict, sum(tools) FROM cell
    WHERE value = %(value)s AND entry = ANY (%(entries)s) AND status = ANY (%(statuses)s) GROUP BY 2
UNION ALL SELECT 'status', status, sum(tools) FROM cell
    WHERE value = %(value)s AND entry = ANY (%(entries)s) AND verdict = ANY (%(verdicts)s) GROUP BY 2
UNION ALL SELECT split_part(value, ':', 2), value, sum(tools) FROM cell
    WHERE entry = ANY (%(entries)s) AND verdict = ANY (%(verdicts)s) AND status = ANY (%(statuses)s) GROUP BY 1, 2
"""

# A list of its own, as in `reviews.listing.search`: the index is read, and no more rows of the table than the limit.
MATCHING = """
with_{n} AS {fence} (
    SELECT tool_id FROM reviews_listing WHERE {matches} AND published_at <= %(now)s
), set_{n} AS MATERIALIZED (
    SELECT tool_id FROM with_{n} LIMIT {most} + 1
)
"""
MATCHES_SEARCH = """
    (names @@ (%(names)s::tsquery && %(facets{n})s::tsquery)
     OR %(every)s <> '' AND texts @@ (%(every)s::tsquery && %(facets{n})s::tsquery))
"""
MATCHES_FACETS = "names @@ %(facets{n})s::tsquery"
# `lacks`: the kinds of the chosen values that a tool does not have.
MATCHED = """
WITH {sets}, matched AS MATERIALIZED (
    SELECT category_id, entry, verdict, status, fact_values, array_remove(ARRAY[{lacks}]::text[], NULL) AS lacks,
        {in_category} AS in_category, entry = ANY (%(entries)s) AS in_entry,
        verdict = ANY (%(verdicts)s) AS in_verdict, status = ANY (%(statuses)s) AS in_status
    FROM reviews_listing WHERE tool_id = ANY (ARRAY({union}))
)
SELECT 'category', category_id::text, count(*) FROM matched
    WHERE lacks = '{{}}' AND in_entry AND in_verdict AND in_status GROUP BY 2
UNION ALL SELECT 'entry', entry, count(*) FROM matched
    WHERE lacks = '{{}}' AND in_category AND in_verdict AND in_status GROUP BY 2
UNION ALL SELECT 'verdict', verdict, count(*) FROM matched
    WHERE lacks = '{{}}' AND in_category AND in_entry AND in_status GROUP BY 2
UNION ALL SELECT 'status', status, count(*) FROM matched
    WHERE lacks = '{{}}' AND in_category AND in_entry AND in_verdict GROUP BY 2
UNION ALL SELECT split_part(value, ':', 2), value, count(*) FROM matched CROSS JOIN LATERAL unnest(fact_values) AS value
    WHERE in_category AND in_entry AND in_verdict AND in_status
        AND split_part(value, ':', 2) = ANY (%(kinds)s::text[])
        AND (lacks = '{{}}' OR lacks = ARRAY[split_part(value, ':', 2)]) GROUP BY 1, 2
UNION ALL SELECT '', '', count(*) FROM matched
    WHERE lacks = '{{}}' AND in_category AND in_entry AND in_verdict AND in_status
UNION ALL SELECT 'is_more', n::text, tools FROM (VALUES {counts}) AS counted (n, tools) WHERE tools > {most}
"""

type Rows = list[tuple[str, str, int]]


@dataclass(frozen=True)
class FacetCounts:
    """Tools by facet and choice; a choice without any is missing.

    Facets are category, entry, verdict, status, and the ids of the kinds of facts; choices are the id of the category,
    codes, and lexemes of values. The counts of the facets in `lower_bounds` are only what was counted; "" is the total.
    """

    total: int
    by_facet: Mapping[str, Mapping[str, int]]
    lower_bounds: Container[str] = ()

    @property
    def is_more(self) -> bool:
        return "" in self.lower_bounds


def count_by_facets(facets: Facets, kinds: Sequence[int]) -> FacetCounts:
    """Return the counts beside `facets`; `kinds` are those of the facts that are filters. At most two queries."""
    if len(facets.values) > 1:
        sets = [facets, facets.only_values, *facets.each_without_a_value()]
        return _counted(facets, _matched(facets, kinds, sets))
    value = "".join(facets.values)
    own_kind = kind_of(value)
    stored = _by_facet(_run(STORED, facets, {"value": value}))
    total = stored.get(own_kind, {}).get(value, 0)
    if not value or len(kinds) < 2:
        return FacetCounts(total, stored)
    others = _counted(facets, _matched(facets, kinds, [facets]))
    exact = {"category", "entry", "verdict", "status", "", own_kind}
    return FacetCounts(
        total,
        {name: (stored if name in exact else others.by_facet).get(name, {}) for name in stored},
        [str(kind) for kind in kinds if str(kind) != own_kind] if others.is_more else (),
    )


def count_found(query: SearchQuery, facets: Facets, kinds: Sequence[int]) -> FacetCounts:
    """Return the counts among the tools that match a search. One query."""
    sets = [facets, Facets()] if facets.lexemes else [facets]
    return _counted(facets, _matched(facets, kinds, sets, query))


def _matched(
    facets: Facets,
    kinds: Sequence[int],
    sets: Sequence[Facets],
    query: SearchQuery | None = None,
) -> Rows:
    matches = MATCHES_SEARCH if query else MATCHES_FACETS
    statement = MATCHED.format(
        sets=", ".join(
            MATCHING.format(
                n=n, most=MOST, matches=matches.format(n=n), fence=_fence(chosen, query)
            )
            for n, chosen in enumerate(sets)
        ),
        union=" UNION ".join(f"SELECT tool_id FROM set_{n}" for n in range(len(sets))),  # noqa: S608
        counts=", ".join(f"({n}, (SELECT count(*) FROM set_{n}))" for n in range(len(sets))),  # noqa: S608
        lacks=", ".join(
            f"CASE WHEN NOT %(value{n})s = ANY (fact_values) THEN %(kind{n})s END"
            for n in range(len(facets.values))
        ),
        in_category="category_id = %(category)s" if facets.category else "true",
        most=MOST,
    )
    return _run(
        statement,
        facets,
        {
            **{f"facets{n}": chosen.query for n, chosen in enumerate(sets)},
            **{f"value{n}": value for n, value in enumerate(facets.values)},
            **{f"kind{n}": kind_of(value) for n, value in enumerate(facets.values)},
            "kinds": [str(kind) for kind in kinds],
            "names": query.names if query else "",
            "every": query.every if query else "",
        },
    )


def _fence(facets: Facets, query: SearchQuery | None) -> str:
    searched = [part for part in (query.names, query.every) if part] if query else []
    is_one = len(facets.lexemes) + min(len(searched), 1) == 1 and "&" not in "".join(searched)
    return ONE if is_one else SEVERAL


def _run(statement: str, facets: Facets, params: dict[str, Any]) -> Rows:
    values = {
        "now": timezone.now(),
        "category": facets.category.pk if facets.category else 0,
        "entries": facets.entries,
        "verdicts": facets.verdicts,
        "statuses": facets.statuses,
        **params,
    }
    with read_connection().cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _by_facet(rows: Rows) -> dict[str, dict[str, int]]:
    by_facet: dict[str, dict[str, int]] = defaultdict(dict)
    for facet, choice, tools in rows:
        if tools:
            by_facet[facet][choice] = int(tools)
    return by_facet


def _counted(facets: Facets, rows: Rows) -> FacetCounts:
    """Return counts of tools that matched.

    They are lower bounds if more match all facets than were counted (set 0). If more match some of the facets only, the
    choices beside a chosen one are.
    """
    by_facet = _by_facet(rows)
    more = by_facet.pop("is_more", {})
    total = by_facet.get("", {}).get("", 0)
    lower_bounds = ["", *by_facet] if "0" in more else facets.chosen if more else ()
    return FacetCounts(total, by_facet, lower_bounds)
