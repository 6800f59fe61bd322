"""Checks that the public vote log adds up to the tallies: per tool, side and reason.

Counted votes of a side are those cast and released, minus those withdrawn, held and voided that counted until then,
plus those changed to it, minus those changed to the other side. Nothing rebuilds the log: the days of past events are
in no other row.
"""

from collections.abc import Iterator

from django.db import connection

from web.long_statements import long_statements

ALL_RIGHT = "adds up to the tallies."

# By how much an event changes the counted votes of its side, and the held votes. A vote is held from "counted", also
# in the moment in which it is cast.
COUNTED = """
CASE WHEN event IN ('cast', 'released') OR (event = 'changed' AND state = 'counted') THEN count
    WHEN event IN ('withdrawn', 'held', 'voided') AND state = 'counted' THEN -count ELSE 0 END
"""
HELD = """
CASE WHEN event = 'held' THEN count
    WHEN event IN ('withdrawn', 'released', 'voided') AND state = 'held' THEN -count ELSE 0 END
"""
# A change takes a counted vote from the other side.
LEFT = "CASE WHEN event = 'changed' AND state = 'counted' THEN count ELSE 0 END"
REASONS = f"""
{COUNTED} + CASE WHEN state <> 'counted' THEN 0
    WHEN event = 'reason_added' THEN count WHEN event = 'reason_removed' THEN -count ELSE 0 END
"""

# What the log of a tool adds up to.
TALLIES = f"""
sum(CASE side WHEN 'ship' THEN {COUNTED} ELSE -({LEFT}) END) AS ships,
sum(CASE side WHEN 'skip' THEN {COUNTED} ELSE -({LEFT}) END) AS skips,
sum({HELD}) AS held
"""

DIFFERENCES = f"""
WITH logged AS (
    SELECT tool_id, {TALLIES}
    FROM votes_voteday GROUP BY tool_id
)
SELECT tool.slug, coalesce(logged.ships, 0), coalesce(logged.skips, 0), coalesce(logged.held, 0),
    tally.ships, tally.skips, tally.held
FROM votes_tally AS tally JOIN tools_tool AS tool ON tool.id = tally.tool_id
LEFT JOIN logged USING (tool_id)
WHERE (coalesce(logged.ships, 0), coalesce(logged.skips, 0), coalesce(logged.held, 0))
    <> (tally.ships, tally.skips, tally.held)
ORDER BY tool.slug
"""  # noqa: S608 - made of constants of our own

REASON_DIFFERENCES = f"""
WITH logged AS (
    SELECT tool_id, reason_id, sum({REASONS}) AS count
    FROM votes_voteday WHERE reason_id IS NOT NULL GROUP BY tool_id, reason_id
)
SELECT tool.slug, reason.side, reason.slug, coalesce(logged.count, 0), coalesce(tally.count, 0)
FROM logged FULL JOIN votes_reasontally AS tally USING (tool_id, reason_id)
JOIN tools_tool AS tool ON tool.id = tool_id JOIN votes_reason AS reason ON reason.id = reason_id
WHERE coalesce(logged.count, 0) <> coalesce(tally.count, 0)
ORDER BY tool.slug, reason.side, reason.slug
"""  # noqa: S608 - made of constants of our own


def differences() -> Iterator[str]:
    """Yield a line for each tool, and for each of its reasons, whose log does not add up to the tally."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        for slug, *counts in cursor:
            yield f"{slug}: ships, skips, held add up to {counts[:3]}, not {counts[3:]}"
        cursor.execute(REASON_DIFFERENCES)
        for tool, side, reason, logged, stored in cursor:
            yield f"{tool}: {side} for {reason} adds up to {logged}, not {stored}"
