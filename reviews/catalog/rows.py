"""Rows of the file against rows of the database: what is new, what differs, what is as it should be."""

from dataclasses import dataclass, field
from itertools import batched

BATCH = 1000


@dataclass
class ImportCounts:
    """How many rows of one kind an import made, changed and found right."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def touched(self):
        return self.created + self.changed


@dataclass
class ImportSummary:
    """What an import did, by kind of row."""

    kinds: dict = field(default_factory=dict)

    def of(self, kind):
        return self.kinds.setdefault(kind, ImportCounts())

    @property
    def is_nothing(self):
        return not any(counts.touched for counts in self.kinds.values())

    def __str__(self):
        return "\n".join(
            f"{kind}: {counts.created} created, {counts.changed} changed, {counts.unchanged} unchanged"
            for kind, counts in self.kinds.items()
        )


def create(model, rows, bar):
    """Insert `rows` in batches, and move the progress bar on with each."""
    rows = list(rows)
    bar.total += len(rows)
    for batch in batched(rows, BATCH):
        model.objects.bulk_create(batch)
        bar.update(len(batch))


def sync(model, wanted, stored, counts, bar):
    """Make the rows `wanted` ({key: {field: value}}) so, beside the rows `stored` ({key: object}).

    Only what differs is written. `stored` then holds the new rows too.
    """
    new, different, names = {}, [], set()
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
    create(model, new.values(), bar)
    if different:
        model.objects.bulk_update(different, names, batch_size=BATCH)
    stored.update(new)
    counts.created += len(new)
    counts.changed += len(different)
