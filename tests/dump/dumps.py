"""Dumps for tests, and what is in them."""

import gzip
import json

from dump.publishing import publish_dump


def content(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def rows_of(folder, table):
    return [json.loads(line) for line in content(folder / f"{table}.jsonl.gz").splitlines()]


def made_dump(folder, name):
    """{table or file: its rows or bytes} of a new dump."""
    made = publish_dump(folder)
    return rows_of(made, name)
