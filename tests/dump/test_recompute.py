"""The program that strangers check a dump with: everything matches, and nothing that is changed goes unseen."""

import ast
import gzip
import json
import re
import shutil
import subprocess
import sys
import threading
from base64 import b64encode
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import rfc8785
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dump import recompute
from dump.publishing import publish_dump
from reviews.students_t import t_quantile
from reviews.weightings import winning_share, winning_shares
from tests.admin_client import make_staff
from tests.dump.dumps import change_byte, content, copied, forge, rows_of
from tests.factories import make_reviewer, make_tool, publish_review
from tests.reviews.test_export_catalog import make_everything
from tests.votes.ballots import make_vote, make_votes
from tools.models import Category, Tool
from votes.actions import void_votes
from votes.models import Reason, Vote
from votes.rankings.figures import RANKINGS

# All of them, because the fixture `original` needs the database: pytest-django makes it where a test is marked.
pytestmark = pytest.mark.django_db

VERIFY = "pkeyutl -verify -pubin -inkey public_key.pem -rawin"
KEY = b64encode(bytes(range(32))).decode()
SCORES = {
    "One": [90, 85, 88, 91],
    "Two": [60, 62, 59, 70],
    "Three": [90, 40, 88, 41],
    "Four": [75, 76, 74, 77],
}


def make_catalogue():
    """Some of everything, with four tools that four reviewers scored and one without a review, votes, and a publisher
    who voided some.
    """
    make_everything()
    reviewers = [make_reviewer(f"Judge {n}") for n in range(4)]
    category = Category.objects.first()
    for name, scores in SCORES.items():
        tool = make_tool(name=name, slug=name.lower(), category=category)
        for reviewer, score in zip(reviewers, scores, strict=True):
            publish_review(tool, reviewer, score, "ship" if score > 60 else "skip")
    make_votes(Tool.objects.get(slug="one"), ships=4, skips=16)
    make_votes(Tool.objects.get(slug="two"), ships=28, skips=2)
    ships = Vote.objects.filter(tool__slug="two", choice="ship")
    for vote in ships.order_by("pk")[:12]:
        ships.filter(pk=vote.pk).update(reason=Reason.objects.filter(side="ship").first())
    cheated = Tool.objects.get(slug="four")
    make_votes(cheated, ships=12, skips=1)
    make_vote(cheated, rule="pace")
    votes = Vote.objects.filter(tool=cheated, choice="skip")
    void_votes(staff=make_staff(), tool=cheated, votes=votes, reason="One person.")
    make_votes(make_tool(name="Five", slug="five", category=category), ships=11, skips=9)
    RANKINGS.refresh()


@pytest.fixture(scope="module")
def original(tmp_path_factory, django_db_setup, django_db_blocker):
    """A dump of that catalogue. The database is as it was afterwards."""
    folder = tmp_path_factory.mktemp("dumps")
    with django_db_blocker.unblock(), transaction.atomic():
        make_catalogue()
        made = publish_dump(folder)
        transaction.set_rollback(True)
    return made


@pytest.fixture
def dump(original, tmp_path):
    return copied(original, tmp_path / "dump")


def problems(folder, **given):
    return recompute.check(folder, **given).problems


def test_everything_matches(original):
    assert problems(original) == []
    for table in recompute.TABLES:
        assert rows_of(original, table), table


def test_a_dump_that_is_replaced_while_it_is_downloaded_is_no_forgery(dump, tmp_path):
    manifest = dump / "manifest.json"

    class Site(SimpleHTTPRequestHandler):
        def do_GET(self):
            super().do_GET()
            if self.path.endswith("/SHA256SUMS"):
                manifest.write_text(manifest.read_text().replace("made_at", "made_at "))

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=dump)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(recompute.Unreadable, match="A new dump was published while"):
            recompute.download(f"http://127.0.0.1:{server.server_port}/", tmp_path)
        server.shutdown()


@pytest.mark.parametrize("table", recompute.TABLES)
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_any_changed_byte_names_its_row(dump, table, kind):
    path = dump / f"{table}.{kind}.gz"
    before = content(path).splitlines(keepends=True)
    last = len(before) - 1
    for offset in range(0, len(before[last]) - 1, max(1, len(before[last]) // 12)):
        copied(dump, dump.parent / "again")
        change_byte(dump.parent / "again" / path.name, last, offset)
        number = last + 1 if kind == "jsonl" else last

        report = recompute.Report()
        list(recompute.read_table(dump.parent / "again", table, report))

        rows = len(rows_of(dump, table))
        assert [p for p in report.problems if p.startswith(f"{table}, row {min(number, rows)}")], (
            offset
        )


def first(**wanted):
    """The place of the first row with these values."""
    return lambda rows: next(
        row for row in rows if all(row[name] == value for name, value in wanted.items())
    )


def put(name, new, /, **wanted):
    def edit(rows):
        row = first(**wanted)(rows)
        row[name] = new(row[name]) if callable(new) else new

    return edit


# A row of each kind that was changed together with all hashes, and the table whose row is named.
FORGERIES = {
    "score of a review": ("reviews", put("score", lambda score: score - 1, score=91), "panel"),
    "verdict of a review": ("reviews", put("verdict", "skip", score=91), "panel"),
    "earlier score": ("reviews", put("score", lambda score: score - 1, current=False), "ledger"),
    "earlier panel score": ("ledger", put("new", 12.5, kind="score"), "ledger"),
    "current review": ("reviews", put("current", False, score=91), "reviews"),
    "revision of a review": ("reviews", put("revision", 2, score=91), "reviews"),
    "date of a review": ("reviews", put("reviewed_on", "2999-01-01", score=91), "panel"),
    "panel score": ("panel", put("score", 88.4, score=88.5), "panel"),
    "panel verdict": ("panel", put("verdict", "split", score=88.5), "panel"),
    "ship percent": ("panel", put("ship_percent", 99, score=88.5), "panel"),
    "spread": ("panel", put("spread", 7, score=88.5), "panel"),
    "name of a tool": ("tools", put("name", "Onë", slug="one"), "tools"),
    "price of a tool": ("tools", put("pricing", "$1", slug="one"), "tools"),
    "status of a tool": ("tools", put("status", "paused", slug="one"), "tools"),
    "category of a tool": ("tools", put("category", lambda pk: pk + 1, slug="one"), "tools"),
    "value of a fact": ("facts", put("value", 0.25, value=0.5), "tools"),
    "source of a fact": ("facts", put("source_url", "https://other.example/", value=0.5), "tools"),
    "entry of the change log": ("ledger", put("new", "$6", kind="pricing"), "tools"),
    "old side of an entry": ("ledger", put("old", "$0", kind="pricing"), "ledger"),
    "reason of an entry": ("ledger", put("reason", "None.", kind="pricing"), "ledger_days"),
    "time of an entry": (
        "ledger",
        put("at", "2020-01-01T00:00:00.000000Z", kind="corrected"),
        "ledger",
    ),
    "entry taken out": ("ledger", lambda rows: rows.pop(), "ledger_days"),
    "review of an entry": (
        "ledger",
        put("new", {"score": 1, "verdict": "ship"}, kind="reviewed"),
        "ledger",
    ),
    "corrected entry": ("ledger", put("corrects", None, kind="corrected"), "ledger"),
    "hash of a day": ("ledger_days", put("hash", "0" * 64), "ledger_days"),
    "entries of a day": ("ledger_days", put("entries", 1), "ledger_days"),
    "lower bound": ("tallies", put("rank_bound", lambda bound: bound + 0.001, ships=28), "tallies"),
    "ships": ("tallies", put("ships", 29, ships=28), "tallies"),
    "held votes": ("tallies", put("held", 9, held=1), "tallies"),
    "votes cast": ("vote_days", put("count", 15, count=16), "tallies"),
    "side of votes": ("vote_days", put("side", "ship", count=16), "tallies"),
    "votes held": ("vote_days", put("state", "held", event="voided"), "tallies"),
    "reasons": ("vote_days", put("count", 11, count=12, event="reason_added"), "tallies"),
    "reason of votes": (
        "vote_days",
        put("reason", None, count=12, event="reason_added"),
        "tallies",
    ),
    "intervention": ("interventions", put("skips_after", 9), "interventions"),
    "leniency": ("leniency", put("points", lambda points: points + 0.1), "leniency"),
    "residual": ("leniency", put("residual", lambda points: points + 0.1), "leniency"),
    "same verdict": ("agreement", put("same_verdict", lambda count: count + 1), "agreement"),
    "alpha of verdicts": ("agreement", put("verdict_alpha", 0.5), "agreement"),
    "alpha of scores": ("agreement", put("score_alpha", 0.5), "agreement"),
    "rank": ("ranks", put("rank", 2, ranking="panel", place=1), "ranks"),
    "shared rank": (
        "ranks",
        put("shared", lambda shared: not shared, ranking="panel", place=1),
        "ranks",
    ),
    "place": ("ranks", put("place", 9, ranking="panel", place=1), "ranks"),
    "corrected place": ("ranks", put("corrected_place", 9, ranking="panel", place=1), "ranks"),
    "interval of a rank": ("ranks", put("score_low", 1.5, ranking="panel", place=1), "ranks"),
    "order by the community": ("ranks", put("ships", 1, ranking="community", place=1), "ranks"),
    "most divisive": ("ranks", put("highest", 50, ranking="divisive", place=1), "ranks"),
    "gap": ("ranks", put("panel_ships", 0, ranking="gap", place=1), "ranks"),
    "outcome": ("comparisons", put("outcome", "split", outcome="leads"), "comparisons"),
    "readers disagree": ("comparisons", put("outcome", "leads", outcome="disagree"), "comparisons"),
    "pick": ("comparisons", put("pick", None, of_panel="leads"), "comparisons"),
    "robustness": ("comparisons", put("robustness", "", of_panel="leads"), "comparisons"),
    "paired mean": (
        "comparisons",
        lambda rows: rows[0]["pairs"][0].update(mean=1.1),
        "comparisons",
    ),
    "paired interval": (
        "comparisons",
        lambda rows: rows[0]["pairs"][0].update(low=1.1),
        "comparisons",
    ),
    "who prefers": (
        "comparisons",
        lambda rows: rows[0]["pairs"][0].update(prefer_first=9),
        "comparisons",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_figure_names_its_row(dump, forgery):
    table, edit, named = FORGERIES[forgery]

    forge(dump, table, edit)

    found = problems(dump)
    assert [problem for problem in found if problem.startswith(f"{named}, ")], found


@pytest.mark.parametrize("table", sorted(recompute.TABLES.keys() - {recompute.UNORDERED}))
def test_a_row_in_another_place_is_named(dump, table):
    forge(dump, table, lambda rows: rows.append(rows[0]))

    found = [problem for problem in problems(dump) if "not come after the row before" in problem]
    assert [problem.split(" (")[0] for problem in found] == [
        f"{table}, row {len(rows_of(dump, table))}"
    ]


@pytest.mark.parametrize("table", recompute.BY_TOOL[1:])
def test_a_row_of_no_tool_is_named(dump, table):
    def to_no_tool(rows):
        rows[-1]["tool"] = 10**9

    forge(dump, table, to_no_tool)

    row = f"{table}, row {len(rows_of(dump, table))} "
    found = [problem for problem in problems(dump) if problem.endswith("is not in the dump")]
    assert len(found) == 1
    assert found[0].startswith(row)


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table in recompute.REFERENCES for column in recompute.REFERENCES[table]],
)
def test_a_reference_to_nothing_is_named(dump, table, column):
    def to_nothing(rows):
        rows[-1][column] = 10**9

    forge(dump, table, to_nothing)

    row = f"{table}, row {len(rows_of(dump, table))} "
    found = [problem for problem in problems(dump) if f": {column} 1000000000 is not in" in problem]
    assert len(found) == 1
    assert found[0].startswith(row)


@pytest.mark.parametrize("table", ["categories", "fact_kinds", "reviewers", "reasons"])
def test_an_empty_table_to_which_others_refer_is_noticed(dump, table):
    forge(dump, table, list.clear)

    assert [problem for problem in problems(dump) if problem.endswith(f" is not in {table}")]


def test_a_rank_of_no_tool_is_named(dump):
    forge(dump, "ranks", put("tool", 10**9, ranking="community", place=1))

    assert [
        problem
        for problem in problems(dump)
        if problem.startswith("ranks, row ") and problem.endswith("its tool is not in the dump")
    ]


@pytest.mark.parametrize("name", ["reviews", "panel_ships"])
def test_the_reviews_of_a_tool_without_a_panel_rank_are_checked(dump, name):
    rows = rows_of(dump, "ranks")
    place, row = next(
        (place, row)
        for place, row in enumerate(rows, start=1)
        if row["ranking"] == "community" and row["score"] is None
    )

    forge(dump, "ranks", lambda rows: rows[place - 1].update({name: row[name] + 1}))

    assert [each for each in problems(dump) if each.startswith(f"ranks, row {place} ")]


@pytest.mark.parametrize("place", [0, -1])
def test_a_comparison_that_is_missing_is_named(dump, place):
    tools = rows_of(dump, "comparisons")[place]["tools"]

    forge(dump, "comparisons", lambda rows: rows.pop(place))

    assert f"comparisons: it has no row for the tools {tools}" in problems(dump)


def test_a_comparison_that_is_there_twice_is_named(dump):
    forge(dump, "comparisons", lambda rows: rows.append(rows[0]))

    found = [each for each in problems(dump) if each.endswith("compared more than once")]
    assert [each.split(" (")[0] for each in found] == [
        "comparisons, row 1",
        f"comparisons, row {len(rows_of(dump, 'comparisons'))}",
    ]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("[" * 100_000 + "]" * 100_000, "RecursionError"),
        ("NaN", "a number is not finite"),
        ("1e400", "a number is not finite"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(dump, value, why):
    path = dump / "panel.jsonl.gz"
    lines = content(path).splitlines(keepends=True)
    damaged = re.sub(rb'"score":[^,]+', f'"score":{value}'.encode(), lines[0])
    path.write_bytes(gzip.compress(b"".join([damaged, *lines[1:]])))

    found = [each for each in problems(dump) if each.startswith("panel, row 1: ")]

    assert len(found) == 1
    assert why in found[0]


def test_a_text_that_no_terminal_can_print_is_printed_escaped(dump):
    path = dump / "panel.jsonl.gz"
    path.write_bytes(
        gzip.compress(content(path).replace(b'"verdict":"ship"', rb'"verdict":"\ud800"', 1))
    )

    done = subprocess.run(
        [sys.executable, recompute.__file__, dump], capture_output=True, text=True
    )

    assert done.returncode == 1
    assert 'verdict is "\\ud800"' in done.stdout


@pytest.mark.parametrize(
    ("name", "value"), [("files", None), ("made_at", None), ("public_key", 5), ("rules", [])]
)
def test_a_manifest_that_is_damaged_is_refused(dump, name, value):
    path = dump / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {name: value}))

    with pytest.raises(recompute.Unreadable, match=f"In manifest.json, {name} is "):
        problems(dump)


@pytest.mark.parametrize("name", ["../passwords", "/etc/passwd", "C:\\passwords", ".profile", ""])
def test_no_file_outside_the_folder_is_read(dump, name):
    path = dump / "manifest.json"
    manifest = json.loads(path.read_bytes())
    manifest["files"][0]["name"] = name
    path.write_text(json.dumps(manifest))

    with pytest.raises(recompute.Unreadable, match=r"The manifest names a file "):
        problems(dump)


@pytest.mark.parametrize("table", ["panel", "tallies"])
def test_a_tool_without_its_row_is_named(dump, table):
    tool = rows_of(dump, table)[0]["tool"]

    forge(dump, table, lambda rows: rows.pop(0))

    assert f"{table}: it has no row for the tool {tool}" in problems(dump)


@pytest.mark.parametrize("table", recompute.TABLES)
@pytest.mark.parametrize("value", [None, "x", [1]])
def test_no_value_that_identifies_a_row_stops_the_checks(dump, table, value):
    first_row = rows_of(dump, table)[0]
    for column in recompute.TABLES[table]:
        again = copied(dump, dump.parent / "again")

        forge(again, table, lambda rows, column=column: rows[0].update({column: value}))

        report = recompute.check(again)
        assert report.notes[-1].startswith("Computed again: reviews; panel")
        if value not in ("x", first_row[column]):  # an "x" can be a name or a time
            assert [each for each in report.problems if each.startswith(f"{table}, row 1")], column


def test_rows_are_read_tool_by_tool():
    """So the memory that a dump needs does not grow with its large tables."""
    tools = 1000
    read = dict.fromkeys(recompute.BY_TOOL, 0)

    def rows(table):
        for number in range(tools):
            read[table] += 1
            yield recompute.Row(table, number, {"id" if table == "tools" else "tool": number})

    found = recompute.read_tools({table: rows(table) for table in recompute.BY_TOOL})

    assert [len(each) for each in next(found).values()] == [1] * len(recompute.BY_TOOL)
    assert max(read.values()) == 2


def test_only_the_first_of_many_differences_are_kept():
    report = recompute.Report()
    for number in range(recompute.MOST_PRINTED + 5):
        report.compare(f"row {number}", "its value", 1, 2)

    assert report.differences == recompute.MOST_PRINTED + 5
    assert len(report.problems) == recompute.MOST_PRINTED
    assert report.problems[-1].startswith(f"row {recompute.MOST_PRINTED - 1}: ")


def test_verdict_and_score_are_checked_after_each_entry(dump):
    forge(dump, "ledger", put("new", 12.5, kind="score"))

    assert [problem for problem in problems(dump) if "score from then on is 12.5, not" in problem]


def test_a_forgery_of_nothing_is_not_seen(dump):
    forge(dump, "reviews", lambda rows: None)

    assert problems(dump) == []


def test_a_file_that_is_damaged_or_missing_is_named(dump):
    (dump / "facts.csv.gz").write_bytes((dump / "facts.csv.gz").read_bytes()[:-9])
    (dump / "tools.schema.json").write_text("{}\n")

    with pytest.raises(KeyError):
        problems(dump)
    shutil.copy(dump / "panel.schema.json", dump / "tools.schema.json")
    found = problems(dump)
    assert any(problem.startswith("facts.csv.gz") for problem in found)
    assert any(problem.startswith("tools.schema.json") for problem in found)


def test_the_order_of_three_and_four_tools_is_checked(original):
    sizes = {len(row["tools"]) for row in rows_of(original, "comparisons")}
    outcomes = {row["outcome"] for row in rows_of(original, "comparisons")}

    assert sizes == {2, 3, 4}
    assert {"leads", "thin", "disagree"} <= outcomes


def test_the_signature_is_that_of_the_key(tmp_path, settings):
    settings.DATA_SIGNING_KEY = KEY
    make_tool()
    made = publish_dump(tmp_path)
    manifest = json.loads((made / "manifest.json").read_bytes())
    other = b64encode(bytes(32)).decode()

    assert problems(made) == problems(made, public_key=manifest["public_key"]) == []
    assert len(problems(made, public_key=other)) == 2
    signature = bytearray((made / "manifest.json.sig").read_bytes())
    signature[3] ^= 1
    (made / "manifest.json.sig").write_bytes(signature)
    assert [problem.split(":")[0] for problem in problems(made)] == ["manifest.json.sig"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_openssl_checks_it_too(tmp_path, settings):
    settings.DATA_SIGNING_KEY = KEY
    made = publish_dump(tmp_path)
    key = recompute.base64.b64decode(
        json.loads((made / "manifest.json").read_bytes())["public_key"]
    )
    message, signature = (
        (made / "manifest.json").read_bytes(),
        (made / "manifest.json.sig").read_bytes(),
    )

    assert recompute.verify_by_openssl(key, signature, message) is True
    assert recompute.verify_by_openssl(key, signature, message + b" ") is False
    done = subprocess.run(
        f"openssl {VERIFY} -in manifest.json -sigfile manifest.json.sig".split(),
        cwd=made,
        capture_output=True,
    )
    assert done.returncode == 0


def test_the_program_says_what_it_found(tmp_path):
    """Alone with the standard library, over the sample with votes."""
    call_command("import_catalog", "sample/catalog.json", verbosity=0)
    for number, tool in enumerate(Tool.objects.order_by("pk")[:10]):
        make_votes(tool, ships=3 * number, skips=15 - number)
    made = publish_dump(tmp_path)
    program = [sys.executable, "-I", "-S", str(made / "recompute.py")]

    done = subprocess.run([*program, str(made)], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Everything matches.\n")
    assert "490 comparisons" in done.stdout
    forge(made, "panel", put("spread", 99))
    done = subprocess.run([*program, str(made)], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("panel, row 1 ")
    done = subprocess.run([*program, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("Nothing could be read: manifest.json")


def test_the_program_needs_nothing_but_the_standard_library():
    tree = ast.parse(Path(recompute.__file__).read_text())
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert names - sys.stdlib_module_names == {"cryptography"}  # where it is installed


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
)


@given(values)
def test_canonical_json_is_that_of_the_library(value):
    assert recompute.canonical(value).encode() == rfc8785.dumps(value)


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=7))
def test_the_exact_share_of_weightings_is_that_of_the_site(differences):
    assert recompute.winning_share(differences) == winning_share(differences)


@pytest.mark.parametrize("degrees", [1, 2, 3, 5, 6, 30])
@pytest.mark.parametrize("pairs", [1, 3, 6])
def test_quantiles_of_students_t_are_those_of_the_site(degrees, pairs):
    found = recompute.t_quantile(0.05 / pairs, degrees)

    assert found == pytest.approx(t_quantile(1 - 0.025 / pairs, degrees), rel=1e-10)


@pytest.mark.parametrize(
    "scores",
    [
        ((90, 40, 70), (80, 60, 70), (50, 90, 69)),
        ((1, 2), (1, 2), (2, 1)),
        ((90, 90), (80, 80), (70, 95)),
        ((90, 90), (80, 80), (70, 70)),
    ],
)
def test_shares_of_several_tools_are_those_of_the_site(scores):
    assert list(map(float, recompute.winning_shares(scores))) == winning_shares(scores)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (0, -2e-17, True),
        (80, 80.0, True),
        (0.1, 0.2, False),
        (1, True, False),
        (0, 1, False),
        ({"value": 0.5}, {"value": 0.5, "more": 1}, False),
    ],
)
def test_numbers_may_differ_in_their_last_digits_alone(one, other, are_same):
    assert recompute.same(one, other) is are_same


def test_figures_of_a_past_day_are_those_of_that_day(tmp_path, monkeypatch):
    now = timezone.now()

    def days_ago(days):
        monkeypatch.setattr("django.utils.timezone.now", lambda: now - timedelta(days=days))
        return str((now - timedelta(days=days)).date())

    then = days_ago(9)
    tool, other, reviewers = make_tool(slug="one"), make_tool(slug="two"), [make_reviewer("Ann")]
    publish_review(tool, reviewers[0], 80, "ship")
    publish_review(other, reviewers[0], 50, "skip")
    days_ago(4)
    publish_review(tool, reviewers[0], 20, "skip", reason="It crashed.")
    make_tool(slug="three")
    today = days_ago(0)
    make_votes(tool, ships=2, skips=1)
    made = publish_dump(tmp_path)

    def figures(day, *compared):
        report = recompute.check(made, on=day, compared=compared)
        assert report.problems == []
        return report.figures[1:]

    assert figures(then) == [
        "one: ship (1 ship, 0 skip), score 80.0; readers: 0 ship, 0 skip, 0 held",
        "two: skip (0 ship, 1 skip), score 50.0; readers: 0 ship, 0 skip, 0 held",
    ]
    assert (
        figures(today)[0]
        == "one: skip (0 ship, 1 skip), score 20.0; readers: 2 ship, 1 skip, 0 held"
    )
    assert figures(then, ["one", "two"]) == [
        "one and two: thin (one minus two: mean 30.0, interval none, 1 scored both)."
    ]
    assert figures(then, ["one", "three"]) == ["three: not in what was read"]
