"""What each kind of public page depends on."""

from collections.abc import Mapping
from typing import Any

from tools.comparison_urls import MOST, slugs_in
from tools.page_versions import CATALOG, SAMPLE, SHARED, named_by, of_category
from web.page_validator import Validator

# For pages that print figures about the whole catalogue, which a job stores.
FIGURES = (
    "(SELECT string_agg(ROW(name, computed_at)::text, ' ' ORDER BY name) FROM reviews_figureset)"
)
# How old the tallies of a list may be, in seconds.
TALLIES_AGE = 5

# The stored ranks that the page of a tool prints.
RANKS = """
(SELECT string_agg(ROW(rank.category_id, rank.rank, rank.is_shared, rank.among, ranked.score)::text, ' '
    ORDER BY rank.category_id)
 FROM votes_rank AS rank JOIN votes_rankedtool AS ranked ON ranked.tool_id = rank.ranked_tool_id
 WHERE rank.ranked_tool_id = tool.id AND rank.ranking = 'panel')
"""

TOOL = f"""
SELECT ROW(
    tool.id, tool.version, tally.version, tool.published_at <= %(now)s, {SHARED},
    (SELECT max(at) FROM tools_ledgerentry WHERE tool_id = tool.id AND at <= %(now)s),
    {of_category("tool.category_id")}, {named_by("tool")}, {RANKS}
)::text
FROM tools_tool AS tool JOIN votes_tally AS tally ON tally.tool_id = tool.id
WHERE tool.slug = %(slug)s AND (tool.published_at <= %(now)s OR tool.withdrawn_at IS NOT NULL)
"""  # noqa: S608 - made of constants of our own

# The change log of a tool, which shows no votes and no other tools but those that it names.
TOOL_HISTORY = f"""
SELECT ROW(
    tool.id, tool.version, tool.published_at <= %(now)s, {SHARED},
    (SELECT max(at) FROM tools_ledgerentry WHERE tool_id = tool.id AND at <= %(now)s), {named_by("tool")}
)::text
FROM tools_tool AS tool
WHERE tool.slug = %(slug)s AND (tool.published_at <= %(now)s OR tool.withdrawn_at IS NOT NULL)
"""  # noqa: S608 - made of constants of our own

# Nothing unless all tools are public: else there is nothing to compare.
COMPARISON = f"""
SELECT string_agg(
    ROW(tool.id, tool.version, tally.version, {SHARED}, {named_by("tool")})::text, ' ' ORDER BY tool.id)
FROM tools_tool AS tool JOIN votes_tally AS tally ON tally.tool_id = tool.id
WHERE tool.slug = ANY (%(slugs)s::text[]) AND tool.published_at <= %(now)s
HAVING count(*) = cardinality(%(slugs)s::text[]) AND count(*) > 1
"""  # noqa: S608 - made of constants of our own


def _comparison(kwargs: Mapping[str, Any]) -> dict[str, object]:
    """More slugs than can be compared find no page, whatever they are."""
    slugs = slugs_in(kwargs["pair"])
    return {"slugs": slugs if len(slugs) <= MOST else []}


TOOL_PAGE = Validator(f"SELECT {SAMPLE}, ({TOOL})")
TOOL_HISTORY_PAGE = Validator(f"SELECT {SAMPLE}, ({TOOL_HISTORY})")
COMPARISON_PAGE = Validator(f"SELECT {SAMPLE}, ({COMPARISON})", parameters=_comparison)
# The parameters of these are in the page's key; all tools decide what a page of a list shows.
CATALOG_PAGE = Validator(f"SELECT {SAMPLE}, ROW({CATALOG})::text")
FIGURES_PAGE = Validator(f"SELECT {SAMPLE}, ROW({CATALOG}, {FIGURES})::text")
TALLIES_PAGE = Validator(f"SELECT {SAMPLE}, ROW({CATALOG})::text", seconds=TALLIES_AGE)
# Without a tool: texts that name categories, reviewers and settings.
SHARED_PAGE = Validator(f"SELECT {SAMPLE}, ROW({SHARED})::text")
