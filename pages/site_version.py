from dataclasses import dataclass

from django.db import connection

STATE = """
SELECT (SELECT number FROM tools_catalogversion),
    (SELECT sum(hashint8extended(tool_id, version)) FROM votes_tally),
    count(*), sum(hashint8extended(id, version)), coalesce(bool_or(is_sample), false)
FROM tools_tool WHERE published_at <= now()
"""


@dataclass(frozen=True)
class SiteVersion:
    """What every public page depends on. `version` changes with anything that readers can see."""

    version: str
    holds_sample: bool


def site_version():
    """Read the state of the whole catalogue, in one query over two indexes."""
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        shared, tallies, count, tools, holds_sample = cursor.fetchone()
    return SiteVersion(f"{shared}:{tallies}:{count}:{tools}", holds_sample)
