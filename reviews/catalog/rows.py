"""Compares rows of the file with rows of the database, and writes those that are new or differ."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from tools.copy_rows import copy_rows

BATCH = 1000


@dataclass
class ImportCounts:
    """How many rows of one kind an import created, changed and left unchanged."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def touched(self) -> int:
        return self.created + self.changed


@dataclass
class ImportSummary:
    """What an import did, by kind of row."""

    kinds: dict[str, ImportCounts] = field(default_factory=dict)

    def of(self, kind: str) -> ImportCounts:
        return self.kinds.setdefault(kind, ImportCounts())

    @property
    def is_nothing(self) -> bool:
        return not any(counts.touched for counts in self.kinds.values())

    def __str__(self) -> str:
        return "\n".join(
            f"{kind}: {counts.created} created, {counts.changed} changed, {counts.unchanged} unchanged"
            for kind, counts in self.kinds.items()
        )


def sync[Key: Hashable, Row: Model](
    model: type[Row],
    wanted: dict[Key, dict[str, Any]],
    stored: dict[Key, Row],
    counts: ImportCounts,
) -> None:
    """Create or change rows so that `stored` holds the field values of `wanted`, both by key.

    Only what differs is written. `stored` then holds the new rows too.
    """
    new: dict[Key, Row] = {}
    different: list[Row] = []
    names: set[str] = set()
    for key, fields in wanted.items():
        row = stored.get(key)
        if row is None:
            new[key] = model(**fields)
            continue
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, fields[name])
        if changed:
            different.append(row)
            names.update(changed)
        else:
            counts.unchanged += 1
    copy_rows(list(new.values()))
    if different:
        model._default_manager.bulk_update(different, names, batch_size=BATCH)
    stored.update(new)
    counts.created += len(new)
    counts.changed += len(different)
