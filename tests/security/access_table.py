"""The authorisation matrix: access.txt, a row per URL pattern and method, a column per kind of visitor.

A cell is what the answer means: "ok" (2xx), "moved" (a redirect), "sign in" (a redirect to the sign-in page), or the
status of a refusal.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.security.visitors import VISITORS

ACCESS_TABLE = Path(__file__).with_name("access.txt")
METHODS = ["GET", "POST"]
WIDE = 78

type Row = tuple[str, str]  # method and route
type Table = dict[Row, dict[str, str]]


def read_table(text: str) -> Table:
    header, *lines = text.splitlines() or [""]
    visitors = header.split()[1:]
    return {(line.split()[0], line[5:WIDE].strip()): _cells(line, visitors) for line in lines}


def write_table(table: Table) -> str:
    return "".join(f"{line}\n" for line in _lines(table))


def meaning(response: Any) -> str:
    if 200 <= response.status_code < 300:
        return "ok"
    if 300 <= response.status_code < 400:
        return "sign-in" if response["Location"].startswith("/admin/login/") else "moved"
    return str(response.status_code)


def _cells(line: str, visitors: list[str]) -> dict[str, str]:
    return dict(zip(visitors, line[WIDE:].split(), strict=True))


def _lines(table: Table) -> Iterator[str]:
    yield _line("", "route", VISITORS)
    for (method, route), cells in table.items():
        yield _line(method, route or "(home)", [cells[visitor] for visitor in VISITORS])


def _line(method: str, route: str, cells: list[str]) -> str:
    return f"{method:5}{route:{WIDE - 5}}" + "".join(f"{cell:11}" for cell in cells).rstrip()
