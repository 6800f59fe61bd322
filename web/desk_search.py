"""Search over the admin: each app finds its own rows, and the page groups them.

Words are looked up in indexes, never with LIKE over a table. Each group has a time limit: a group that needs longer
says so, and the others are shown.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Model, QuerySet

from web.time_limit import TookTooLong, time_limit

MOST_HITS = 10
# Of the rows that match, so many are read and sorted.
MOST_CANDIDATES = 200
MOST_MILLISECONDS = 1000
LONGEST_TEXT, MOST_WORDS = 100, 8


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class DeskQuery:
    """What was typed, limited in length: `text` as it is, and its words."""

    text: str

    @classmethod
    def parse(cls, typed: str) -> "DeskQuery":
        return cls(" ".join(typed[:LONGEST_TEXT].split()))

    @property
    def words(self) -> list[str]:
        return re.findall(r"\w+", self.text)[:MOST_WORDS]

    @property
    def words_text(self) -> str:
        return " ".join(self.words)

    @property
    def most(self) -> int:
        """How many hits of a group are read: one more than is shown says that there are more."""
        return MOST_HITS + 1

    @property
    def sense(self) -> SearchQuery:
        """All words, stemmed as English, for texts."""
        return SearchQuery(self.words_text, config="english")


@dataclass(frozen=True)
class HitGroup:
    """`find` yields the hits, best first, at most one more than MOST_HITS. `url` lists all that match."""

    label: str
    url: str
    find: Callable[[], Iterable[Hit]]


@dataclass(frozen=True)
class FoundGroup:
    label: str
    url: str
    hits: list[Hit]
    has_more: bool = False
    is_late: bool = False


def found(group: HitGroup) -> FoundGroup:
    """Return the hits of `group`, or that it took too long."""
    try:
        with time_limit(MOST_MILLISECONDS):
            hits = list(group.find())
    except TookTooLong:
        return FoundGroup(group.label, group.url, [], is_late=True)
    return FoundGroup(group.label, group.url, hits[:MOST_HITS], len(hits) > MOST_HITS)


def candidates[Row: Model](rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return some of `rows` that match by an index, at most MOST_CANDIDATES, to be sorted."""
    return rows.model._default_manager.filter(pk__in=candidate_ids(rows))


def candidate_ids(rows: QuerySet) -> list[int]:
    """Return the ids of some of `rows`, at most MOST_CANDIDATES.

    What matches is a list of its own (MATERIALIZED), so that Postgres does not plan with the limit: for words that
    never meet in one row it would read the whole table in the hope of an early end.
    """
    statement, params = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH matching AS MATERIALIZED ({statement}) SELECT * FROM matching LIMIT {MOST_CANDIDATES}",  # noqa: S608 - of a queryset
            params,
        )
        return [pk for (pk,) in cursor.fetchall()]
