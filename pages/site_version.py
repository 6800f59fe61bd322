from dataclasses import dataclass

from django.utils import timezone

from web.replica import read_connection

STATE = """
SELECT (SELECT number FROM tools_catalogversion),
    (SELECT sum(hashint8extended(tool_id, version)) FROM votes_tally),
    (SELECT sum(hashint8extended(id, version)) FROM tools_tool WHERE withdrawn_at IS NOT NULL),
    count(*), sum(hashint8extended(id, version)), coalesce(bool_or(is_sample), false)
FROM tools_tool WHERE published_at <= now()
"""


@dataclass(frozen=True)
class SiteVersion:
    """What every public page depends on. `version` changes with anything that readers can see."""

    version: str
    holds_sample: bool


def site_version() -> SiteVersion:
    """Read the version of the whole catalogue, in one query over three indexes.

    The day (UTC) is part of it, because the vote chart ends today.
    """
    with read_connection().cursor() as cursor:
        cursor.execute(STATE)
        shared, tallies, withdrawn, count, tools, holds_sample = cursor.fetchone()
    day = timezone.now().date()
    return SiteVersion(f"{day}:{shared}:{tallies}:{withdrawn}:{count}:{tools}", holds_sample)
