"""The table of requirements in docs/security.md is whole, and what it names exists."""

import re
from collections import Counter

import pytest
from django.conf import settings

TEXT = (settings.BASE_DIR / "docs/security.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d.*?) \| (.*?) \| (.*?) \| (.*?) \|$", TEXT, re.M)
# How many requirements of level 1 and 2 each section of version 5.0.0 has: they are its first ones.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
STATES = ["met", "n/a", "open"]


def test_every_requirement_is_there_once():
    numbers = [number for row in ROWS for number in row[0].split(", ")]

    assert numbers == [
        f"{section}.{n}" for section, most in SECTIONS.items() for n in range(1, most + 1)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:12])
def test_each_row_has_a_state_and_says_what_shows_it(row):
    _, _, state, evidence = row

    files = re.findall(r"`([\w./-]*[/.][\w./-]+)`", evidence)
    assert state in STATES
    assert evidence
    assert [name for name in files if "/" in name[1:] and not exists(name)] == []


def exists(name: str) -> bool:
    """Whether it is a file or folder of the project; an address of the site is none."""
    return name.startswith("/") or (settings.BASE_DIR / name).exists()


def test_the_totals_are_those_of_the_table():
    counts = Counter(state for row in ROWS for state in [row[2]] * len(row[0].split(", ")))

    words = " | ".join(f"**{counts[state]}**" for state in STATES)
    assert f"| **all {counts.total()}** | {words} |" in TEXT
