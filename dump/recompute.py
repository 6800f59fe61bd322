#!/usr/bin/env python3
"""Checks a dump of Ship or Skip: every hash, and every figure that can be computed from its rows.

    python3 recompute.py FOLDER             a folder with the files of the dump
    python3 recompute.py https://…/data/    a site; its files are downloaded into a temporary folder
    … --public-key BASE64                   the key that must have signed it, as /data/ printed it earlier

It prints each row that differs, and exits with 1 if there is one, or with 2 if the dump cannot be read. It needs Python
3.12 or newer and nothing else, and shares no code with the site: the formulas are those of the site's page /method/.
"""

import argparse
import base64
import csv
import gzip
import hashlib
import io
import json
import math
import random
import subprocess
import sys
import tempfile
import urllib.request
import zlib
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations, groupby
from pathlib import Path

FORMAT = "ship-or-skip/dump/1"
TABLES = [
    "categories", "fact_kinds", "reviewers", "tools", "facts", "reviews", "panel", "leniency", "ledger", "reasons",
    "tallies", "vote_days", "interventions", "ranks", "comparisons", "ledger_days",
]  # fmt: skip
# What no figure is computed from, and what would take most memory.
LONG = {"body", "description", "bio", "corrections"}
KEYS = ["id", "tool", "tools", "reviewer", "day", "event", "rule", "ranking", "category", "place"]
Z = 1.96
DRAWS, SEED, WEIGHT_UNIT = 20_000, 20_261_126, 1 << 40
TOP = 100
MOST_PRINTED = 200


class Unreadable(Exception):
    """The dump cannot be read; the message says why."""


class Report:
    def __init__(self):
        self.problems = []
        self.notes = []

    def differs(self, where, what):
        self.problems.append(f"{where}: {what}")

    def compare(self, where, name, found, expected):
        if not same(found, expected):
            self.differs(where, f"{name} is {shown(found)}, not {shown(expected)}")


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


def canonical(value):
    match value:
        case None | True | False:
            return json.dumps(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return str(value)
        case float():
            return number(value)
        case list():
            return f"[{','.join(map(canonical, value))}]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"


def number(value):
    """Return a number as ECMAScript writes it."""
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


# Reading


def download(address, folder):
    base = address if address.endswith("/") else f"{address}/"
    names = ["manifest.json", "SHA256SUMS"]
    fetch(base, names[0], folder)
    manifest = json.loads((folder / names[0]).read_bytes())
    names += [file["name"] for file in manifest["files"]]
    if manifest["public_key"]:
        names.append("manifest.json.sig")
    for name in names[1:]:
        if "/" in name or name.startswith("."):
            raise Unreadable(f"The manifest names a file {name!r}.")
        fetch(base, name, folder)


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
    except (OSError, ValueError) as error:
        raise Unreadable(f"manifest.json cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unreadable(f"This program reads dumps of the format {FORMAT}.")
    return manifest


def read_tables(folder, report):
    return {table: list(read_rows(folder, table, report)) for table in TABLES}


def read_rows(folder, table, report):
    """Yield the rows of a table, without long texts. Each line must be as the site writes it, in JSON and in CSV."""
    lines = read_lines(folder / f"{table}.jsonl.gz", report)
    records = read_lines(folder / f"{table}.csv.gz", report, is_csv=True)
    columns = next(csv.reader([next(records, b"").decode(errors="replace")]), [])
    schema_columns = list(json.loads((folder / f"{table}.schema.json").read_bytes())["properties"])
    report.compare(f"{table}.csv.gz", "the first line", columns, schema_columns)
    for place, line in enumerate(lines, start=1):
        record = next(records, None)
        where = f"{table}, row {place}"
        try:
            row = json.loads(line)
            where = label(table, place, row)
            digest = row.pop("sha256")
            check_line(where, line, row, digest, report)
            check_record(
                where, record, [*(row[name] for name in schema_columns[:-1]), digest], report
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            report.differs(
                where, f"it is not a row of this table ({type(error).__name__}: {error})"
            )
            continue
        yield {name: value for name, value in row.items() if name not in LONG} | {"where": where}
    if next(records, None) is not None:
        report.differs(f"{table}.csv.gz", "it has more rows than the JSON")


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


def label(table, place, row):
    keys = [f"{key} {shown(row[key])}" for key in KEYS if key in row][:4]
    return f"{table}, row {place} ({', '.join(keys[:1] if 'id' in row else keys)})"


def check_line(where, line, row, digest, report):
    body = canonical(row).encode()
    actual = hashlib.sha256(body).hexdigest()
    if actual != digest:
        report.differs(where, f"its SHA-256 is {actual}, not {digest}")
    elif line != body[:-1] + f',"sha256":"{digest}"}}\n'.encode():
        report.differs(where, "it is not written as canonical JSON")


def check_record(where, record, values, report):
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cell(value) for value in values)
    if record != line.getvalue().encode():
        report.differs(where, "its row of the CSV file is another one")


def cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)


# Files, signature, chain


def check_files(folder, manifest, report):
    listed = {file["name"]: file["sha256"] for file in manifest["files"]}
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    in_sums = {name: digest for digest, _, name in (line.partition("  ") for line in sums)}
    own = in_sums.pop("manifest.json", None)
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
        report.differs("manifest.json", "it names another public key than you do")
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
        command = [
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-keyform",
            "DER",
            "-inkey",
            "key",
            "-rawin",
        ]
        try:
            done = subprocess.run(  # noqa: S603 - a list of our own
                [*command, "-in", "message", "-sigfile", "signature"],
                cwd=folder,
                capture_output=True,
                check=False,
            )
        except OSError:
            return None
    if done.returncode and b"Verification" not in done.stdout + done.stderr:
        return None
    return done.returncode == 0


def check_chain(tables, manifest, report):
    stored = {row["day"]: row for row in tables["ledger_days"]}
    previous = "0" * 64
    days = groupby(tables["ledger"], key=lambda entry: entry["at"][:10])
    seen = set()
    last = ("", 0)
    for day, entries in days:
        hashed, count = hashlib.sha256(previous.encode() + b"\n"), 0
        for entry in entries:
            body = {name: value for name, value in entry.items() if name != "where"}
            hashed.update(canonical(body).encode() + b"\n")
            count += 1
            if (entry["at"], entry["id"]) <= last:
                report.differs(entry["where"], "it is not later than the entry before it")
            last = entry["at"], entry["id"]
        row = stored.get(day)
        seen.add(day)
        if row is None:
            report.differs(f"ledger_days, {day}", "the day has entries and is not in the chain")
            previous = hashed.hexdigest()
            continue
        report.compare(row["where"], "previous", row["previous"], previous)
        report.compare(row["where"], "entries", row["entries"], count)
        report.compare(row["where"], "the hash of its entries", row["hash"], hashed.hexdigest())
        report.compare(row["where"], "complete", row["complete"], day < manifest["made_at"][:10])
        previous = row["hash"]
    for day in sorted(stored.keys() - seen):
        report.differs(stored[day]["where"], "no entry of the ledger is of this day")
    report.compare("manifest.json", "ledger_head", manifest["ledger_head"], previous)


# Statistics


def rounded(value):
    """Return an exact or floating value with one decimal, rounded half away from zero."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return float(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


def percent(part, whole):
    return (200 * part + whole) // (2 * whole) if whole else None


def beta_fraction(x, a, b):
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
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
    """Return P(|T| > t) of Student's t distribution."""
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
    """Return t with P(|T| > t) = `error`."""
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
    """Return the interval of the mean of two or more values, by Student's t."""
    n = len(values)
    mean = Fraction(sum(values), n)
    squares = sum((value - mean) ** 2 for value in values)
    margin = t_quantile(error, n - 1) * math.sqrt(float(squares) / (n - 1) / n)
    return float(mean) - margin, float(mean) + margin


def wilson(ships, votes):
    share = ships / votes
    middle = share + Z * Z / (2 * votes)
    margin = Z * math.sqrt(share * (1 - share) / votes + Z * Z / (4 * votes * votes))
    scale = 1 + Z * Z / votes
    return (middle - margin) / scale, (middle + margin) / scale


def newcombe_low(ships, votes, other_ships, other_votes):
    """Return the lower bound of the difference of two shares (R. G. Newcombe, 1998, method 10)."""
    share, other = ships / votes, other_ships / other_votes
    low, high = max(0.0, wilson(ships, votes)[0]), min(1.0, wilson(other_ships, other_votes)[1])
    return share - other - math.hypot(share - low, high - other)


def winning_share(differences):
    """Return the share of weightings with a weighted sum above 0: a divided difference of max(x, 0)^(k − 1)."""
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
    if low != high:
        return (pair[1] - pair[0]) / (high - low)
    return math.comb(degree, order) * low ** (degree - order) if low > 0 else Fraction(0)


@cache
def drawn_weights(reviewers):
    draw = random.Random(SEED)  # noqa: S311 - the seed is published, so that everyone draws the same
    return [
        [round(draw.expovariate() * WEIGHT_UNIT) for _ in range(reviewers)] for _ in range(DRAWS)
    ]


@cache
def winning_shares(scores):
    """Return the share of each of two or more tools; `scores` has one tuple per tool."""
    rivals = [
        own
        for own in range(len(scores))
        if not any(
            other != scores[own] and all(map(int.__ge__, other, scores[own])) for other in scores
        )
    ]
    shares = [Fraction(0)] * len(scores)
    if len(rivals) == 1:
        shares[rivals[0]] = Fraction(1)
    elif len(rivals) == 2:
        differences = [
            one - other for one, other in zip(*(scores[rival] for rival in rivals), strict=True)
        ]
        shares[rivals[0]] = winning_share(differences)
        shares[rivals[1]] = winning_share([-points for points in differences])
    else:
        wins = dict.fromkeys(rivals, 0)
        for weights in drawn_weights(len(scores[0])):
            totals = {rival: sum(map(int.__mul__, weights, scores[rival])) for rival in rivals}
            best = max(totals.values())
            first, *others = [rival for rival in rivals if totals[rival] == best]
            if not others:
                wins[first] += 1
        for rival, won in wins.items():
            shares[rival] = Fraction(min(won, DRAWS - 1), DRAWS)
    return shares


def share_text(share):
    if 0 < share < Fraction(5, 1000):
        return "less than 1%"
    if Fraction(995, 1000) <= share < 1:
        return "more than 99%"
    return f"{Decimal(float(100 * share)).quantize(Decimal(1), ROUND_HALF_UP)}%"


# The panel


class Panel:
    """The current reviews, in panel order, and what follows from them."""

    def __init__(self, tables, manifest):
        self.thresholds = manifest["rules"]["thresholds"]
        self.prior = manifest["leniency_prior_tools"]
        self.tools = {row["id"]: row for row in tables["tools"]}
        order = {row["id"]: (row["position"], row["name"]) for row in tables["reviewers"]}
        newest = {}
        for review in tables["reviews"]:
            key = review["tool"], review["reviewer"]
            if key not in newest or review["revision"] > newest[key]["revision"]:
                newest[key] = review
        self.newest = newest
        self.cards = defaultdict(dict)
        for (tool, reviewer), review in sorted(
            newest.items(), key=lambda item: order.get(item[0][1], (0, ""))
        ):
            self.cards[tool][reviewer] = review
        self.least = self.thresholds["min_reviews_in_rankings"]

    def scores(self, tool):
        return {reviewer: review["score"] for reviewer, review in self.cards[tool].items()}

    def mean(self, tool):
        scores = self.scores(tool).values()
        return Fraction(sum(scores), len(scores))

    @property
    def ranked(self):
        return [tool for tool in self.cards if len(self.cards[tool]) >= self.least]


def check_reviews(tables, panel, report):
    revisions = defaultdict(list)
    for review in tables["reviews"]:
        key = review["tool"], review["reviewer"]
        revisions[key].append(review["revision"])
        report.compare(review["where"], "current", review["current"], panel.newest[key] is review)
        if review["revision"] > 1 and not review["reason"]:
            report.differs(review["where"], "it is a revision without a reason")
        if not 0 <= review["score"] <= 100:
            report.differs(review["where"], "its score is not from 0 to 100")
    for key, found in revisions.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            report.differs(
                panel.newest[key]["where"], f"the revisions of its reviewer are {sorted(found)}"
            )


def check_panel(tables, panel, report):
    for row in tables["panel"]:
        for name, value in panel_figures(panel.cards[row["tool"]].values()).items():
            report.compare(row["where"], name, row[name], value)
    published = {tool for tool, row in panel.tools.items() if row["withdrawn_at"] is None}
    if missing := published - {row["tool"] for row in tables["panel"]}:
        report.differs("panel", f"it has no row for the tools {sorted(missing)}")


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


def check_leniency(tables, panel, report):
    residuals = defaultdict(list)
    for tool in panel.ranked:
        for reviewer, score in panel.scores(tool).items():
            residuals[reviewer].append(score - panel.mean(tool))
    stored = {row["reviewer"]: row for row in tables["leniency"]}
    report.compare("leniency", "the reviewers", sorted(stored), sorted(residuals))
    for reviewer in stored.keys() & residuals.keys():
        row, found = stored[reviewer], residuals[reviewer]
        report.compare(row["where"], "tools", row["tools"], len(found))
        report.compare(row["where"], "residual", row["residual"], rounded(sum(found) / len(found)))
        report.compare(
            row["where"], "points", row["points"], rounded(sum(found) / (len(found) + panel.prior))
        )


# The change log

PLAIN = ["name", "slug", "tagline", "entry", "pricing", "best_for", "skip_if", "verdict", "score"]


def check_ledger(tables, panel, report):
    reviews = {row["id"]: row for row in tables["reviews"]}
    facts = defaultdict(dict)
    for fact in tables["facts"]:
        facts[fact["tool"]][fact["kind"]] = {
            name: fact[name] for name in ["value", "source_url", "observed_on"]
        }
    stored_panel = {row["tool"]: row for row in tables["panel"]}
    entries = defaultdict(list)
    earlier = {}
    for entry in tables["ledger"]:
        entries[entry["tool"]].append(entry)
        earlier[entry["id"]] = entry["tool"]
        check_references(entry, reviews, earlier, panel, report)
    for tool, row in panel.tools.items():
        state = replay(entries[tool], report)
        if state is None:
            report.differs(row["where"], "it has no entry that adds it")
        elif state["withdrawn"] != (row["withdrawn_at"] is not None):
            report.differs(
                row["where"], "the ledger and the tool disagree on whether it is withdrawn"
            )
        elif not state["withdrawn"]:
            compare_state(state, row, facts[tool], stored_panel.get(tool), report)


def check_references(entry, reviews, earlier, panel, report):
    tool = panel.tools.get(entry["tool"])
    if tool is None:
        report.differs(entry["where"], "its tool is not in the dump")
    elif entry["kind"] == "reviewed" and tool["withdrawn_at"] is None:
        review = reviews.get(entry["review"])
        codes = review and {"score": review["score"], "verdict": review["verdict"]}
        report.compare(entry["where"], "its review", entry["new"], codes)
    if entry["kind"] == "corrected" and earlier.get(entry["corrects"]) != entry["tool"]:
        report.differs(entry["where"], "it corrects no earlier entry of its tool")


def replay(entries, report):
    """Apply the entries of one tool in their order; return its state, None without a publication."""
    state = None
    for entry in entries:
        kind, new = entry["kind"], entry["new"]
        if kind in ("added", "restored"):
            state = new | {"category": entry["new_category"], "successor": entry["new_successor"]}
            state |= {
                "event": entry["event"],
                "facts": {int(fact): value for fact, value in new["facts"].items()},
                "withdrawn": False,
            }
        elif state is None:
            report.differs(entry["where"], "it comes before its tool is added")
        elif kind == "corrected":
            pass  # it says what another entry should have said, and changes nothing
        elif kind == "withdrawn":
            state["withdrawn"] = True
        else:
            change(state, entry, report)
    return state


def change(state, entry, report):
    kind = entry["kind"]
    before = None
    if kind in PLAIN:
        before, state[kind] = state[kind], entry["new"]
    elif kind == "category":
        if entry["event"] != state["event"]:
            report.compare(entry["where"], "old_category", entry["old_category"], state["category"])
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
        report.compare(entry["where"], "old", entry["old"], before)


def compare_state(state, row, facts, panel, report):
    for name in ["name", "slug", "tagline", "entry", "pricing", "best_for", "skip_if"]:
        report.compare(row["where"], name, row[name] or None, state[name])
    for name in ["status", "status_date", "category", "successor"]:
        report.compare(row["where"], name, row[name], state[name])
    for kind in sorted(facts.keys() | state["facts"].keys()):
        report.compare(
            row["where"], f"its fact of the kind {kind}", facts.get(kind), state["facts"].get(kind)
        )
    if panel:
        for name in ["verdict", "score"]:
            report.compare(
                panel["where"], f"{name}, which the ledger has too,", panel[name], state[name]
            )


# Votes


def add_up_vote_log(rows, report):
    """Return {(tool, "ship", "skip" or "held"): votes} and {tool: {reason: counted votes}}."""
    logged, with_reason = defaultdict(int), defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row["count"] < 1:
            report.differs(row["where"], "its count is below 1")
        counted, held = effect_of(row)
        logged[row["tool"], row["side"]] += counted
        logged[row["tool"], "held"] += held
        if row["event"] == "changed" and row["state"] == "counted":
            logged[row["tool"], "skip" if row["side"] == "ship" else "ship"] -= row["count"]
        if row["reason"] is not None:
            if row["state"] == "counted" and row["event"].startswith("reason_"):
                counted = row["count"] if row["event"] == "reason_added" else -row["count"]
            with_reason[row["tool"]][row["reason"]] += counted
    return logged, with_reason


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


def check_votes(tables, panel, report):
    sides = {row["id"]: row["side"] for row in tables["reasons"]}
    logged, with_reason = add_up_vote_log(tables["vote_days"], report)
    for row in tables["tallies"]:
        votes = row["ships"] + row["skips"]
        is_ranked = votes >= panel.thresholds["min_votes"]
        bound = wilson(row["ships"], votes)[0] if is_ranked else None
        report.compare(row["where"], "rank_bound", row["rank_bound"], bound)
        for name, key in [("ships", "ship"), ("skips", "skip"), ("held", "held")]:
            if row[name] != logged[row["tool"], key]:
                log = logged[row["tool"], key]
                report.differs(
                    row["where"], f"{name} is {row[name]}, and the vote log adds up to {log}"
                )
        given = {each["reason"]: each["count"] for each in row["reasons"]}
        for reason in sorted(given.keys() | with_reason[row["tool"]].keys()):
            log = with_reason[row["tool"]][reason]
            if given.get(reason, 0) != log:
                report.differs(
                    row["where"],
                    f"reason {reason} is given {given.get(reason, 0)} times, and in the vote log {log}",
                )
        for side in ["ship", "skip"]:
            count = sum(each for reason, each in given.items() if sides.get(reason) == side)
            if count > row[f"{side}s"]:
                report.differs(row["where"], f"more votes have a reason to {side} than there are")
    for row in tables["interventions"]:
        moved = row["ships_after"] + row["skips_after"] - row["ships_before"] - row["skips_before"]
        is_right = (
            moved == row["votes"] if row["act"] == "released" else 0 <= -moved <= row["votes"]
        )
        if not is_right:
            report.differs(
                row["where"], f"it moved the tally by {moved}, and names {row['votes']} votes"
            )


# Ranks


def check_ranks(tables, panel, report):
    lenient = {row["reviewer"]: Fraction(str(row["points"])) for row in tables["leniency"]}
    corrected = {tool: corrected_score(panel.scores(tool), lenient) for tool in panel.ranked}
    stored_panel = {row["tool"]: row for row in tables["panel"]}
    for row in tables["ranks"]:
        check_ranked_figures(row, panel, stored_panel.get(row["tool"]), corrected, report)
    in_order = groupby(tables["ranks"], key=lambda row: (row["ranking"], row["category"]))
    listed = {key: list(rows) for key, rows in in_order}
    can_be_chosen = [tool for tool in panel.ranked if panel.tools[tool]["status"] != "discontinued"]
    for category in [None, *sorted({row["category"] for row in panel.tools.values()})]:
        tools = [
            tool for tool in can_be_chosen if category in (None, panel.tools[tool]["category"])
        ]
        for ranking in ["panel", "divisive"]:
            rows = listed.get((ranking, category), [])
            key = panel_key(stored_panel) if ranking == "panel" else spread_key(panel)
            check_members(
                rows, sorted(tools, key=key), f"ranks, {ranking}, category {category}", report
            )
        check_corrected(listed.get(("panel", category), []), tools, stored_panel, corrected, report)
    for (ranking, _), rows in listed.items():
        check_shared(rows, RULES[ranking], panel, report)


def panel_key(stored_panel):
    return lambda tool: (-stored_panel[tool]["score"], tool)


def spread_key(panel):
    return lambda tool: (min(panel.scores(tool).values()) - max(panel.scores(tool).values()), tool)


def corrected_score(scores, lenient):
    values = [
        score - lenient[reviewer] for reviewer, score in scores.items() if reviewer in lenient
    ]
    return min(max(rounded(sum(values) / len(values)), 0.0), 100.0) if values else None


def check_ranked_figures(row, panel, stored, corrected, report):
    if row["score"] is not None and row["tool"] in corrected:
        scores = list(panel.scores(row["tool"]).values())
        low, high = interval(scores)
        for name, value in {
            "score": stored and stored["score"],
            "score_low": rounded(max(0.0, low)),
            "score_high": rounded(min(100.0, high)),
            "lowest": min(scores),
            "highest": max(scores),
            "reviews": len(scores),
            "panel_ships": stored and stored["ships"],
            "corrected_score": corrected[row["tool"]],
        }.items():
            report.compare(row["where"], name, row[name], value)


def check_members(rows, expected, name, report):
    report.compare(name, "the order of tools", [row["tool"] for row in rows], expected[:TOP])
    for place, row in enumerate(rows, start=1):
        report.compare(row["where"], "place", row["place"], place)
        report.compare(row["where"], "among", row["among"], len(expected))


def check_corrected(rows, tools, stored_panel, corrected, report):
    for row in rows:
        own = corrected.get(row["tool"])
        place = 1 + sum(corrected[tool] > own for tool in tools)
        by_score = 1 + sum(stored_panel[tool]["score"] > row["score"] for tool in tools)
        report.compare(row["where"], "corrected_place", row["corrected_place"], place)
        report.compare(row["where"], "rise", row["rise"], by_score - place)


def check_shared(rows, rule, panel, report):
    """Compare ranks, and the order of rankings that count votes, with the figures of the rows."""
    key, leads = rule
    if key and [row["tool"] for row in sorted(rows, key=lambda row: (-key(row), row["tool"]))] != [
        row["tool"] for row in rows
    ]:
        report.differs(
            rows[0]["where"], "the tools of this ranking are not in the order of their figures"
        )
    first, ranks = 0, []
    for place, row in enumerate(rows):
        if leads(rows[first], row, panel):
            first = place
        ranks.append(first + 1)
    for row, rank in zip(rows, ranks, strict=True):
        report.compare(row["where"], "rank", row["rank"], rank)
        if rank < ranks[-1] or len(rows) == row["among"]:  # else more tools may follow
            report.compare(row["where"], "shared", row["shared"], ranks.count(rank) > 1)


def panel_leads(one, other, panel):
    first, second = panel.scores(one["tool"]), panel.scores(other["tool"])
    points = [first[reviewer] - second[reviewer] for reviewer in first if reviewer in second]
    if len(points) < panel.thresholds["min_reviewers"]:
        low, high = interval(list(first.values()))[0], interval(list(second.values()))[1]
        return max(0.0, low) > min(100.0, high)
    return (
        Fraction(sum(points), len(points)) >= exact(panel.thresholds["lead_points"])
        and interval(points)[0] > 0
    )


def community_leads(one, other, panel):
    votes, others = one["ships"] + one["skips"], other["ships"] + other["skips"]
    return newcombe_low(one["ships"], votes, other["ships"], others) > 0


def spread_of(row):
    return row["highest"] - row["lowest"]


def gap_of(row):
    of_panel = percent(row["panel_ships"], row["reviews"])
    return abs(of_panel - percent(row["ships"], row["ships"] + row["skips"]))


RULES = {
    "panel": (None, panel_leads),
    "community": (
        lambda row: wilson(row["ships"], row["ships"] + row["skips"])[0],
        community_leads,
    ),
    "divisive": (spread_of, lambda one, other, panel: spread_of(one) > spread_of(other)),
    "gap": (gap_of, lambda one, other, panel: gap_of(one) > gap_of(other)),
}


# Comparisons


def exact(value):
    return Fraction(str(value))


class Pair:
    """Two tools, by place, over the reviewers who scored both."""

    def __init__(self, first, second, points, either):
        self.first, self.second, self.points, self.either = first, second, points, either
        self.mean = Fraction(sum(points), len(points)) if points else Fraction(0)

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
        if interval(pair.points, 0.05 / pairs)[0] > 0:
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
    """Return the outcome and the pair that has it, seen from the tool on top."""
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


def robustness(names, cards, outcome, pair, pairs, limits):
    if outcome == "thin":
        return ""
    if len(pairs) == 1:
        order = [pair.first, pair.second]
        shares = [winning_share(pair.points), winning_share([-points for points in pair.points])]
    else:
        of_all = [reviewer for reviewer in cards[0] if all(reviewer in card for card in cards)]
        if len(of_all) < limits["min_reviewers"]:
            return ""
        order = list(range(len(cards)))
        shares = winning_shares(
            tuple(tuple(card[reviewer] for reviewer in of_all) for card in cards)
        )
    best = max(range(len(order)), key=lambda place: shares[place])
    if not shares[best]:
        return ""
    under = (
        "all weightings" if shares[best] == 1 else f"{share_text(shares[best])} of all weightings"
    )
    return f"{names[order[best]]} wins under {under} of the reviewers."


def readers_disagree(tools, pick, tallies, limits):
    def votes(tool):
        return tallies[tool]["ships"] + tallies[tool]["skips"]

    if pick is None or votes(pick) < limits["min_votes"]:
        return False
    own = tallies[pick]["ships"], votes(pick)
    return any(
        votes(tool) >= limits["min_votes"]
        and newcombe_low(tallies[tool]["ships"], votes(tool), *own) > 0
        for tool in tools
        if tool != pick
    )


def check_comparisons(tables, panel, report):
    tallies = {row["tool"]: row for row in tables["tallies"]}
    limits = panel.thresholds
    for row in tables["comparisons"]:
        tools = row["tools"]
        if unknown := [tool for tool in tools if tool not in panel.tools or tool not in tallies]:
            report.differs(row["where"], f"its tools {unknown} are not in the dump")
            continue
        cards = [panel.scores(tool) for tool in tools]
        pairs = [
            pair_of(first, second, cards) for first, second in combinations(range(len(tools)), 2)
        ]
        outcome, pair = decide(pairs, limits)
        pick = tools[pair.first] if outcome in ("leads", "leans") else None
        names = [panel.tools[tool]["name"] for tool in tools]
        report.compare(row["where"], "of_panel", row["of_panel"], outcome)
        report.compare(row["where"], "pick", row["pick"], pick)
        is_disputed = readers_disagree(tools, pick, tallies, limits)
        report.compare(
            row["where"], "outcome", row["outcome"], "disagree" if is_disputed else outcome
        )
        expected = robustness(names, cards, outcome, pair, pairs, limits)
        report.compare(row["where"], "robustness", row["robustness"], expected)
        report.compare(row["where"], "the number of pairs", len(row["pairs"]), len(pairs))
        for stored, expected_pair in zip(row["pairs"], pairs, strict=False):
            for name, value in pair_figures(expected_pair, tools, len(pairs)).items():
                report.compare(row["where"], f"{name} of a pair", stored[name], value)


def pair_figures(pair, tools, pairs):
    low, high = interval(pair.points, 0.05 / pairs) if len(pair.points) > 1 else (None, None)
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


CHECKS = [
    ("reviews", check_reviews),
    ("panel verdicts, scores and spreads", check_panel),
    ("leniency of reviewers", check_leniency),
    ("change log, replayed", check_ledger),
    ("tallies and vote log", check_votes),
    ("ranks", check_ranks),
    ("bottom lines, paired results, intervals and robustness", check_comparisons),
]
NOT_CHECKED = (
    "Not checked, because single votes are not public: the side and reason of each vote, and so the tally from the vote "
    "log by side. Not in the dump: agreement of reviewers (alpha), and figures of past weeks."
)


def check(folder, public_key=None):
    """Return a report on the dump in `folder`."""
    report = Report()
    manifest = read_manifest(folder)
    check_files(folder, manifest, report)
    check_signature(folder, manifest, public_key, report)
    tables = read_tables(folder, report)
    for file in manifest["files"]:
        table = file["name"].removesuffix(".jsonl.gz")
        if table in tables:
            report.compare(file["name"], "the number of its rows", len(tables[table]), file["rows"])
    check_chain(tables, manifest, report)
    panel = Panel(tables, manifest)
    for name, one in CHECKS:
        try:
            one(tables, panel, report)
        except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError) as error:
            report.differs(
                name, f"the check stopped at a row that is missing or damaged ({error!r})"
            )
    counts = ", ".join(f"{len(rows)} {table}" for table, rows in tables.items())
    report.notes.append(f"Read: {counts}. Made at {manifest['made_at']} by {manifest['site']}.")
    report.notes.append(f"Head of the change log: {manifest['ledger_head']}.")
    report.notes.append(f"Computed again: {'; '.join(name for name, _ in CHECKS)}.")
    report.notes.append(NOT_CHECKED)
    return report


def main():
    parser = argparse.ArgumentParser(description="Check a dump of Ship or Skip.")
    parser.add_argument(
        "dump", help="a folder with the files of the dump, or the address of /data/"
    )
    parser.add_argument("--public-key", help="the key that must have signed it, in Base64")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(arguments.dump)
            if arguments.dump.startswith(("http://", "https://")):
                folder = Path(scratch)
                download(arguments.dump, folder)
            report = check(folder, arguments.public_key)
    except (Unreadable, OSError, ValueError, KeyError) as error:
        print(f"The dump cannot be read: {error}", file=sys.stderr)
        return 2
    for problem in report.problems[:MOST_PRINTED]:
        print(problem)
    if hidden := report.problems[MOST_PRINTED:]:
        print(f"… and {len(hidden)} more")
    for note in report.notes:
        print(note)
    print(f"{len(report.problems)} differences." if report.problems else "Everything matches.")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
