"""Checks the counts of the reasons of counted votes against the votes, and rebuilds them.

Triggers keep them equal to the votes, so a difference is a defect.
"""

from collections.abc import Iterator

from django.db import connection

from web.long_statements import long_statements

ALL_RIGHT = "all match their rows."

DIFFERENT = """
SELECT tool_id, reason_id, coalesce(stored.count, 0) AS stored, coalesce(truth.count, 0) AS truth
FROM votes_reasontally AS stored FULL JOIN (
    SELECT tool_id, reason_id, count(*) AS count FROM votes_vote
    WHERE state = 'counted' AND reason_id IS NOT NULL
    GROUP BY tool_id, reason_id
) AS truth USING (tool_id, reason_id)
WHERE coalesce(stored.count, 0) <> coalesce(truth.count, 0)
"""

DIFFERENCES = f"""
SELECT tool.slug, reason.side, reason.slug, stored, truth
FROM ({DIFFERENT}) AS different
JOIN tools_tool AS tool ON tool.id = tool_id JOIN votes_reason AS reason ON reason.id = reason_id
ORDER BY tool.slug, reason.side, reason.slug
"""  # noqa: S608 - made of constants of our own

STORE = f"""
INSERT INTO votes_reasontally (tool_id, reason_id, count)
SELECT tool_id, reason_id, truth FROM ({DIFFERENT}) AS different ORDER BY tool_id, reason_id
ON CONFLICT (tool_id, reason_id) DO UPDATE SET count = excluded.count
RETURNING tool_id
"""  # noqa: S608 - made of constants of our own

# The pages that print the reasons of a tool are cached by the version of its tally.
NEW_VERSIONS = "UPDATE votes_tally SET version = version + 1 WHERE tool_id = ANY(%s)"


def differences() -> Iterator[str]:
    """Yield a line for each tool and reason whose count differs from the votes."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        for tool, side, reason, stored, truth in cursor:
            yield f"{tool}: {side} for {reason} is {stored}, not {truth}"


def recount() -> int:
    """Rebuild every count while voting waits; return for how many tools one was different."""
    with long_statements(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE votes_vote IN EXCLUSIVE MODE")
        cursor.execute(STORE)
        tools = {tool_id for (tool_id,) in cursor}
        cursor.execute(NEW_VERSIONS, [list(tools)])
    return len(tools)
