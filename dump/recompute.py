#!/usr/bin/env python3
"""Checks what a site of Ship or Skip publishes: every figure that can be computed from its rows is computed again.

    python3 recompute.py FOLDER              a folder with the files of a dump
    python3 recompute.py https://…/data/     a site; its files are downloaded into a temporary folder
    python3 recompute.py https://…/api/v1/   the API of a site: slower, and as of now instead of last night
    … --public-key BASE64                    the key that must have signed the dump, as /data/ printed it earlier
    … --pair SLUG,SLUG                       print the bottom line of two to four tools; from the API, check it
    … --on 2026-10-01                        print verdict, score and votes of each tool at the end of that day (UTC);
                                             from the API, compare them with what it says of that day
    … --tools N, --category SLUG             from the API, read only the first N tools, or those of a category

It prints each row that differs, and exits with 1 if there is one, or with 2 if nothing could be read. It needs only
Python 3.11 or newer, and shares no code with the site: the formulas are those of the site's page /method/. The
quantiles of Student's t and the shares of weightings are computed by other methods than on the site.

What it checks
- files: the SHA-256 of every file and row, the signature of the manifest, the hash chain of the change log
- reviews: revisions without gaps, each later one with a reason, and which one is current
- panel: verdict, ships, skips, ship %, score and spread of each tool, now and after each entry of the change log
- reviewers: leniency, and the agreement of each pair by Krippendorff's alpha
- change log: a replay from the first entry gives the current tool, and each entry begins where the previous one ended
- votes: the vote log adds up to each tally, by side and reason; lower bounds; actions of staff changed it as they say
- rankings: order, shared ranks, intervals, corrected scores
- comparisons: paired results with intervals, bottom lines, robustness

What it cannot check, because it is not public
- single votes: which reader cast which vote, and so whether a rule held the right ones
- the reasons of votes on a side where fewer than ten counted votes have one: with so few, a reason could be linked to a reader
- the reviews of a withdrawn tool, and so its earlier verdicts
- from the API: hashes, signature and chain, which only the dump has; the tallies of reasons; withdrawn tools

It reads a dump tool by tool, in the order of their ids, and keeps a few figures of each tool.

The parts, in this order: the report, canonical JSON, reading a dump, reading the API, files and chain, statistics, the
checks of one tool, the checks over all tools, the past, and the program.
"""

import argparse
import base64
import csv
import gzip
import hashlib
import heapq
import io
import json
import math
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from email.utils import parsedate_to_datetime
from fractions import Fraction
from functools import cache
from itertools import combinations, groupby, islice, pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

FORMAT = "ship-or-skip/dump/1"
MANIFEST = {
    "files": list, "ledger_head": str, "leniency_prior_tools": int, "made_at": str,
    "public_key": str | None, "rules": dict, "site": str,
}  # fmt: skip
# The tables, and the columns that identify a row of each. The rows are in their order.
TABLES = {
    "categories": ["id"],
    "fact_kinds": ["id"],
    "reviewers": ["id"],
    "tools": ["id"],
    "facts": ["tool", "id"],
    "reviews": ["tool", "id"],
    "panel": ["tool"],
    "leniency": ["reviewer"],
    "agreement": ["first", "second"],
    "ledger": ["at", "id"],
    "reasons": ["id"],
    "tallies": ["tool"],
    "vote_days": ["tool", "day", "event", "side", "state", "rule", "reason"],
    "interventions": ["tool", "id"],
    "ranks": ["ranking", "category", "place"],
    "comparisons": ["tools"],
    "ledger_days": ["day"],
}
UNORDERED = "comparisons"
# The columns that hold the id of a row of a small table.
REFERENCES = {
    "tools": {"category": "categories"},
    "facts": {"kind": "fact_kinds"},
    "reviews": {"reviewer": "reviewers"},
    "leniency": {"reviewer": "reviewers"},
    "agreement": {"first": "reviewers", "second": "reviewers"},
    "ledger": {
        "fact_kind": "fact_kinds", "old_category": "categories", "new_category": "categories",
    },
    "vote_days": {"reason": "reasons"},
    "ranks": {"category": "categories"},
}  # fmt: skip
# The types of JSON Schema.
TYPES = {
    "array": {list}, "boolean": {bool}, "integer": {int}, "null": {type(None)}, "number": {int, float},
    "object": {dict}, "string": {str},
}  # fmt: skip
# The tables that are read tool by tool, because they may be greater than the memory. The others are small.
BY_TOOL = ["tools", "facts", "reviews", "panel", "ledger", "tallies", "vote_days", "interventions"]
Z = 1.96  # of the normal distribution, for 95 %
DRAWS, SEED, WEIGHT_UNIT = 20_000, 20_261_126, 1 << 40
TOP = 100
COMPARED = 30  # of so many tools the dump has the bottom lines
MOST_PRINTED = 200


# The report
# ==========


class Unreadable(Exception):
    """Nothing can be read; the message says why."""


class Row(dict):
    """A row, which knows where it stands: its number in a table of a dump, or the words for it in the API."""

    __slots__ = ("body", "place", "table")

    def __init__(self, table, place, values):
        super().__init__(values)
        self.table, self.place = table, place

    @property
    def where(self):
        if isinstance(self.place, str):
            return f"{self.table}, {self.place}"
        keys = [f"{key} {shown(self[key])}" for key in TABLES[self.table] if key in self]
        return f"{self.table}, row {self.place} ({', '.join(keys)})"

    @property
    def tool(self):
        return self["id" if self.table == "tools" else "tool"]


class Report:
    def __init__(self):
        self.differences = 0
        self.problems = []  # the first ones, in words
        self.notes = []
        self.figures = []
        self.read = Counter()  # {table: rows}

    def differs(self, row, what):
        """Note a difference in a row, or in what a text names."""
        self.differences += 1
        if self.differences <= MOST_PRINTED:
            self.problems.append(f"{row.where if isinstance(row, Row) else row}: {what}")

    def compare(self, row, name, found, expected):
        if not same(found, expected):
            self.differs(row, f"{name} is {shown(found)}, not {shown(expected)}")

    def compare_all(self, row, expected, found=None):
        """Compare values of a row, or of `found`, by name."""
        for name, value in expected.items():
            self.compare(row, name, (found or row)[name], value)


@contextmanager
def stopping_at_damage(where, report):
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        report.differs(where, f"the check stopped at a row that is missing or damaged ({error!r})")


def same(one, other):
    """Whether two values are equal. Numbers that are not whole may differ in their last digits."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    if numbers and float in (type(one), type(other)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def shown(value):
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:80]}…"


# Canonical JSON (RFC 8785)
# =========================


encoded = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value):
    if type(value) is int:
        return str(value)
    if is_plain(value):
        return encoded(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{encoded(key)}:{canonical(value[key])}" for key in keys) + "}"


def is_plain(value):
    """Return whether Python's own JSON is canonical: whole numbers, and keys in ASCII."""
    if isinstance(value, dict):
        return all(map(str.isascii, value)) and all(map(is_plain, value.values()))
    if isinstance(value, list):
        return all(map(is_plain, value))
    return not isinstance(value, float)


def number(value):
    """Return a number as ECMAScript writes it. Raises ValueError for one that is not finite."""
    if not math.isfinite(value):
        raise ValueError("a number is not finite")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + exponent
    if 0 < point <= 21:
        text = text.ljust(point, "0")
        written = text[:point] + (f".{text[point:]}" if text[point:] else "")
    elif -6 < point <= 0:
        written = f"0.{'0' * -point}{text}"
    else:
        fraction = f".{text[1:]}" if text[1:] else ""
        written = f"{text[0]}{fraction}e{point - 1:+d}"
    return f"-{written}" if sign else written


# Reading a dump
# ==============


def download(address, folder):
    base = address if address.endswith("/") else f"{address}/"
    fetch(base, "manifest.json", folder)
    first = (folder / "manifest.json").read_bytes()
    manifest = read_manifest(folder)
    names = ["SHA256SUMS", *(file["name"] for file in manifest["files"])]
    if manifest["public_key"]:
        names.append("manifest.json.sig")
    for name in names:
        fetch(base, name, folder)
    fetch(base, "manifest.json", folder)
    if (folder / "manifest.json").read_bytes() != first:
        raise Unreadable("A new dump was published while this one was read. Run this again.")


def fetch(base, name, folder):
    with (
        urllib.request.urlopen(base + name, timeout=60) as answer,  # noqa: S310 - http or https: see main
        (folder / name).open("wb") as file,
    ):
        while block := answer.read(1 << 20):
            file.write(block)


def read_manifest(folder):
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"manifest.json cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unreadable(f"This program reads dumps of the format {FORMAT}.")
    for name, kind in MANIFEST.items():
        if not isinstance(manifest[name], kind):
            raise Unreadable(f"In manifest.json, {name} is {shown(manifest[name])}.")
    for file in manifest["files"]:
        if not re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+", file["name"]):
            raise Unreadable(f"The manifest names a file {file['name']!r}.")
    return manifest


def read_table(folder, table, report):
    """Yield the rows of a table. Each line must be as the site writes it, in JSON and in CSV, and in its place."""
    lines = read_lines(folder / f"{table}.jsonl.gz", report)
    records = read_lines(folder / f"{table}.csv.gz", report, is_csv=True)
    columns = next(csv.reader([next(records, b"").decode(errors="replace")]), [])
    schema = json.loads((folder / f"{table}.schema.json").read_bytes())["properties"]
    report.compare(f"{table}.csv.gz", "the first line", columns, list(schema))
    allowed = {name: (types_of(each), each.get("enum")) for name, each in schema.items()}
    before = []
    for place, line in enumerate(lines, start=1):
        record = next(records, None)
        try:
            row = Row(table, place, json.loads(line))
            check_values(row, allowed)
            digest = row.pop("sha256")
            row.body = canonical(row)
            check_line(row, line, digest, report)
            values = [*(row[name] for name in list(schema)[:-1]), digest]
            check_record(row, record, values, report)
            before = check_place(row, before, report)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            wrong = f"it is not a row of this table ({type(error).__name__}: {error})"
            report.differs(f"{table}, row {place}", wrong)
            continue
        report.read[table] += 1
        yield row
    if next(records, None) is not None:
        report.differs(f"{table}.csv.gz", "it has more rows than the JSON")


def types_of(schema):
    """Return the types that a column can have in Python."""
    names = schema.get("type", list(TYPES))
    return set().union(*(TYPES[name] for name in ([names] if isinstance(names, str) else names)))


def check_values(row, allowed):
    if row.keys() - allowed.keys():
        raise ValueError(f"its columns are {shown(list(row))}")
    for name, (types, values) in allowed.items():
        if type(row[name]) not in types or (values and row[name] not in values):
            raise ValueError(f"{name} is {shown(row[name])}")
    if row.table in BY_TOOL and abs(row.tool) >= 1 << 53:
        raise ValueError("its tool is too large a number")


def check_place(row, before, report):
    """Return by what rows are in order; null comes first."""
    place = [(row[name] is not None, row[name]) for name in TABLES[row.table]]
    if row.table != UNORDERED and place <= before:
        report.differs(row, "it does not come after the row before it")
    return place


def with_references(rows, ids, report):
    """Yield the rows. What they refer to must be in `ids`, to which those of small tables are added."""
    for row in rows:
        for column, table in REFERENCES.get(row.table, {}).items():
            if row[column] is not None and row[column] not in ids[table]:
                report.differs(row, f"{column} {row[column]} is not in {table}")
        if row.table in ids:
            ids[row.table].add(row["id"])
        yield row


def sorted_by_tool(entries):
    """Yield the entries of the change log by tool, oldest first. SQLite sorts them in a temporary file."""
    with closing(sqlite3.connect("")) as file:
        file.execute("CREATE TABLE ledger (tool INTEGER, place INTEGER, body TEXT)")
        rows = ((entry.tool, entry.place, entry.body) for entry in entries)
        file.executemany("INSERT INTO ledger VALUES (?, ?, ?)", rows)
        for place, body in file.execute("SELECT place, body FROM ledger ORDER BY tool, place"):
            yield Row("ledger", place, json.loads(body))


def read_lines(path, report, *, is_csv=False):
    """Yield the lines of a file, or the records of a CSV file, whose texts may hold line ends."""
    try:
        with gzip.open(path, "rb") as file:
            record = b""
            for line in file:
                record += line
                if is_csv and record.count(b'"') % 2:
                    continue
                yield record
                record = b""
            if record:
                yield record
    except (OSError, EOFError, zlib.error) as error:
        report.differs(path.name, f"it cannot be read to its end ({error})")


def check_line(row, line, digest, report):
    body = row.body.encode()
    actual = hashlib.sha256(body).hexdigest()
    if actual != digest:
        report.differs(row, f"its SHA-256 is {actual}, not {digest}")
    elif line != body[:-1] + f',"sha256":"{digest}"}}\n'.encode():
        report.differs(row, "it is not written as canonical JSON")


def check_record(row, record, values, report):
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cell(value) for value in values)
    if record != line.getvalue().encode():
        report.differs(row, "its row of the CSV file is another one")


def cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)


# Reading the API
# ===============

# An answer that fails for a moment is asked for so often, and a tool that changes while it is read.
ATTEMPTS = 5
# The change log of the API leaves out the newest entries, for so many seconds.
SETTLES = 31
# Figures that a job computes are not compared when one of these came after it.
DECIDING = {"added", "withdrawn", "restored", "reviewed", "category", "status"}


class Api:
    """Reads an API. It waits where the site says that there were too many requests."""

    def __init__(self, address):
        self.base = address if address.endswith("/") else f"{address}/"
        self.policy = ""

    def get(self, path, **parameters):
        return self.answer(path, **parameters)[0]

    def answer(self, path, *, etag=None, **parameters):
        """Return (the answer, its headers); the answer is None while it is still that of `etag`."""
        query = urlencode({name: value for name, value in parameters.items() if value})
        request = urllib.request.Request(f"{self.base}{path}{'?' if query else ''}{query}")  # noqa: S310 - see main
        if etag:
            request.add_header("If-None-Match", etag)
        failures = 0
        while True:
            try:
                with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
                    self.policy = response.headers.get("RateLimit-Policy", self.policy)
                    return json.loads(response.read()), response.headers
            except urllib.error.HTTPError as error:
                if error.code == 304:
                    return None, error.headers
                failures += error.code != 429
                if error.code not in (429, 502, 503) or failures == ATTEMPTS:
                    raise
                wait(error.headers.get("Retry-After", "10"))

    def pages(self, path, **parameters):
        """Yield the items of all parts of a list."""
        while True:
            part = self.get(path, **parameters)
            yield from part["items"]
            if part["next"] is None:
                return
            query = urlsplit(part["next"]).query
            parameters |= {"cursor": parse_qs(query)["cursor"][0]}

    def seconds_for(self, requests):
        """Return how long so many requests take at least, by the rate limit that the API states."""
        stated = dict(part.split("=") for part in self.policy.split(";")[1:])
        at_once, window = int(stated.get("q", 0)), int(stated.get("w", 0))
        return max(0, requests - at_once) * window // at_once if at_once else 0


def wait(seconds):
    seconds = int(seconds) if seconds.isdecimal() else 10
    tell(f"Waiting {seconds} s: the site asks for it.")
    time.sleep(seconds)


def tell(text):
    print(text, file=sys.stderr, flush=True)


def moment(text):
    """Return a time as the dump writes it, so that two can be compared as text."""
    return datetime.fromisoformat(text).isoformat(timespec="microseconds").replace("+00:00", "Z")


class ApiReader:
    """Reads the API into the tables of a dump. Categories, reviewers and reasons have their slugs as ids."""

    def __init__(self, api, report):
        self.api, self.report = api, report
        self.thresholds, self.prior = api.get("rules/")["bottom_line"]["thresholds"], None
        self.kinds = {kind["slug"]: kind["id"] for kind in api.get("fact-kinds/")}
        self.tables = {name: [] for name in [*BY_TOOL, "reviewers", "reasons", "comparisons"]}
        self.ids = {}  # {slug of a tool: its id}
        self.tools, self.etags = {}, {}
        self.read_at = {}  # {slug: when its reading began and ended}

    def read(self, most, category, compared):
        """Return the tables; those that need all tools only where all were read."""
        for place, row in enumerate(self.api.get("reviewers/")):
            self.add("reviewers", row["slug"], row, id=row["slug"], position=place)
        slugs = self.chosen(most, category, compared)
        is_whole = most is None and not category and not compared
        self.say_how_long(len(slugs))
        for number, slug in enumerate(slugs, start=1):
            self.read_tool(slug)
            if number % 50 == 0:
                tell(f"{number} of {len(slugs)} tools")
        for slugs_compared in compared or pairwise(sorted(self.ids)):
            self.read_comparison(slugs_compared)
        self.wait_for_change_log()
        for slug in self.ids:
            self.read_change_log(slug)
        if is_whole and len(self.ids) == len(slugs):
            self.read_figures()
        for name in BY_TOOL:
            self.tables[name].sort(key=lambda row: row.tool)
        return self.tables

    def chosen(self, most, category, compared):
        """Return the slugs of the tools to read."""
        named = sorted({slug for slugs in compared for slug in slugs})
        if named and most is None and not category:
            return named
        listed = self.api.pages("tools/", category=category, limit=100)
        others = (tool["slug"] for tool in islice(listed, most))
        return [*named, *(slug for slug in others if slug not in named)]

    def say_how_long(self, tools):
        requests = 5 * tools
        minutes = math.ceil(self.api.seconds_for(requests) / 60)
        limit = f" The limit of the site makes that take {minutes} min or more." if minutes else ""
        tell(f"Reading {tools} tools with about {requests} requests.{limit}")

    def add(self, table, place, row, **values):
        added = Row(table, place, row | values)
        self.tables[table].append(added)
        self.report.read[table] += 1
        return added

    def read_tool(self, slug):
        """Read a tool with its reviews and vote log, all of one moment: it is the same before and after."""
        path = f"tools/{slug}/"
        for _ in range(ATTEMPTS):
            tool, headers = self.api.answer(path)
            reviews = self.api.get(f"{path}reviews/")
            days = list(self.api.pages(f"{path}votes/"))
            again, headers_again = self.api.answer(path, etag=headers["ETag"])
            if again in (None, tool):  # without its page cache a site sends no 304
                self.ids[slug], self.etags[slug] = tool["id"], headers["ETag"]
                self.read_at[slug] = headers["Date"], headers_again["Date"]
                self.add_tool(tool, reviews, days)
                return
        self.report.notes.append(f"{slug} changed each time it was read, and is left out.")

    def add_tool(self, tool, reviews, days):
        slug, pk, votes = tool["slug"], tool["id"], tool["community"]
        self.tools[slug] = self.add("tools", slug, tool, withdrawn_at=None, changed_meanwhile=False)
        self.add("panel", slug, tool["panel"], tool=pk)
        bound = votes["interval"][0] if votes["is_ranked"] else None
        self.add("tallies", slug, votes, tool=pk, rank_bound=bound, reasons=None)
        for fact in tool["facts"]:
            value = " ".join(fact["value"]) if isinstance(fact["value"], list) else fact["value"]
            self.add("facts", slug, fact, tool=pk, kind=self.kinds[fact["kind"]], value=value)
        for review in reviews:
            place = f"{slug}, {review['reviewer']}, revision {review['revision']}"
            at = moment(review["published_at"])
            self.add(
                "reviews", place, review, tool=pk, current=review["is_current"], published_at=at
            )
        for day in days:
            place = f"{slug}, {day['day']}"
            for count in day["counts"]:
                self.add("vote_days", place, count, tool=pk, day=day["day"])
            for action in day["staff_actions"]:
                self.add("interventions", place, action, tool=pk, act=action["action"])

    def read_comparison(self, slugs):
        """Read a comparison, unless one of its tools has changed since it was read."""
        if not all(slug in self.ids for slug in slugs):
            return
        found = self.api.get(f"comparisons/{'-vs-'.join(slugs)}/")
        if all(self.is_unchanged(slug) for slug in slugs):
            self.add("comparisons", "-vs-".join(slugs), self.comparison_row(found))
        else:
            self.report.notes.append(f"{' and '.join(slugs)} changed meanwhile: not compared.")

    def comparison_row(self, found):
        line = found["bottom_line"]
        return {
            "tools": [self.ids[slug] for slug in found["tools"]],
            "outcome": line["outcome"],
            "of_panel": line["outcome_of_panel"],
            "pick": line["pick"] and self.ids[line["pick"]],
            "shares": {self.ids[each["tool"]]: each["share"] for each in found["robustness"]},
            "pairs": [self.pair(pair) for pair in found["pairs"]],
        }

    def check_past(self, past, compared):
        """Compare what the API says of the end of a day with what follows from reviews, change log and vote log."""
        for slug, tool in self.ids.items():
            found = self.past_answer(f"tools/{slug}/", past)
            where = f"tools, {slug}, on {past.day}"
            if (found is not None) != (tool in past.tools):
                self.report.differs(
                    where, "the site and the change log disagree on whether it was published"
                )
            elif found:
                self.report.compare_all(where, past.tools[tool].panel, found["panel"])
                self.report.compare_all(where, past.tools[tool].votes, found["community"])
        for slugs in compared or pairwise(sorted(self.ids)):
            if all(self.ids.get(slug) in past.tools for slug in slugs):
                path = "-vs-".join(slugs)
                found = self.past_answer(f"comparisons/{path}/", past)
                row = Row("comparisons", f"{path}, on {past.day}", self.comparison_row(found))
                compare_comparison(row, past.tools, self.thresholds, self.report)

    def past_answer(self, path, past):
        """Return the answer of the end of a day; None where there was nothing then."""
        try:
            found = self.api.get(path, on=past.day)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        if found.get("on") != past.day:
            raise Unreadable("this site does not answer for past days")
        return found

    def is_unchanged(self, slug):
        found = self.api.get(f"tools/{slug}/", etag=self.etags[slug])
        return (
            found is None
            or self.tools[slug].items()
            >= {"panel": found["panel"], "community": found["community"]}.items()
        )

    def pair(self, pair):
        low, high = pair["interval"] or (None, None)
        ids = {name: self.ids[pair[name]] for name in ["first", "second"]}
        return pair | ids | {"mean": pair["mean_difference"], "low": low, "high": high}

    def wait_for_change_log(self):
        if self.read_at:
            tell(f"Waiting {SETTLES} s: the change log of the API leaves out the newest entries.")
            time.sleep(SETTLES)

    def read_change_log(self, slug):
        """Read the entries of a tool until it was read. One that was written meanwhile could be on either side."""
        began, ended = (parsedate_to_datetime(text) for text in self.read_at[slug])
        for entry in self.api.pages("ledger/", tool=slug, limit=100):
            at = datetime.fromisoformat(entry["at"])
            if at >= began:
                self.tools[slug]["changed_meanwhile"] |= at < ended + timedelta(seconds=1)
            else:
                self.add_entry(slug, entry)

    def add_entry(self, slug, entry):
        kind = entry["fact_kind"] and self.kinds[entry["fact_kind"]]
        self.add(
            "ledger", f"{slug}, entry {entry['id']}", entry,
            tool=self.ids[slug], fact_kind=kind, at=moment(entry["at"]),
        )  # fmt: skip

    def read_figures(self):
        """Read what a job computes over all tools, unless something changed since."""
        newest = max(
            (row["at"] for row in self.tables["ledger"] if row["kind"] in DECIDING), default=""
        )
        calibration = self.api.get("calibration/")
        self.prior = calibration["leniency_prior_tools"]
        if self.is_of_now(calibration, newest, "Leniency and agreement of reviewers"):
            for name in ["leniency", "agreement"]:
                self.tables[name] = []
                for place, row in enumerate(calibration[name], start=1):
                    self.add(name, place, row)
        self.tables["ranks"] = []
        categories = [category["slug"] for category in self.api.get("categories/")]
        for name in ["panel", "community", "divisive", "gap"]:
            for category in ["", *categories]:
                ranking = self.api.get(f"rankings/{name}/", category=category)
                if not self.is_of_now(ranking, newest, "Rankings"):
                    del self.tables["ranks"]
                    return
                self.add_ranks(ranking)

    def is_of_now(self, figures, newest, what):
        at = figures["computed_at"]
        if at is not None and moment(at) >= newest:
            return True
        self.report.notes.append(f"{what} are of {at}, older than the newest change: not compared.")
        return False

    def add_ranks(self, ranking):
        for row in ranking["ranks"]:
            low, high = row["score_interval"] or (None, None)
            place = f"{ranking['ranking']}, category {ranking['category']}, place {row['place']}"
            self.add(
                "ranks", place, row, ranking=ranking["ranking"], category=ranking["category"],
                shared=row["is_shared"], among=ranking["among"], tool=self.ids.get(row["tool"]),
                score_low=low, score_high=high,
            )  # fmt: skip


# Files, signature and chain
# ==========================


def check_files(folder, manifest, report):
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    in_sums = {name: digest for digest, _, name in (line.partition("  ") for line in sums)}
    own = in_sums.pop("manifest.json", None)
    in_sums.pop("manifest.json.sig", None)  # it proves itself
    report.compare(
        "SHA256SUMS", "the hash of manifest.json", own, sha256_of(folder / "manifest.json")
    )
    for name in sorted(in_sums.keys() | listed.keys()):
        report.compare("SHA256SUMS", f"the hash of {name}", in_sums.get(name), listed.get(name))
    for name, digest in listed.items():
        report.compare(name, "its SHA-256", sha256_of(folder / name), digest)


def sha256_of(path):
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def check_signature(folder, manifest, public_key, report):
    key = public_key or manifest["public_key"]
    signature = folder / "manifest.json.sig"
    if not key:
        report.notes.append("The dump is not signed.")
        return
    if public_key and manifest["public_key"] != public_key:
        report.differs("manifest.json", "it names a different public key from yours")
    if not signature.exists():
        report.differs("manifest.json.sig", "it is missing")
        return
    verified = verify(
        base64.b64decode(key), signature.read_bytes(), (folder / "manifest.json").read_bytes()
    )
    if verified is None:
        report.notes.append(
            "The signature was NOT checked: neither `cryptography` nor OpenSSL 3 is here."
        )
    elif not verified:
        report.differs(
            "manifest.json.sig", "it is not the signature of manifest.json under this key"
        )
    elif public_key:
        report.notes.append("The signature is right.")
    else:
        report.notes.append(
            "The signature is right under the key that the dump names itself. Compare it with one that you noted "
            f"earlier: {key}"
        )


def verify(key, signature, message):
    """Return whether an Ed25519 signature is right; None if nothing here can tell."""
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  only where it is installed
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        return verify_by_openssl(key, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_by_openssl(key, signature, message):
    der = bytes.fromhex("302a300506032b6570032100") + key  # SubjectPublicKeyInfo, RFC 8410
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in [("key", der), ("signature", signature), ("message", message)]:
            (folder / file).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in message -sigfile signature"
        try:
            done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)  # noqa: S603
        except OSError:
            return None
    if done.returncode and b"Verification" not in done.stdout + done.stderr:
        return None
    return done.returncode == 0


def check_chain(entries, days, manifest, report):
    """Yield the entries of the change log, oldest first, while their days are hashed into the chain."""
    stored = {row["day"]: row for row in days}
    previous = "0" * 64
    for day, of_day in groupby(entries, key=lambda entry: entry["at"][:10]):
        hashed, count = hashlib.sha256(previous.encode() + b"\n"), 0
        for count, entry in enumerate(of_day, start=1):  # noqa: B007 - it is the number of entries afterwards
            hashed.update(entry.body.encode() + b"\n")
            yield entry
        expected = {
            "previous": previous,
            "entries": count,
            "hash": hashed.hexdigest(),
            "complete": day < manifest["made_at"][:10],
        }
        row = stored.pop(day, expected)
        if row is expected:
            report.differs(f"ledger_days, {day}", "the day has entries and is not in the chain")
        report.compare_all(row, expected)
        previous = row["hash"]
    for row in stored.values():
        report.differs(row, "no entry of the ledger is of this day")
    report.compare("manifest.json", "ledger_head", manifest["ledger_head"], previous)


# Statistics
# ==========


def rounded(value, step="0.1"):
    """Return an exact or floating value with the decimals of `step`, rounded half away from zero."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return float(Decimal(value).quantize(Decimal(step), ROUND_HALF_UP))


def percent(part, whole):
    """Return a share in whole percent, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def beta_fraction(x, a, b):
    """Return the continued fraction of the incomplete beta function (DLMF, 8.17.22), by Lentz's method."""
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    result = d
    for m in range(1, 500):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + term * d) or tiny)
            c = (1 + term / c) or tiny
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return result


def t_tail(t, degrees):
    """Return P(|T| > t) of Student's t distribution: I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t²).

    I_x(a, b) is the regularised incomplete beta function. Its continued fraction converges fast where x is below
    (a + 1) / (a + b + 2); elsewhere it is 1 − I_{1 − x}(b, a).
    """
    x = degrees / (degrees + t * t)
    a, b = degrees / 2, 0.5
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(x, a, b) / a
    return 1 - front * beta_fraction(1 - x, b, a) / b


@cache
def t_quantile(error, degrees):
    """Return t with P(|T| > t) = `error`, by bisection."""
    low, high = 1e-9, 1.0
    while t_tail(high, degrees) > error:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if t_tail(middle, degrees) > error:
            low = middle
        else:
            high = middle
    return high


def interval(values, error=0.05):
    """Return the interval of the mean of two or more values: mean ± t · s / √n, with n − 1 degrees of freedom."""
    n = len(values)
    mean = Fraction(sum(values), n)
    squares = sum((value - mean) ** 2 for value in values)
    margin = t_quantile(error, n - 1) * math.sqrt(float(squares) / (n - 1) / n)
    return float(mean) - margin, float(mean) + margin


def wilson(ships, votes):
    """Return the score interval of a share (E. B. Wilson, 1927), at 95 %."""
    share = ships / votes
    middle = share + Z * Z / (2 * votes)
    margin = Z * math.sqrt(share * (1 - share) / votes + Z * Z / (4 * votes * votes))
    scale = 1 + Z * Z / votes
    return (middle - margin) / scale, (middle + margin) / scale


def newcombe_low(ships, votes, other_ships, other_votes):
    """Return the lower bound of the difference of two shares (R. G. Newcombe, 1998, method 10), at 95 %."""
    share, other = ships / votes, other_ships / other_votes
    low, high = max(0.0, wilson(ships, votes)[0]), min(1.0, wilson(other_ships, other_votes)[1])
    return share - other - math.hypot(share - low, high - other)


def winning_share(differences):
    """Return the share of all weightings of the k reviewers under which the weighted sum of `differences` is above 0.

    Weights are not negative and add up to 1, and all are equally likely. By the formula of Hermite and Genocchi the
    share is the divided difference of max(x, 0)^(k − 1) at the k differences.
    """
    points = sorted(map(Fraction, differences))
    degree = len(points) - 1
    column = [point**degree if point > 0 else Fraction(0) for point in points]
    for order in range(1, degree + 1):
        column = [
            divided(points[place], points[place + order], column[place : place + 2], order, degree)
            for place in range(len(column) - 1)
        ]
    return column[0] if degree else Fraction(points[0] > 0)


def divided(low, high, pair, order, degree):
    """Return the divided difference from the `pair` of those one order lower; of equal points, by the derivative."""
    if low != high:
        return (pair[1] - pair[0]) / (high - low)
    return math.comb(degree, order) * low ** (degree - order) if low > 0 else Fraction(0)


@cache
def drawn_weights(reviewers):
    """Return DRAWS weightings. The proportions of exponential values are uniform over all sets of weights."""
    draw = random.Random(SEED)  # noqa: S311 - the seed is published, so that everyone draws the same
    return [
        [round(draw.expovariate(1.0) * WEIGHT_UNIT) for _ in range(reviewers)] for _ in range(DRAWS)
    ]


@cache
def winning_shares(scores):
    """Return the share of weightings under which each of two or more tools wins; `scores` has one tuple per tool."""
    rivals = [place for place, own in enumerate(scores) if not is_dominated(own, scores)]
    of_rivals = shares_of_rivals([scores[place] for place in rivals])
    shares = dict(zip(rivals, of_rivals, strict=True))
    return [shares.get(place, Fraction(0)) for place in range(len(scores))]


def is_dominated(own, scores):
    """Return whether another tool has other scores, none of them lower: then this one never wins."""
    return any(other != own and all(map(int.__ge__, other, own)) for other in scores)


def shares_of_rivals(scores):
    """Return the exact shares of one or two tools, and estimated ones of more; a tie is won by none."""
    if len(scores) == 1:
        return [Fraction(1)]
    if len(scores) == 2:
        differences = list(map(int.__sub__, *scores))
        return [winning_share(differences), winning_share([-points for points in differences])]
    wins = [0] * len(scores)
    for weights in drawn_weights(len(scores[0])):
        totals = [sum(map(int.__mul__, weights, of_tool)) for of_tool in scores]
        best = max(totals)
        if totals.count(best) == 1:
            wins[totals.index(best)] += 1
    # None is dominated, so each loses under some weighting, even if none was drawn.
    return [Fraction(min(won, DRAWS - 1), DRAWS) for won in wins]


def share_text(share):
    """Return a share in whole percent, which is 0 % or 100 % only where it is exactly that."""
    if 0 < share < Fraction(5, 1000):
        return "less than 1%"
    if Fraction(995, 1000) <= share < 1:
        return "more than 99%"
    return f"{Decimal(float(100 * share)).quantize(Decimal(1), ROUND_HALF_UP)}%"


class Alpha:
    """Krippendorff's alpha of pairs of values with the metric (a − b)², from sums over them."""

    def __init__(self):
        self.n = self.within = self.sum = self.squares = 0

    def add(self, one, other):
        self.n += 2
        self.within += (one - other) ** 2
        self.sum += one + other
        self.squares += one * one + other * other

    @property
    def value(self):
        """Return it with two decimals; None where all values are the same."""
        # n times the sum of squares minus the square of the sum is the sum of (a − b)² over all pairs of values.
        among = self.n * self.squares - self.sum**2
        if not among:
            return None
        return rounded(1 - Fraction(self.within * (self.n - 1), among), "0.01")


@cache
def exact(value):
    """Return the decimal number that JSON wrote as `value`."""
    return Fraction(str(value))


# The checks of one tool
# ======================


class Rules:
    """The thresholds in force, and what the small tables say for the checks of each tool."""

    def __init__(self, tables, thresholds, prior):
        self.thresholds, self.prior = thresholds, prior
        self.order = {row["id"]: (row["position"], row["name"]) for row in tables["reviewers"]}
        self.sides = {row["id"]: row["side"] for row in tables["reasons"]}
        self.leniency = {row["reviewer"]: row["points"] for row in tables.get("leniency", [])}


class Tool:
    """A tool with its rows of each table, and its current reviews by reviewer, in the order of the panel."""

    def __init__(self, rows, rules):
        self.row = rows["tools"][0]
        self.id = self.row["id"]
        self.facts, self.ledger = rows["facts"], rows["ledger"]
        self.vote_days, self.interventions = rows["vote_days"], rows["interventions"]
        self.is_published = self.row["withdrawn_at"] is None
        self.panel = next(iter(rows["panel"]), None)
        self.tally = next(iter(rows["tallies"]), None)
        # Oldest first.
        self.reviews = sorted(
            rows["reviews"], key=lambda review: (review["published_at"], review["revision"])
        )
        by_revision = sorted(self.reviews, key=lambda review: review["revision"])
        newest = {review["reviewer"]: review for review in by_revision}
        self.current = in_panel_order(newest.values(), rules)


def in_panel_order(reviews, rules):
    """Return {reviewer: review}."""
    listed = sorted(reviews, key=lambda review: rules.order.get(review["reviewer"], (0, "")))
    return {review["reviewer"]: review for review in listed}


def read_tools(tables):
    """Yield {table: rows} for each tool. Every table is in the order of the tools."""
    rows = heapq.merge(*(tables[name] for name in BY_TOOL), key=lambda row: row.tool)
    for _, of_tool in groupby(rows, key=lambda row: row.tool):
        found = {name: [] for name in BY_TOOL}
        for row in of_tool:
            found[row.table].append(row)
        yield found


def check_tool(rows, rules, report):
    """Return the tool; None for rows of a tool that does not exist."""
    if not rows["tools"]:
        for row in (row for table in rows.values() for row in table):
            report.differs(row, "its tool is not in the dump")
        return None
    tool = Tool(rows, rules)
    for _, check_one in TOOL_CHECKS:
        check_one(tool, rules, report)
    return tool


# The panel


def check_reviews(tool, rules, report):
    revisions = defaultdict(list)
    for review in tool.reviews:
        reviewer = review["reviewer"]
        revisions[reviewer].append(review["revision"])
        is_current = tool.current[reviewer] is review
        report.compare(review, "current", review["current"], is_current)
        if review["revision"] > 1 and not review["reason"]:
            report.differs(review, "it is a revision without a reason")
        if not 0 <= review["score"] <= 100:
            report.differs(review, "its score is not from 0 to 100")
    for reviewer, found in revisions.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            report.differs(
                tool.current[reviewer], f"the revisions of its reviewer are {sorted(found)}"
            )


def check_panel(tool, rules, report):
    if tool.panel:
        report.compare_all(tool.panel, panel_figures(tool.current.values()))
    elif tool.is_published:
        report.differs("panel", f"it has no row for the tool {tool.id}")


def panel_figures(reviews):
    scores = [review["score"] for review in reviews]
    ships = sum(review["verdict"] == "ship" for review in reviews)
    skips = len(scores) - ships
    word = (
        "none" if not scores else "split" if ships == skips else "ship" if ships > skips else "skip"
    )
    return {
        "verdict": word,
        "ships": ships,
        "skips": skips,
        "ship_percent": percent(ships, len(scores)),
        "score": rounded(Fraction(sum(scores), len(scores))) if scores else None,
        "spread": max(scores) - min(scores) if scores else None,
        "last_reviewed_on": max((review["reviewed_on"] for review in reviews), default=None),
    }


# The change log

PLAIN = ["name", "slug", "tagline", "entry", "pricing", "best_for", "skip_if", "verdict", "score"]


def check_ledger(tool, rules, report):
    check_references(tool, report)
    if tool.row.get("changed_meanwhile"):  # while it was read from the API
        return
    state = replay(tool.ledger, report, tool.reviews)
    if state is None:
        report.differs(tool.row, "it has no entry that adds it")
    elif state["withdrawn"] == tool.is_published:
        report.differs(tool.row, "the ledger and the tool disagree on whether it is withdrawn")
    elif tool.is_published:
        compare_state(state, tool, report)


def check_references(tool, report):
    codes = {row["id"]: {"score": row["score"], "verdict": row["verdict"]} for row in tool.reviews}
    earlier = set()
    for entry in tool.ledger:
        earlier.add(entry["id"])
        if entry["kind"] == "reviewed" and tool.is_published:
            report.compare(entry, "its review", entry["new"], codes.get(entry["review"]))
        if entry["kind"] == "corrected" and entry["corrects"] not in earlier:
            report.differs(entry, "it corrects no earlier entry of its tool")


def replay(entries, report, reviews=()):
    """Apply the entries of one tool in their order; return its state, None without a publication.

    With its `reviews`, verdict and score after each moment with entries are compared with those of the reviews that
    were published until then, from the first one on.
    """
    state = None
    for moment_of_entries, written in groupby(entries, key=lambda entry: entry["at"]):
        for entry in written:
            state = applied(entry, state, report)
        if (
            state
            and not state["withdrawn"]
            and reviews
            and moment_of_entries >= reviews[0]["published_at"]
        ):
            figures = panel_figures(current_at(reviews, moment_of_entries))
            for name in ["verdict", "score"]:
                report.compare(entry, f"{name} from then on", state[name], figures[name])
    return state


def applied(entry, state, report):
    kind, new = entry["kind"], entry["new"]
    if kind in ("added", "restored"):
        return new | {
            "category": entry["new_category"],
            "successor": entry["new_successor"],
            "event": entry["event"],
            "facts": {int(fact): value for fact, value in new["facts"].items()},
            "withdrawn": False,
        }
    if state is None:
        report.differs(entry, "it comes before its tool is added")
    elif kind == "corrected":
        pass  # it says what another entry should have said, and changes nothing
    elif kind == "withdrawn":
        state["withdrawn"] = True
    else:
        change(state, entry, report)
    return state


def current_at(reviews, moment):
    """Return the newest revision of each reviewer that was published until `moment`; `reviews` are in their order."""
    return {row["reviewer"]: row for row in reviews if row["published_at"] <= moment}.values()


def change(state, entry, report):
    kind = entry["kind"]
    before = None
    if kind in PLAIN:
        before, state[kind] = state[kind], entry["new"]
    elif kind == "category":
        if entry["event"] != state["event"]:
            report.compare(entry, "old_category", entry["old_category"], state["category"])
        state["category"] = entry["new_category"]
    elif kind == "status":
        before = {"status": state["status"], "date": state["status_date"]}
        state["status"], state["status_date"] = entry["new"]["status"], entry["new"]["date"]
        state["successor"] = entry["new_successor"]
    elif kind == "fact":
        before = state["facts"].pop(entry["fact_kind"], None)
        if entry["new"] is not None:
            state["facts"][entry["fact_kind"]] = entry["new"]
    # What changed while a tool was withdrawn is in the event that restores it, whose state is the one after.
    if kind != "reviewed" and entry["event"] != state["event"]:
        report.compare(entry, "old", entry["old"], before)


def compare_state(state, tool, report):
    row = tool.row
    for name in ["name", "slug", "tagline", "entry", "pricing", "best_for", "skip_if"]:
        report.compare(row, name, row[name] or None, state[name])
    for name in ["status", "status_date", "category", "successor"]:
        report.compare(row, name, row[name], state[name])
    facts = {
        fact["kind"]: {name: fact[name] for name in ["value", "source_url", "observed_on"]}
        for fact in tool.facts
    }
    for kind in sorted(facts.keys() | state["facts"].keys()):
        report.compare(
            row, f"its fact of the kind {kind}", facts.get(kind), state["facts"].get(kind)
        )
    if tool.panel:
        for name in ["verdict", "score"]:
            what = f"{name}, which the ledger has too,"
            report.compare(tool.panel, what, tool.panel[name], state[name])


# Votes


def add_up_vote_log(rows, report):
    """Return the counted and held votes of a tool, and {reason: counted votes}."""
    votes, with_reason = {"ships": 0, "skips": 0, "held": 0}, defaultdict(int)
    for row in rows:
        if row["count"] < 1:
            report.differs(row, "its count is below 1")
        counted, held = effect_of(row)
        if row["side"]:
            votes[f"{row['side']}s"] += counted
        votes["held"] += held
        if row["event"] == "changed" and row["state"] == "counted":
            votes["skips" if row["side"] == "ship" else "ships"] -= row["count"]
        if row["reason"] is not None:
            if row["state"] == "counted" and row["event"].startswith("reason_"):
                counted = row["count"] if row["event"] == "reason_added" else -row["count"]
            with_reason[row["reason"]] += counted
    return votes, with_reason


def effect_of(row):
    """Return by how much a row of the vote log changes the counted votes of its side, and the held votes."""
    event, state, count = row["event"], row["state"], row["count"]
    counted = held = 0
    if event in ("cast", "released") or (event == "changed" and state == "counted"):
        counted = count
    elif event in ("withdrawn", "held", "voided") and state == "counted":
        counted = -count
    if event == "held":
        held = count
    elif event in ("withdrawn", "released", "voided") and state == "held":
        held = -count
    return counted, held


def check_votes(tool, rules, report):
    logged, with_reason = add_up_vote_log(tool.vote_days, report)
    for row in tool.interventions:
        check_intervention(row, report)
    row = tool.tally
    if row is None:
        report.differs("tallies", f"it has no row for the tool {tool.id}")
        return
    votes = row["ships"] + row["skips"]
    is_ranked = votes >= rules.thresholds["min_votes"]
    bound = wilson(row["ships"], votes)[0] if is_ranked else None
    report.compare(row, "rank_bound", row["rank_bound"], bound)
    for name, log in logged.items():
        if row[name] != log:
            report.differs(row, f"{name} is {row[name]}, and the vote log adds up to {log}")
    if row["reasons"] is not None:  # the API does not have them
        check_reasons(row, with_reason, rules.sides, report)


def check_reasons(row, logged, sides, report):
    given = {each["reason"]: each["count"] for each in row["reasons"]}
    for reason in sorted(given.keys() | logged.keys()):
        count, log = given.get(reason, 0), logged[reason]
        if count != log:
            report.differs(
                row, f"reason {reason} is given {count} times, and in the vote log {log}"
            )
    for side in ["ship", "skip"]:
        count = sum(each for reason, each in given.items() if sides.get(reason) == side)
        if count > row[f"{side}s"]:
            report.differs(row, f"more votes have a reason to {side} than there are")


def check_intervention(row, report):
    votes = row["votes"]
    moved = row["ships_after"] + row["skips_after"] - row["ships_before"] - row["skips_before"]
    if not (moved == votes if row["act"] == "released" else 0 <= -moved <= votes):
        report.differs(row, f"it moved the tally by {moved}, and names {votes} votes")


TOOL_CHECKS = [
    ("reviews", check_reviews),
    ("panel verdicts, scores and spreads", check_panel),
    ("change log, replayed, with each verdict and score of the past", check_ledger),
    ("tallies and vote log", check_votes),
]


# The checks over all tools
# =========================


@dataclass(slots=True)
class Summary:
    """The figures of a tool that later checks need, now or at the end of a day."""

    slug: str
    name: str
    category: int
    status: str
    scores: dict  # {reviewer: score}, in the order of the panel
    panel: dict  # see panel_figures
    votes: dict  # of readers
    is_published: bool = True
    corrected: float | None = None  # the score without leniency, where the tool has a rank


class Catalogue:
    """A summary of each tool, and sums over them."""

    def __init__(self, rules):
        self.rules, self.tools = rules, {}
        self.residuals = defaultdict(lambda: [0, 0])  # {reviewer: [tools, sum of score minus mean]}
        # {two reviewers: alpha of their verdicts, alpha of their scores}
        self.shared = defaultdict(lambda: (Alpha(), Alpha()))

    def add(self, tool):
        scores = {reviewer: review["score"] for reviewer, review in tool.current.items()}
        votes = {name: tool.tally[name] if tool.tally else 0 for name in ["ships", "skips"]}
        row = tool.row
        summary = self.tools[tool.id] = Summary(
            row["slug"], row["name"], row["category"], row["status"], scores,
            panel_figures(tool.current.values()), votes, tool.is_published,
        )  # fmt: skip
        if len(scores) >= self.rules.thresholds["min_reviews_in_rankings"]:
            summary.corrected = corrected_score(scores, self.rules.leniency)
            mean = Fraction(sum(scores.values()), len(scores))
            for reviewer, score in scores.items():
                self.residuals[reviewer][0] += 1
                self.residuals[reviewer][1] += score - mean
        for first, second in combinations(sorted(tool.current), 2):
            one, other = tool.current[first], tool.current[second]
            of_verdicts, of_scores = self.shared[first, second]
            of_verdicts.add(int(one["verdict"] == "ship"), int(other["verdict"] == "ship"))
            of_scores.add(one["score"], other["score"])

    def is_ranked(self, tool):
        least = self.rules.thresholds["min_reviews_in_rankings"]
        return tool in self.tools and len(self.tools[tool].scores) >= least


# Leniency and agreement of reviewers


def check_leniency(tables, catalogue, report):
    """Compare the mean of each reviewer's score minus the panel's; the leniency divides by `prior` tools more."""
    stored = {row["reviewer"]: row for row in tables["leniency"]}
    report.compare("leniency", "the reviewers", sorted(stored), sorted(catalogue.residuals))
    for reviewer in stored.keys() & catalogue.residuals.keys():
        row, (tools, residual) = stored[reviewer], catalogue.residuals[reviewer]
        expected = {
            "tools": tools,
            "residual": rounded(residual / tools),
            "points": rounded(residual / (tools + catalogue.rules.prior)),
        }
        report.compare_all(row, expected)


def check_agreement(tables, catalogue, report):
    stored = {tuple(sorted([row["first"], row["second"]])): row for row in tables["agreement"]}
    report.compare("agreement", "the pairs of reviewers", sorted(stored), sorted(catalogue.shared))
    for pair in stored.keys() & catalogue.shared.keys():
        row, (of_verdicts, of_scores) = stored[pair], catalogue.shared[pair]
        expected = {
            "tools": of_scores.n // 2,
            "same_verdict": of_scores.n // 2 - of_verdicts.within,
            "verdict_alpha": of_verdicts.value,
            "score_alpha": of_scores.value,
        }
        report.compare_all(row, expected)


# Rankings


def check_ranks(tables, catalogue, report):
    """Compare the rankings. Those of votes are older than the tallies, so that only their own figures are compared."""
    for row in tables["ranks"]:
        if row["tool"] in catalogue.tools:
            check_ranked_figures(row, catalogue, report)
        else:
            report.differs(row, "its tool is not in the dump")
    in_order = groupby(tables["ranks"], key=lambda row: (row["ranking"], row["category"]))
    listed = {key: list(rows) for key, rows in in_order}
    can_be_chosen = [
        (pk, tool)
        for pk, tool in catalogue.tools.items()
        if catalogue.is_ranked(pk) and tool.status != "discontinued"
    ]
    for category in [None, *sorted({tool.category for tool in catalogue.tools.values()})]:
        tools = [item for item in can_be_chosen if category in (None, item[1].category)]
        for ranking, figure in [("panel", "score"), ("divisive", "spread")]:
            rows = listed.get((ranking, category), [])
            expected = [pk for _, pk in sorted((-tool.panel[figure], pk) for pk, tool in tools)]
            check_members(rows, expected, f"ranks, {ranking}, category {category}", report)
        check_corrected(listed.get(("panel", category), []), dict(tools), report)
    for (ranking, _), rows in listed.items():
        check_shared(rows, ranking, catalogue, report)


def corrected_score(scores, leniency):
    """Return the mean of each score minus its reviewer's leniency, from 0 to 100; None where no leniency is known."""
    values = [
        score - exact(leniency[reviewer])
        for reviewer, score in scores.items()
        if reviewer in leniency
    ]
    return min(max(rounded(sum(values) / len(values)), 0.0), 100.0) if values else None


def check_ranked_figures(row, catalogue, report):
    tool = catalogue.tools[row["tool"]]
    scores = list(tool.scores.values())
    report.compare_all(row, {"reviews": len(scores), "panel_ships": tool.panel["ships"]})
    if row["ranking"] != "panel":
        report.compare_all(row, {"corrected_place": None, "rise": None})
    if not catalogue.is_ranked(row["tool"]):
        return
    low, high = interval(scores)
    expected = {
        "score": tool.panel["score"],
        "score_low": rounded(max(0.0, low)),
        "score_high": rounded(min(100.0, high)),
        "lowest": min(scores),
        "highest": max(scores),
        "corrected_score": tool.corrected,
    }
    report.compare_all(row, expected)


def check_members(rows, expected, name, report):
    report.compare(name, "the order of tools", [row["tool"] for row in rows], expected[:TOP])
    for place, row in enumerate(rows, start=1):
        report.compare_all(row, {"place": place, "among": len(expected)})


def check_corrected(rows, tools, report):
    corrected = sorted(tool.corrected for tool in tools.values())
    scores = sorted(tool.panel["score"] for tool in tools.values())
    for row in rows:
        place = place_of(tools[row["tool"]].corrected, corrected)
        rise = place_of(row["score"], scores) - place
        report.compare_all(row, {"corrected_place": place, "rise": rise})


def place_of(score, scores):
    """Return the place of a score; `scores` are in ascending order."""
    return 1 + len(scores) - bisect_right(scores, score)


def check_shared(rows, ranking, catalogue, report):
    """Compare the ranks, and the order of rankings that count votes, with the figures of the rows.

    A tool shares the rank of the first tool of its group until that one leads it; then it is the first of the next.
    """
    figure, leads = RANKINGS[ranking]
    if figure and rows != sorted(rows, key=lambda row: (-figure(row), row["tool"])):
        report.differs(rows[0], "the tools of this ranking are not in the order of their figures")
    first, ranks = 0, []
    for place, row in enumerate(rows):
        if leads(rows[first], row, catalogue):
            first = place
        ranks.append(first + 1)
    for row, rank in zip(rows, ranks, strict=True):
        report.compare(row, "rank", row["rank"], rank)
        if rank < ranks[-1] or len(rows) == row["among"]:  # else more tools may follow
            report.compare(row, "shared", row["shared"], ranks.count(rank) > 1)


def panel_leads(one, other, catalogue):
    """Return whether `one` leads in a comparison, or where too few scored both, whether the intervals are apart."""
    first, second = catalogue.tools[one["tool"]].scores, catalogue.tools[other["tool"]].scores
    points = [first[reviewer] - second[reviewer] for reviewer in first if reviewer in second]
    limits = catalogue.rules.thresholds
    if len(points) < limits["min_reviewers"]:
        low, high = interval(list(first.values()))[0], interval(list(second.values()))[1]
        return max(0.0, low) > min(100.0, high)
    is_ahead = Fraction(sum(points), len(points)) >= exact(limits["lead_points"])
    return is_ahead and interval(points)[0] > 0


def community_leads(one, other, catalogue):
    votes, others = one["ships"] + one["skips"], other["ships"] + other["skips"]
    return newcombe_low(one["ships"], votes, other["ships"], others) > 0


def spread_of(row):
    return row["highest"] - row["lowest"]


def gap_of(row):
    of_panel = percent(row["panel_ships"], row["reviews"])
    return abs(of_panel - percent(row["ships"], row["ships"] + row["skips"]))


# {ranking: (the figure of a row that the order is checked by, whether a row leads another)}
RANKINGS = {
    "panel": (None, panel_leads),
    "community": (
        lambda row: wilson(row["ships"], row["ships"] + row["skips"])[0],
        community_leads,
    ),
    "divisive": (spread_of, lambda one, other, catalogue: spread_of(one) > spread_of(other)),
    "gap": (gap_of, lambda one, other, catalogue: gap_of(one) > gap_of(other)),
}


# Comparisons


class Pair:
    """Two tools, by place, over the reviewers who scored both."""

    def __init__(self, first, second, points, either):
        self.first, self.second, self.points, self.either = first, second, points, either
        self.mean = Fraction(sum(points), len(points)) if points else Fraction(0)

    def interval(self, pairs):
        """Return the interval of the mean, one of as many as there are pairs of tools (Bonferroni)."""
        return interval(self.points, 0.05 / pairs)

    def swapped(self):
        return Pair(self.second, self.first, [-points for points in self.points], self.either)


def pair_of(first, second, cards):
    one, other = cards[first], cards[second]
    points = [one[reviewer] - other[reviewer] for reviewer in one if reviewer in other]
    return Pair(first, second, points, len(one.keys() | other.keys()))


def outcome_of(pair, limits, pairs):
    """Return the first rule of /method/ that fits; the first tool is not behind on average."""
    n = len(pair.points)
    if n < limits["min_reviewers"]:
        return "thin"
    apart = exact(limits["split_points"])
    if pair.mean >= exact(limits["lead_points"]):
        if pair.interval(pairs)[0] > 0:
            return "leads"
        if 100 * sum(points >= 1 for points in pair.points) >= limits["lean_share"] * n:
            return "leans"
    for_first = sum(points >= apart for points in pair.points)
    for_second = sum(points <= -apart for points in pair.points)
    if 100 * min(for_first, for_second) >= limits["split_share"] * n:
        return "split"
    if pair.mean < exact(limits["lead_points"]) and all(
        abs(points) < apart for points in pair.points
    ):
        return "no_difference"
    return "undecided"


def decide(pairs, limits):
    """Return the outcome and the pair that has it, seen from the tool on top (`several_tools` in the manifest)."""
    enough = [pair for pair in pairs if len(pair.points) >= limits["min_reviewers"]]
    counted = enough or [pair for pair in pairs if pair.points] or pairs
    leads = defaultdict(list)
    for pair in counted:
        leads[pair.first].append(pair.mean)
        leads[pair.second].append(-pair.mean)
    top = max(sorted(leads), key=lambda place: sum(leads[place]) / len(leads[place]))
    of_top = [
        pair if pair.first == top else pair.swapped()
        for pair in pairs
        if top in (pair.first, pair.second)
    ]
    judged = [(outcome_of(pair, limits, len(pairs)), pair) for pair in of_top]
    if any(outcome == "thin" for outcome, _ in judged):
        return "thin", max((pair for _, pair in judged), key=lambda pair: len(pair.points))
    for ranked in (["split", "no_difference", "undecided"], ["leans"], ["leads"]):
        if chosen := [item for item in judged if item[0] in ranked]:
            return min(chosen, key=lambda item: item[1].mean)
    raise AssertionError("every pair has an outcome")


def shares_of(cards, outcome, pair, pairs, limits):
    """Return {place of a tool: under which share of all weightings of the reviewers it wins}; empty with too few."""
    if outcome == "thin":
        return {}
    if len(pairs) == 1:
        other_way = [-points for points in pair.points]
        return {pair.first: winning_share(pair.points), pair.second: winning_share(other_way)}
    of_all = [reviewer for reviewer in cards[0] if all(reviewer in card for card in cards)]
    if len(of_all) < limits["min_reviewers"]:
        return {}
    scores = tuple(tuple(card[reviewer] for reviewer in of_all) for card in cards)
    return dict(enumerate(winning_shares(scores)))


def robustness(names, shares):
    best = max(shares, key=lambda place: shares[place], default=None)
    if best is None or not shares[best]:
        return ""
    share = shares[best]
    under = "all weightings" if share == 1 else f"{share_text(share)} of all weightings"
    return f"{names[best]} wins under {under} of the reviewers."


def readers_disagree(tools, pick, limits):
    """Return whether the readers' votes are for another tool than the pick."""
    votes = [tool.votes["ships"] + tool.votes["skips"] for tool in tools]
    if pick is None or votes[pick] < limits["min_votes"]:
        return False
    own = tools[pick].votes["ships"], votes[pick]
    return any(
        votes[place] >= limits["min_votes"]
        and newcombe_low(tool.votes["ships"], votes[place], *own) > 0
        for place, tool in enumerate(tools)
        if place != pick
    )


def check_comparisons(tables, catalogue, report):
    for row in tables["comparisons"]:
        if unknown := [tool for tool in row["tools"] if tool not in catalogue.tools]:
            report.differs(row, f"its tools {unknown} were not read")
            continue
        with stopping_at_damage(row, report):
            compare_comparison(row, catalogue.tools, catalogue.rules.thresholds, report)


def compare_comparison(row, tools, limits, report):
    expected = comparison(row["tools"], tools, limits)
    # The robustness is a sentence in the dump, and figures in the API.
    for name in ["of_panel", "pick", "outcome", "robustness", "shares"]:
        if name in row:
            report.compare(row, name, row[name], expected[name])
    report.compare(row, "the number of pairs", len(row["pairs"]), len(expected["pairs"]))
    for stored, figures in zip(row["pairs"], expected["pairs"], strict=False):
        for name, value in figures.items():
            report.compare(row, f"{name} of a pair", stored[name], value)


def comparison(ids, tools, limits):
    """Return the bottom line of two to four tools and its figures; `tools` are the summaries by id."""
    compared = [tools[pk] for pk in ids]
    cards = [tool.scores for tool in compared]
    pairs = [pair_of(first, second, cards) for first, second in combinations(range(len(ids)), 2)]
    outcome, pair = decide(pairs, limits)
    pick = pair.first if outcome in ("leads", "leans") else None
    shares = shares_of(cards, outcome, pair, pairs, limits)
    return {
        "of_panel": outcome,
        "pick": None if pick is None else ids[pick],
        "outcome": "disagree" if readers_disagree(compared, pick, limits) else outcome,
        "robustness": robustness([tool.name for tool in compared], shares),
        "shares": {ids[place]: float(share) for place, share in shares.items()},
        "pairs": [pair_figures(each, ids, len(pairs)) for each in pairs],
    }


def pair_figures(pair, tools, pairs):
    low, high = pair.interval(pairs) if len(pair.points) > 1 else (None, None)
    return {
        "first": tools[pair.first],
        "second": tools[pair.second],
        "both": len(pair.points),
        "either": pair.either,
        "prefer_first": sum(points > 0 for points in pair.points),
        "prefer_second": sum(points < 0 for points in pair.points),
        "mean": rounded(pair.mean) if pair.points else None,
        "low": low,
        "high": high,
    }


def check_which_are_compared(rows, catalogue, report):
    """Look for each two, and three or four in a row, of the tools with the highest panel scores."""
    found = Counter(tuple(row["tools"]) for row in rows)
    for row in rows:
        if found[tuple(row["tools"])] > 1:
            report.differs(row, "these tools are compared more than once")
    ids = first_by_score(catalogue)
    in_a_row = (
        ids[start : start + size] for size in (3, 4) for start in range(len(ids) - size + 1)
    )
    for wanted in [*combinations(ids, 2), *map(tuple, in_a_row)]:
        if wanted not in found:
            report.differs("comparisons", f"it has no row for the tools {list(wanted)}")


def first_by_score(catalogue):
    """Return the ids of the tools with the highest panel scores; then come those without a rank."""
    published = [pk for pk in sorted(catalogue.tools) if catalogue.tools[pk].is_published]
    ranked = [pk for pk in published if catalogue.is_ranked(pk)]
    ranked.sort(key=lambda pk: -catalogue.tools[pk].panel["score"])
    return [*ranked, *(pk for pk in published if not catalogue.is_ranked(pk))][:COMPARED]


FIGURE_CHECKS = [
    ("leniency of reviewers", ["leniency"], check_leniency),
    ("agreement of reviewers", ["agreement"], check_agreement),
    ("rankings", ["ranks", "leniency"], check_ranks),
    ("bottom lines, paired results, intervals and robustness", ["comparisons"], check_comparisons),
]


# The past
# ========


class Past:
    """A summary of each tool as it was at the end of a day (UTC)."""

    def __init__(self, rules, day):
        self.rules, self.day, self.tools = rules, day, {}

    def add(self, tool):
        state = replay([entry for entry in tool.ledger if entry["at"][:10] <= self.day], Report())
        if state is None or state["withdrawn"] or not tool.is_published:
            return
        votes, _ = add_up_vote_log(
            (row for row in tool.vote_days if row["day"] <= self.day), Report()
        )
        reviews = in_panel_order(current_at(tool.reviews, f"{self.day}T24"), self.rules)
        self.tools[tool.id] = Summary(
            tool.row["slug"], state["name"], state["category"], state["status"],
            {reviewer: review["score"] for reviewer, review in reviews.items()},
            panel_figures(reviews.values()), votes,
        )  # fmt: skip

    def lines(self):
        for tool in self.tools.values():
            panel, votes = tool.panel, tool.votes
            score = "no score" if panel["score"] is None else f"score {panel['score']}"
            yield (
                f"{tool.slug}: {panel['verdict']} ({panel['ships']} ship, {panel['skips']} skip), {score}; "
                f"readers: {votes['ships']} ship, {votes['skips']} skip, {votes['held']} held"
            )


def comparison_line(slugs, tools, limits):
    """Return the bottom line of the tools in words; `tools` are the summaries by id, of now or of the past."""
    by_slug = {tool.slug: pk for pk, tool in tools.items()}
    if missing := [slug for slug in slugs if slug not in by_slug]:
        return f"{' and '.join(missing)}: not in what was read"
    found = comparison([by_slug[slug] for slug in slugs], tools, limits)
    pick = f" {tools[found['pick']].slug}" if found["pick"] else ""
    differences = "; ".join(
        f"{tools[pair['first']].slug} minus {tools[pair['second']].slug}: mean {pair['mean']}, "
        f"interval {interval_text(pair)}, {pair['both']} scored both"
        for pair in found["pairs"]
    )
    return f"{' and '.join(slugs)}: {found['outcome']}{pick} ({differences}). {found['robustness']}".strip()


def interval_text(pair):
    return "none" if pair["low"] is None else f"{pair['low']:.2f} to {pair['high']:.2f}"


# The program
# ===========


def run_checks(tables, rules, report, on=None):
    """Return the tools, and those of the past if there is a day. Tables of BY_TOOL are read here, and each row only once."""
    catalogue, past = Catalogue(rules), Past(rules, on)
    for rows in read_tools(tables):
        with stopping_at_damage(next(row for each in rows.values() for row in each), report):
            if tool := check_tool(rows, rules, report):
                catalogue.add(tool)
                if on:
                    past.add(tool)
    checks = [each for each in FIGURE_CHECKS if tables.keys() >= set(each[1])]
    for name, _, check_figures in checks:
        with stopping_at_damage(name, report):
            check_figures(tables, catalogue, report)
    report.notes.append(f"Read: {', '.join(f'{report.read[table]} {table}' for table in tables)}.")
    done = [name for name, *_ in [*TOOL_CHECKS, *checks]]
    report.notes.append(f"Computed again: {'; '.join(done)}.")
    return catalogue, past


def check(folder, public_key=None, *, on=None, compared=()):
    """Return a report on the dump in `folder`."""
    report = Report()
    manifest = read_manifest(folder)
    check_files(folder, manifest, report)
    check_signature(folder, manifest, public_key, report)
    report.notes.append(f"Made at {manifest['made_at']} by {manifest['site']}.")
    report.notes.append(f"Head of the change log: {manifest['ledger_head']}.")
    ids = {table: set() for columns in REFERENCES.values() for table in columns.values()}
    tables = {
        table: with_references(read_table(folder, table, report), ids, report) for table in TABLES
    }
    tables |= {table: list(rows) for table, rows in tables.items() if table not in BY_TOOL}
    chained = check_chain(tables["ledger"], tables["ledger_days"], manifest, report)
    tables["ledger"] = sorted_by_tool(chained)
    rules = Rules(tables, manifest["rules"]["thresholds"], manifest["leniency_prior_tools"])
    catalogue, past = run_checks(tables, rules, report, on)
    check_which_are_compared(tables["comparisons"], catalogue, report)
    for file in manifest["files"]:
        table = file["name"].removesuffix(".jsonl.gz")
        if table in tables:
            report.compare(file["name"], "the number of its rows", report.read[table], file["rows"])
    add_figures(catalogue, past, compared, report)
    return report


def add_figures(catalogue, past, compared, report):
    """Add the figures that were asked for, of now or of a day."""
    source = past if past.day else catalogue
    if past.day:
        report.figures.append(f"At the end of {past.day} (UTC):")
        report.figures += [] if compared else past.lines()
    limits = catalogue.rules.thresholds
    report.figures += [comparison_line(slugs, source.tools, limits) for slugs in compared]


def check_api(address, *, most=None, category="", compared=(), on=None):
    """Return a report on what the API at `address` says now."""
    report = Report()
    reader = ApiReader(Api(address), report)
    tables = reader.read(most, category, compared)
    rules = Rules(tables, reader.thresholds, reader.prior)
    catalogue, past = run_checks(tables, rules, report, on)
    add_figures(catalogue, past, compared, report)
    if on:
        try:
            reader.check_past(past, compared)
        except Unreadable as error:
            report.notes.append(f"Figures of {on} were not compared: {error}.")
    report.notes.append(
        "Only a dump has hashes, a signature, the hash chain, the tallies of reasons and withdrawn tools."
    )
    return report


def is_address(text):
    return text.startswith(("http://", "https://"))


def slugs_of(text):
    slugs = sorted(set(text.split(",")))
    if not 2 <= len(slugs) <= 4:
        raise argparse.ArgumentTypeError("name two to four slugs with commas between")
    return slugs


def day_of(text):
    return date.fromisoformat(text).isoformat()


def arguments_of():
    parser = argparse.ArgumentParser(description="Check what a site of Ship or Skip publishes.")
    parser.add_argument(
        "source", help="a folder with the files of a dump, or the address of /data/ or /api/v1/"
    )
    parser.add_argument("--public-key", help="the key that must have signed the dump, in Base64")
    parser.add_argument(
        "--pair", type=slugs_of, action="append", default=[], help="two to four slugs to compare"
    )
    parser.add_argument("--on", type=day_of, help="print the figures at the end of this day (UTC)")
    parser.add_argument("--tools", type=int, help="from the API: read the first so many tools")
    parser.add_argument("--category", default="", help="from the API: read the tools of a category")
    return parser.parse_args()


def report_of(given):
    if is_address(given.source) and "/api/v1" in given.source:
        return check_api(
            given.source,
            most=given.tools,
            category=given.category,
            compared=given.pair,
            on=given.on,
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(given.source)
        if is_address(given.source):
            folder = Path(scratch)
            download(given.source, folder)
        return check(folder, given.public_key, on=given.on, compared=given.pair)


def main():
    try:
        report = report_of(arguments_of())
    except (Unreadable, OSError, TypeError, ValueError) as error:
        print(f"Nothing could be read: {error}", file=sys.stderr)
        return 2
    except KeyError as error:
        print(f"What was read has no {error}: it may be of another version.", file=sys.stderr)
        return 2
    for problem in report.problems:
        print(problem)
    if hidden := report.differences - len(report.problems):
        print(f"… and {hidden} more")
    for line in [*report.figures, *report.notes]:
        print(line)
    many = "1 difference" if report.differences == 1 else f"{report.differences} differences"
    print(f"{many}." if report.differences else "Everything matches.")
    return 1 if report.differences else 0


if __name__ == "__main__":
    # A damaged text can hold what the terminal cannot print.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
