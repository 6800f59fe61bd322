#!/usr/bin/env python3
"""Write one row for each tool into a CSV file that a spreadsheet can open: python3 spreadsheet.py DATA FILE

DATA is the address of the data, which ends in /data/. FILE is UTF-8 with a byte order mark, so that Excel shows every
letter as it is. A text that a spreadsheet would run as a formula has an apostrophe before it.

It needs only Python 3.10 or newer.
"""

import csv
import gzip
import json
import re
import sys
from collections.abc import Iterable
from typing import Any
from urllib.request import urlopen

COLUMNS = [
    "slug", "name", "category", "status", "entry", "verdict", "ship_percent", "score", "spread", "ships", "skips",
    "reader_ships", "reader_skips",
]  # fmt: skip
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def main(data: str, file_name: str) -> None:
    categories = {row["id"]: row["name"] for row in rows(data, "categories")}
    panels = {row["tool"]: row for row in rows(data, "panel")}
    tallies = {row["tool"]: row for row in rows(data, "tallies")}
    with open(file_name, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for tool in rows(data, "tools"):
            if panel := panels.get(tool["id"]):  # a withdrawn tool has none
                votes = tallies[tool["id"]]
                row = (
                    tool | panel | {"reader_ships": votes["ships"], "reader_skips": votes["skips"]}
                )
                row["category"] = categories[tool["category"]]
                writer.writerow(cells(row[column] for column in COLUMNS))


def rows(data: str, table: str) -> list[dict[str, Any]]:
    with urlopen(f"{data}{table}.jsonl.gz", timeout=60) as file:  # noqa: S310 - the address is your own
        return [json.loads(line) for line in gzip.decompress(file.read()).splitlines()]


def cells(values: Iterable[Any]) -> list[Any]:
    return [
        f"'{value}" if FORMULA.match(str(value)) and isinstance(value, str) else value
        for value in values
    ]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
