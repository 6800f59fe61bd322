"""Names that look like a mistyped one, among any number of tools."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from rapidfuzz import fuzz, process, utils

from web.replica import read_connection

# Below this likeness (of 100) a name is no help to who mistyped another.
ALIKE = 60
TEXT_LENGTH = 80
# So many tools are looked at for each spelling, and so many in all: the longest spellings first, which few names
# share. Of a spelling that thousands share, such as a common word, the index reads all before the first.
PER_SPELLING, LOOKED_AT = 20, 60

CANDIDATES = """
SELECT name, slug FROM (
    SELECT tool_id, sum(weight) AS common FROM (
        SELECT near.* FROM (
            SELECT spelling, CASE WHEN spelling LIKE '%%*' THEN 1 ELSE length(spelling) END AS weight
            FROM unnest(reviews_spellings(%(asked)s)) AS spelling ORDER BY weight DESC, spelling
        ) AS longest
        CROSS JOIN LATERAL (
            SELECT tool_id, weight FROM reviews_listing
            WHERE spellings @> ARRAY[spelling] AND published_at <= %(now)s LIMIT %(per_spelling)s
        ) AS near
        LIMIT %(looked_at)s
    ) AS hit
    GROUP BY tool_id
) AS candidate JOIN tools_tool AS tool ON tool.id = tool_id
WHERE slug <> ALL (%(without)s)
ORDER BY common DESC, tool_id
"""


def near_names(
    asked: str, limit: int = 5, without: Collection[str] = (), *, whole: bool = False
) -> list[tuple[str, str]]:
    """Return the (name, slug) of published tools that look most like `asked`, a name or slug; nearest first.

    Tools with a slug in `without` are left out. With `whole`, a name that looks like a part of `asked`, or the other
    way round, is no match. One query; it reads a bounded number of tools.
    """
    asked = asked[:TEXT_LENGTH].replace("-", " ")
    params: dict[str, Any] = {
        "asked": asked,
        "now": timezone.now(),
        "per_spelling": PER_SPELLING,
        "looked_at": LOOKED_AT,
        "without": list(without),
    }
    with read_connection().cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        names = cursor.fetchall()
    # A slug is asked for as often as a name, and spells other scripts in Latin letters.
    spellings = [spelling for name, slug in names for spelling in (name, slug.replace("-", " "))]
    found = process.extract(
        asked,
        spellings,
        scorer=fuzz.ratio if whole else fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=limit * 2,
    )
    return list(dict.fromkeys(names[place // 2] for _, _, place in found))[:limit]
