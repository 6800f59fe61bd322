"""Stored counts over listed tools, as sums of deltas: triggers add them, a job sums them up, pages read the sum."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.db import connection

from reviews.listing.models import Delta, FactCount, ListingCount, ReviewCount
from web.long_statements import long_statements

# A scheduled tool keeps its time until it has come.
SINCE = "CASE WHEN since <= clock_timestamp() THEN 'epoch'::timestamptz ELSE since END"


@dataclass(frozen=True)
class Counts:
    """A table of deltas with the columns `keys` and `sums`; `truth` selects since, keys and sums from the rows."""

    table: type[Delta]
    keys: Sequence[str]
    sums: Sequence[str]
    truth: str

    ALL_RIGHT: ClassVar[str] = "all match their rows."

    def fold(self) -> None:
        """Replace the deltas by their sums. Only rows that this statement deletes are summed up."""
        self._execute(
            "WITH folded AS (DELETE FROM {table} RETURNING *) "
            "INSERT INTO {table} ({columns}) {stored_sums}"
        )

    @long_statements()
    def recount(self) -> int:
        """Count the rows again while writers wait; return how many counts were different."""
        # A writer that has changed rows has added its deltas too, and is waited for.
        self._execute("LOCK TABLE {table} IN EXCLUSIVE MODE")
        changed = len(list(self.differences()))
        if changed:
            self._execute("DELETE FROM {table}; INSERT INTO {table} ({columns}) {truth}")
        return changed

    def differences(self) -> Iterator[str]:
        """Yield a sentence for each count that is not the number of its rows."""
        with long_statements(), connection.cursor() as cursor:
            cursor.execute(
                self._sql(
                    "SELECT {keys}, right_sum, stored_sum FROM "
                    "(SELECT since, {keys}, ({sums})::text AS right_sum FROM ({truth}) AS truth) AS truth "
                    "FULL JOIN (SELECT since, {keys}, ({sums})::text AS stored_sum "
                    "FROM (WITH folded AS (SELECT * FROM {table}) {stored_sums}) AS folded) AS stored "
                    "USING (since, {keys}) WHERE right_sum IS DISTINCT FROM stored_sum ORDER BY {keys}"
                )
            )
            for *keys, right, stored in cursor.fetchall():
                which = ", ".join(
                    f"{key} {value}" for key, value in zip(self.keys, keys, strict=True)
                )
                yield f"{which}: {', '.join(self.sums)} is {stored or 0}, not {right or 0}"

    def _execute(self, template: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql(template))

    def _sql(self, template: str) -> str:
        keys, sums = ", ".join(self.keys), ", ".join(self.sums)
        totals = ", ".join(f"sum({name}) AS {name}" for name in self.sums)
        places = ", ".join(str(place) for place in range(1, len(self.keys) + 2))
        is_something = " OR ".join(f"sum({name}) <> 0" for name in self.sums)
        return template.format(
            table=self.table._meta.db_table,
            keys=keys,
            sums=f"concat_ws('/', {sums})",
            columns=f"since, {keys}, {sums}",
            truth=self.truth,
            stored_sums=(
                f"SELECT {SINCE} AS since, {keys}, {totals} FROM folded "  # noqa: S608 - made of constants of our own
                f"GROUP BY {places} HAVING {is_something}"
            ),
        )


COUNTS = {
    "Tools by facet": Counts(
        ListingCount,
        ["value", "category_id", "entry", "verdict", "status"],
        ["tools"],
        "SELECT reviews_since(published_at) AS since, value, scope.category_id, entry, verdict, status, "
        "count(*) AS tools FROM reviews_listing CROSS JOIN LATERAL reviews_counted_values(fact_values) AS value "
        "CROSS JOIN LATERAL (VALUES (category_id), (0)) AS scope (category_id) GROUP BY 1, 2, 3, 4, 5, 6",
    ),
    "Reviews by reviewer": Counts(
        ReviewCount,
        ["reviewer_id"],
        ["reviews", "ships", "points"],
        "SELECT reviews_since(listing.published_at) AS since, reviewer_id, count(*) AS reviews, "
        "count(*) FILTER (WHERE review.verdict = 'ship') AS ships, sum(score) AS points "
        "FROM reviews_review AS review JOIN reviews_listing AS listing USING (tool_id) "
        "WHERE review.is_current GROUP BY 1, 2",
    ),
    "Known facts": Counts(
        FactCount,
        ["category_id", "kind_id"],
        ["tools"],
        "SELECT reviews_since(listing.published_at) AS since, listing.category_id, kind_id, "
        "count(*) AS tools FROM tools_fact JOIN reviews_listing AS listing USING (tool_id) "
        "GROUP BY 1, 2, 3",
    ),
}


def fold_counts() -> None:
    for counts in COUNTS.values():
        counts.fold()
