"""Checks the tallies against the votes, and rebuilds them.

Triggers keep the tallies equal to the votes, so a difference is a defect.
"""

from collections.abc import Iterator

from django.db import connection

from web.long_statements import long_statements

ALL_RIGHT = "all match their rows."

TRUE_TALLIES = """
SELECT tool.id AS tool_id,
    count(vote.id) FILTER (WHERE vote.state = 'counted' AND vote.choice = 'ship') AS ships,
    count(vote.id) FILTER (WHERE vote.state = 'counted' AND vote.choice = 'skip') AS skips,
    count(vote.id) FILTER (WHERE vote.state = 'held') AS held
FROM tools_tool AS tool LEFT JOIN votes_vote AS vote ON vote.tool_id = tool.id
GROUP BY tool.id
"""

DIFFERENCES = f"""
SELECT tool.slug, stored.ships, stored.skips, stored.held, truth.ships, truth.skips, truth.held
FROM ({TRUE_TALLIES}) AS truth
JOIN tools_tool AS tool ON tool.id = truth.tool_id
LEFT JOIN votes_tally AS stored USING (tool_id)
WHERE (stored.ships, stored.skips, stored.held)
    IS DISTINCT FROM (truth.ships, truth.skips, truth.held)
ORDER BY tool.slug
"""  # noqa: S608 - made of constants of our own

STORE = f"""
INSERT INTO votes_tally AS stored (tool_id, ships, skips, held, version, entry, verdict)
SELECT tool_id, ships, skips, held, 0, '', '' FROM ({TRUE_TALLIES}) AS truth ORDER BY tool_id
ON CONFLICT (tool_id) DO UPDATE
SET ships = excluded.ships, skips = excluded.skips, held = excluded.held,
    version = stored.version + 1
WHERE (stored.ships, stored.skips, stored.held)
    IS DISTINCT FROM (excluded.ships, excluded.skips, excluded.held)
RETURNING tool_id
"""  # noqa: S608 - made of constants of our own

# What a tally copies of the listing of its tool.
OTHER_LISTINGS = """
SELECT tally.tool_id FROM votes_tally AS tally
LEFT JOIN reviews_listing AS listing USING (tool_id)
WHERE (tally.category_id, tally.entry, tally.verdict, tally.published_at) IS DISTINCT FROM
    (listing.category_id, coalesce(listing.entry, ''), coalesce(listing.verdict, ''),
     listing.published_at)
ORDER BY tally.tool_id
"""


def differences() -> Iterator[str]:
    """Yield a line for each tool whose tally differs from the count of its votes, or from its listing."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        for slug, *counts in cursor:
            yield f"{slug}: ships, skips, held are {counts[:3]}, not {counts[3:]}"
        cursor.execute(OTHER_LISTINGS)
        for (tool_id,) in cursor:
            yield f"tool {tool_id}: category, entry, verdict or publication are not those of its listing"


def recount() -> int:
    """Rebuild every tally while voting waits; return how many were different."""
    with long_statements(), connection.cursor() as cursor:
        # Exclusive: otherwise staff who have locked votes and a tally, and this statement, would wait for each other.
        cursor.execute("LOCK TABLE votes_vote IN EXCLUSIVE MODE")
        cursor.execute(STORE)
        changed = {tool_id for (tool_id,) in cursor}
        cursor.execute(OTHER_LISTINGS)
        others = [tool_id for (tool_id,) in cursor]
        cursor.execute("SELECT votes_copy_listings(%s)", [others])
        return len(changed.union(others))
