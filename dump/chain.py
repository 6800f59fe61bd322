"""The hash chain over the change log: one hash a day (UTC), each made of the one before and the entries of the day.

An entry that is changed, added or taken out later changes the hash of its day and of all days after it.
"""

import hashlib
from collections.abc import Iterable, Iterator

from dump.files import canonical
from dump.table import DAY, HASH, WHOLE, YES_OR_NO, Row, Table, described

# What the first day is hashed with.
START = "0" * 64


class LedgerChain:
    """Hashes the rows of the ledger that pass `through` it. `days` are rows, one per day with entries."""

    def __init__(self) -> None:
        self.days: list[Row] = []

    def through(self, rows: Iterable[Row], today: str) -> Iterator[Row]:
        """Yield `rows`, which come oldest first. The hash of `today` is not final."""
        day, entries, hashed = "", 0, hashlib.sha256()
        for row in rows:
            if row["at"][:10] != day:
                self._end(day, entries, hashed.hexdigest(), today)
                day, entries = row["at"][:10], 0
                hashed = hashlib.sha256(self.head.encode() + b"\n")
            hashed.update(canonical(row) + b"\n")
            entries += 1
            yield row
        self._end(day, entries, hashed.hexdigest(), today)

    @property
    def head(self) -> str:
        return self.days[-1]["hash"] if self.days else START

    def _end(self, day: str, entries: int, digest: str, today: str) -> None:
        if entries:
            self.days.append(
                {
                    "day": day,
                    "entries": entries,
                    "previous": self.head,
                    "hash": digest,
                    "complete": day < today,
                }
            )


def days_table(chain: LedgerChain) -> Table:
    return Table(
        "ledger_days",
        "The hash chain of the ledger, oldest day (UTC) first.",
        {
            "day": described(DAY, "The day (UTC)."),
            "entries": described(WHOLE, "How many entries the change log has of the day."),
            "previous": described(HASH, "The hash of the day before, 64 zeros for the first."),
            "hash": described(
                HASH,
                "SHA-256 of the previous hash, a line feed, and the canonical JSON (RFC 8785) of each entry of the day "
                "without its sha256, followed by a line feed.",
            ),
            "complete": described(YES_OR_NO, "Whether the day was over when the dump was made."),
        },
        lambda now: iter(chain.days),
    )
