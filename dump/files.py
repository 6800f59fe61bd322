"""The files of a dump, written row by row in constant memory."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import rfc8785

from dump.table import Row, Table

COMPRESSION = 6
# What the names of a table's files end with.
JSON, CSV, SCHEMA = ".jsonl.gz", ".csv.gz", ".schema.json"


@dataclass(frozen=True)
class DumpFile:
    name: str
    what: str
    bytes: int
    sha256: str
    rows: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def canonical(value: Any) -> bytes:
    """Return JSON by RFC 8785: the same value is always the same bytes."""
    return rfc8785.dumps(value)


def write_file(folder: Path, name: str, what: str, content: bytes) -> DumpFile:
    (folder / name).write_bytes(content)
    return described_file(folder / name, what)


def described_file(path: Path, what: str, rows: int | None = None) -> DumpFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return DumpFile(path.name, what, path.stat().st_size, digest, rows)


def write_table(folder: Path, table: Table, rows: Iterable[Row]) -> list[DumpFile]:
    """Write the rows as JSON, one a line, and as CSV, and the schema."""
    as_json, as_csv = folder / f"{table.name}{JSON}", folder / f"{table.name}{CSV}"
    count = 0
    with _gzip_file(as_json) as lines, _gzip_file(as_csv) as cells:
        cells.write(csv_line([*table.columns, "sha256"]))
        for row in rows:
            body = canonical(row)
            digest = hashlib.sha256(body).hexdigest()
            lines.write(body[:-1] + b',"sha256":"' + digest.encode() + b'"}\n')
            cells.write(csv_line([*(csv_cell(row[name]) for name in table.columns), digest]))
            count += 1
    schema = json.dumps(table.schema, ensure_ascii=False, indent=2) + "\n"
    return [
        described_file(as_json, table.what, count),
        described_file(as_csv, f"The same rows as CSV: {table.name}.", count),
        write_file(
            folder,
            f"{table.name}{SCHEMA}",
            f"The JSON Schema of {table.name}.",
            schema.encode(),
        ),
    ]


def csv_cell(value: Any) -> str:
    """Return a value as it stands in a CSV file: texts as they are, nothing for null, all others as canonical JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value).decode()


def csv_line(cells: Iterable[str]) -> bytes:
    """Return one record by RFC 4180."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


@contextmanager
def _gzip_file(path: Path) -> Iterator[BinaryIO]:
    """The same rows give the same bytes: no time and no name in the header."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as packed,
        io.BufferedWriter(packed, 1 << 16) as buffered,
    ):
        yield buffered
