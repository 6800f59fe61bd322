"""The SQL of the rankings and of the biggest moves."""

from votes.rankings.models import Ranking

# Ranked are published tools that can still be chosen.
TOOLS = """
WITH lenient AS (
    SELECT * FROM unnest(%(reviewers)s::bigint[], %(points)s::numeric[]) AS row (reviewer_id, points)
), scores AS (
    SELECT tool_id, min(score) AS lowest, max(score) AS highest,
        least(greatest(round(avg(score - points), 1), 0), 100) AS corrected_score
    FROM reviews_review JOIN lenient USING (reviewer_id)
    WHERE is_current GROUP BY tool_id HAVING count(*) >= %(reviews)s
), tools AS (
    SELECT tool.id AS tool_id, tool.category_id AS own_category_id,
        panel.ships + panel.skips AS reviews, panel.ships AS panel_ships, panel.ranking_score AS score,
        panel.ship_percent, scores.lowest, scores.highest, scores.corrected_score,
        CASE WHEN tally.rank_bound IS NOT NULL THEN tally.ships END AS ships,
        CASE WHEN tally.rank_bound IS NOT NULL THEN tally.skips END AS skips, tally.rank_bound,
        (200 * tally.ships + tally.ships + tally.skips) / nullif(2 * (tally.ships + tally.skips), 0)
            AS community_percent
    FROM tools_tool AS tool
    JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    JOIN votes_tally AS tally ON tally.tool_id = tool.id
    LEFT JOIN scores ON scores.tool_id = tool.id
    WHERE tool.published_at <= %(now)s AND tool.status <> 'discontinued'
)
"""
# Each ranking by the figure that it sorts by, and which tools have a rank.
KEYS = {
    Ranking.PANEL: ("score", "score IS NOT NULL"),
    Ranking.COMMUNITY: ("rank_bound", "rank_bound IS NOT NULL"),
    Ranking.DIVISIVE: ("highest - lowest", "score IS NOT NULL"),
    Ranking.GAP: (
        "abs(ship_percent - community_percent)",
        "score IS NOT NULL AND rank_bound IS NOT NULL",
    ),
}


def ranked(ranking: Ranking) -> str:
    """Return the SELECT of the first `top` tools of every category, and of all tools (without a category)."""
    key, has_rank = KEYS[ranking]
    return f"""{TOOLS}
    SELECT * FROM (
        SELECT tools.*, category_id, {key} AS figure, count(*) OVER listed AS among,
            row_number() OVER (listed ORDER BY {key} DESC, tool_id) AS place,
            rank() OVER (listed ORDER BY score DESC) AS score_place,
            rank() OVER (listed ORDER BY corrected_score DESC) AS corrected_place
        FROM tools CROSS JOIN LATERAL (VALUES (NULL), (own_category_id)) AS scope (category_id)
        WHERE {has_rank} WINDOW listed AS (PARTITION BY category_id)
    ) AS places WHERE place <= %(top)s ORDER BY category_id NULLS FIRST, place
    """  # noqa: S608 - made of constants of our own


# From the first change within the month to the panel of now. A first verdict is none: it changes a score from
# nothing. Corrected entries said something wrong.
MOVES = """
WITH old AS (
    SELECT DISTINCT ON (tool_id, kind) tool_id, kind, old #>> '{}' AS value FROM tools_ledgerentry AS entry
    WHERE kind IN ('score', 'verdict') AND at > %(now)s - interval '30 days' AND at <= %(now)s
        AND NOT EXISTS (SELECT FROM tools_ledgerentry AS other WHERE other.corrects_id = entry.id)
    ORDER BY tool_id, kind, at, id
), before AS (
    SELECT tool_id, max(value) FILTER (WHERE kind = 'score')::numeric AS score,
        max(value) FILTER (WHERE kind = 'verdict') AS verdict
    FROM old GROUP BY tool_id HAVING bool_and(value IS NOT NULL)
), moved AS (
    SELECT panel.tool_id, panel.score AS new_score, panel.verdict AS new_verdict,
        coalesce(before.score, panel.score) AS old_score, coalesce(before.verdict, panel.verdict) AS old_verdict
    FROM before JOIN reviews_panelverdict AS panel USING (tool_id)
    JOIN tools_tool AS tool ON tool.id = panel.tool_id
    WHERE tool.published_at <= %(now)s AND panel.score IS NOT NULL
)
SELECT tool_id, old_score, old_verdict FROM moved
WHERE old_verdict <> new_verdict OR abs(new_score - old_score) >= %(points)s
ORDER BY old_verdict <> new_verdict DESC, abs(new_score - old_score) DESC, tool_id LIMIT %(top)s
"""

# What rankings and moves come from, besides the reviews.
VOTES = """
SELECT count(*) || ':' || coalesce(sum(hashtextextended(
    concat_ws(':', tool.id, tool.category_id, tool.status, tally.ships, tally.skips), 0)), 0)
FROM votes_tally AS tally JOIN tools_tool AS tool ON tool.id = tally.tool_id
WHERE tally.rank_bound IS NOT NULL AND tool.published_at <= %(now)s
"""
CHANGES = """
SELECT count(*) || ':' || coalesce(sum(id), 0) FROM tools_ledgerentry
WHERE kind IN ('score', 'verdict', 'corrected') AND at > %(now)s - interval '30 days' AND at <= %(now)s
"""
