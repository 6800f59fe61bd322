"""What was measured, and the tables that print it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from bin.local.terminal import Problem

COLUMNS = [
    "",
    "",
    "req/s",
    "ratio",
    "CPU ms",
    "ratio",
    "p50 ms",
    "p99 ms",
    "queries",
    "kB",
    "kB gzip",
    "",
]
FORMAT = 1


@dataclass
class Row:
    """One measurement. `ratio` is its rate divided by that of the constant view, measured just before and after.

    `cpu` is the time of the processors in ms for a request, of the web processes and of a local Postgres;
    `cpu_ratio` is that of the constant view divided by it. On a busy machine these are the steadier figures.
    `size` and `compressed` are bytes of the body. None stands for what was not measured.
    """

    case: str
    mode: str  # "hot", "cold", "304", "one at a time", "nginx" or "pgbench"
    rate: float
    ratio: float | None = None
    cpu: float | None = None
    cpu_ratio: float | None = None
    p50: float | None = None  # ms
    p99: float | None = None
    queries: int | None = None
    size: int | None = None
    compressed: int | None = None
    note: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.case, self.mode


@dataclass
class Measured:
    """One catalogue at one revision. `constant` holds all rates of the constant view, `memory` MB by process.

    `log_bytes` are those of the write-ahead log for each kind of vote, `row_bytes` those of a row and its indexes.
    """

    revision: str
    tools: int
    votes: int
    constant: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)
    log_bytes: dict[str, float] = field(default_factory=dict)
    row_bytes: dict[str, float] = field(default_factory=dict)

    @classmethod
    def from_json(cls, codes: dict[str, Any]) -> Self:
        return cls(**codes | {"rows": [Row(**row) for row in codes["rows"]]})


def write(path: Path, measured: Iterable[Measured]) -> None:
    codes = {"format": FORMAT, "measured": [asdict(each) for each in measured]}
    path.write_text(json.dumps(codes, indent=1) + "\n")


def read(path: Path) -> list[Measured]:
    try:
        codes = json.loads(path.read_text())
        if codes["format"] == FORMAT:
            return [Measured.from_json(each) for each in codes["measured"]]
    except (ValueError, KeyError, TypeError):
        pass
    raise Problem(f"{path} was not written by bin/bench --json of this version.")


def table(measured: Measured) -> str:
    lowest, highest = min(measured.constant, default=0), max(measured.constant, default=0)
    lines = [
        f"{measured.tools:,} tools, {measured.votes:,} votes, {measured.revision}. "
        f"Constant view: {lowest:,.0f} to {highest:,.0f} requests a second.",
        aligned([COLUMNS, *map(_cells, measured.rows)]),
    ]
    if measured.memory:
        memory = ", ".join(f"{name} {size:.0f} MB" for name, size in measured.memory.items())
        lines.append(f"Memory (RSS): {memory}.")
    for title, sizes in [
        ("Bytes in the write-ahead log", measured.log_bytes),
        ("Bytes of a row", measured.row_bytes),
    ]:
        if sizes:
            each = ", ".join(f"{name} {size:,.0f}" for name, size in sizes.items())
            lines.append(f"{title}: {each}.")
    return "\n".join(lines)


def comparison(before: Measured, after: Measured) -> str:
    """Return a table with the figures of both, and how many times faster each case became.

    Speed is compared by the ratios to the constant view where both have one: the machine may differ.
    """
    earlier = {row.key: row for row in before.rows}
    rows = [(earlier[row.key], row) for row in after.rows if row.key in earlier]
    head = [
        "",
        "",
        "req/s",
        "ratio",
        "faster",
        "CPU ms",
        "less CPU",
        "p50 ms",
        "p99 ms",
        "queries",
        "kB gzip",
    ]
    return (
        f"{after.tools:,} tools: {before.revision} -> {after.revision}.\n"
        f"{aligned([head, *(_compared(old, new) for old, new in rows)])}"
    )


def comparisons(before: Sequence[Measured], after: Sequence[Measured]) -> Iterator[str]:
    """Yield a table for each size that both have."""
    earlier = {each.tools: each for each in before}
    for each in after:
        if each.tools in earlier:
            yield comparison(earlier[each.tools], each)


def speedup(before: Row, after: Row) -> float | None:
    if before.ratio and after.ratio:
        return after.ratio / before.ratio
    return after.rate / before.rate if before.rate else None


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return lines with the first two columns aligned left and the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _cells(row: Row) -> list[str]:
    return [
        row.case,
        row.mode,
        f"{row.rate:,.0f}" if row.rate >= 100 else f"{row.rate:.1f}",
        _number(row.ratio, 3),
        _number(row.cpu, 2),
        _number(row.cpu_ratio, 3),
        _number(row.p50, 1),
        _number(row.p99, 1),
        _number(row.queries),
        _kilobytes(row.size),
        _kilobytes(row.compressed),
        row.note,
    ]


def _compared(before: Row, after: Row) -> list[str]:
    pairs = [
        (_number(before.p50, 1), _number(after.p50, 1)),
        (_number(before.p99, 1), _number(after.p99, 1)),
        (_number(before.queries), _number(after.queries)),
        (_kilobytes(before.compressed), _kilobytes(after.compressed)),
    ]
    others = [_arrow(old, new) for old, new in pairs]
    return [
        after.case,
        after.mode,
        f"{before.rate:,.0f} -> {after.rate:,.0f}",
        _arrow(_number(before.ratio, 3), _number(after.ratio, 3)),
        _times(speedup(before, after)),
        _arrow(_number(before.cpu, 2), _number(after.cpu, 2)),
        _times(before.cpu / after.cpu if before.cpu and after.cpu else None),
        *others,
    ]


def _arrow(old: str, new: str) -> str:
    return f"{old} -> {new}" if old or new else ""


def _times(factor: float | None) -> str:
    return f"{factor:.2f}x" if factor else ""


def _number(number: float | None, decimals: int = 0) -> str:
    return "" if number is None else f"{number:,.{decimals}f}"


def _kilobytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1000:.1f}"
