import copy
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reviews import ledger_check, panel
from reviews.catalog import importing
from reviews.models import PanelVerdict, Review
from reviews.panel import panel_of_reviews
from tests.catalog import empty_the_database
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tests.sessions import another_session
from tools.actions import unpublish_tool
from tools.models import Fact, FactKind, LedgerEntry, OldToolSlug, SearchSynonym, Tool

pytestmark = pytest.mark.django_db

NOTHING_TO_CHANGE = "Nothing to change: the database already matches the file."

TOOL = {
    "slug": "ada",
    "name": "Ada",
    "tagline": "Does one thing.",
    "description": "One.",
    "category": "things",
    "website": "https://ada.example/",
    "entry": "free",
    "best_for": "One.",
    "skip_if": "Two.",
    "published_at": "2026-06-01T09:00:00Z",
    "old_slugs": ["first-ada"],
    "facts": [
        {
            "kind": "window",
            "value": 128000,
            "source_url": "https://ada.example/docs",
            "observed_on": "2026-06-01",
        }
    ],
    "reviews": [],
}
REVIEW = {
    "reviewer": "builder",
    "revision": 1,
    "score": 80,
    "verdict": "ship",
    "basis": "hands_on",
    "body": "It held.",
    "reviewed_on": "2026-06-02",
    "published_at": "2026-06-02T09:00:00Z",
}
FACT = {
    "value": 128000,
    "source_url": "https://ada.example/docs",
    "observed_on": "2026-06-01",
}
CATALOG = {
    "format": "ship-or-skip/catalog/1",
    "categories": [{"slug": "things", "name": "Things"}],
    "fact_kinds": [{"slug": "window", "name": "Window", "group": "Model", "value_type": "number"}],
    "reviewers": [{"slug": "builder", "name": "Builder"}, {"slug": "skeptic", "name": "Skeptic"}],
    "tools": [TOOL | {"reviews": [REVIEW]}],
}


@pytest.fixture
def run(tmp_path, capsys):
    """Import a document (or raw bytes); return (exit code, what was said)."""

    def run_import(document):
        file = tmp_path / "catalog.json"
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        file.write_bytes(raw)
        try:
            call_command("import_catalog", str(file))
            code = 0
        except SystemExit as exit_:
            code = exit_.code
        said = capsys.readouterr()
        return code, (said.out + said.err).strip().splitlines()

    return run_import


@pytest.fixture
def catalog():
    return copy.deepcopy(CATALOG)


def logged(**where):
    entries = LedgerEntry.objects.filter(**where).exclude(kind="added").in_order()
    return list(entries.values_list("kind", "old", "new", "reason"))


def test_a_catalogue_is_imported(run, catalog):
    code, said = run(catalog)

    tool = Tool.objects.get(slug="ada")
    assert code == 0
    assert "tools: 1 created, 0 changed, 0 unchanged" in said
    assert (tool.panel.verdict, tool.panel.score, tool.facts.get().value) == ("ship", 80, 128000)
    assert logged() == [
        ("reviewed", None, {"score": 80, "verdict": "ship"}, ""),
        ("verdict", "none", "ship", ""),
        ("score", None, 80.0, ""),
    ]
    assert LedgerEntry.objects.get(kind="added").new["verdict"] == "none"
    assert list(OldToolSlug.objects.values_list("slug", "tool__slug")) == [("first-ada", "ada")]


def test_a_second_run_changes_nothing_and_says_so(run, catalog):
    run(catalog)
    version = Tool.objects.get().version

    assert run(catalog) == (0, [NOTHING_TO_CHANGE])
    assert Tool.objects.get().version == version


def test_only_what_differs_is_written_and_logged(run, catalog):
    run(catalog)
    catalog["tools"][0] |= {"entry": "paid", "pricing": "$5"}
    catalog["tools"][0]["facts"][0]["value"] = 200000

    _, said = run(catalog)

    assert "tools: 0 created, 1 changed, 0 unchanged" in said
    assert "facts: 0 created, 1 changed, 0 unchanged" in said
    assert [entry[:3] for entry in logged(kind__in=["entry", "pricing", "fact"])] == [
        ("entry", "free", "paid"),
        ("pricing", None, "$5"),
        ("fact", FACT, FACT | {"value": 200000}),
    ]


def test_a_revision_takes_over_and_tells_why(run, catalog):
    run(catalog)
    revision = REVIEW | {
        "revision": 2,
        "score": 40,
        "verdict": "skip",
        "reason": "It broke.",
        "published_at": "2026-07-01T09:00:00Z",
    }
    catalog["tools"][0]["reviews"].append(revision)

    assert run(catalog)[0] == 0

    assert list(Review.objects.values_list("revision", "is_current")) == [(1, False), (2, True)]
    assert logged(at__month=7) == [
        (
            "reviewed",
            {"score": 80, "verdict": "ship"},
            {"score": 40, "verdict": "skip"},
            "It broke.",
        ),
        ("verdict", "ship", "skip", ""),
        ("score", 80.0, 40.0, ""),
    ]
    assert list(panel.differences()) == []


def test_a_published_review_is_never_changed(run, catalog):
    run(catalog)
    catalog["tools"][0]["reviews"][0]["score"] = 99

    code, said = run(catalog)

    assert code == 1
    assert said[0].startswith(
        'Line 1, tools[0] "ada": reviews[0]: revision 1 of "builder" is published and cannot change'
    )
    assert Review.objects.get().score == 80


def test_what_the_file_does_not_name_stays(run, catalog):
    other = make_tool(slug="other")
    draft = draft_review(other, make_reviewer("Founder"))
    draft.save()

    run(catalog)

    assert set(Tool.objects.values_list("slug", flat=True)) == {"ada", "other"}
    assert Review.objects.drafts().get() == draft


def test_a_draft_makes_room_for_an_imported_revision(run, catalog):
    run(catalog)
    tool = Tool.objects.get()
    draft = draft_review(tool, Review.objects.get().reviewer, revision=2)
    draft.save()
    revision = REVIEW | {"revision": 2, "reason": "Again.", "published_at": "2026-07-01T09:00:00Z"}
    catalog["tools"][0]["reviews"].append(revision)

    assert run(catalog)[0] == 0

    draft.refresh_from_db()
    assert draft.revision == 3


EVENT = "00000000-0000-4000-8000-00000000000{}"
ADDED = {
    "kind": "added",
    "event": EVENT.format(1),
    "at": "2026-06-01T09:00:00Z",
    "new": {
        "name": "Ada",
        "slug": "ada",
        "tagline": "Does one thing.",
        "entry": "free",
        "pricing": "$9",
        "best_for": "One.",
        "skip_if": "Two.",
        "status": "active",
        "status_date": None,
        "facts": {"window": FACT},
        "verdict": "ship",
        "score": 80,
    },
    "new_category": "things",
}
PRICED = {
    "kind": "pricing",
    "event": EVENT.format(2),
    "at": "2026-06-04T10:00:00Z",
    "old": "$9",
    "new": "$1",
    "reason": "New plans.",
}
CORRECTED = {
    "kind": "corrected",
    "event": EVENT.format(3),
    "at": "2026-06-05T10:00:00Z",
    "old": "$1",
    "new": "$2",
    "corrects": 1,
    "reason": "Misread.",
}


def test_a_ledger_in_the_file_is_the_history(run, catalog):
    catalog["tools"][0] |= {"pricing": "$1", "ledger": [ADDED, PRICED, CORRECTED]}

    run(catalog)

    assert logged() == [
        ("pricing", "$9", "$1", "New plans."),
        ("corrected", "$1", "$2", "Misread."),
    ]
    assert LedgerEntry.objects.get(kind="corrected").corrects.kind == "pricing"
    assert run(catalog) == (0, [NOTHING_TO_CHANGE])
    assert list(ledger_check.differences()) == []


@pytest.mark.parametrize(
    "second",
    [
        {"slug": "bea", "old_slugs": [], "facts": [], "ledger": [ADDED]},  # of another tool
        {"ledger": [ADDED, PRICED | {"event": ADDED["event"]}]},  # of another time
    ],
)
def test_an_event_is_of_one_tool_and_time(run, catalog, second):
    first = catalog["tools"][0] | {"ledger": [ADDED]}
    catalog["tools"] = [first, first | second] if "slug" in second else [first | second]

    code, said = run(catalog)

    assert code == 1
    assert f"the event {ADDED['event']} is used by several tools or at several times" in said[0]
    assert not LedgerEntry.objects.exists()


def test_another_history_of_a_known_tool_is_refused(run, catalog):
    run(catalog)
    catalog["tools"][0] |= {"pricing": "$9", "ledger": [ADDED]}

    code, said = run(catalog)

    assert code == 1
    assert 'tools "ada": its ledger adds the tool a second time' in said[0]
    assert LedgerEntry.objects.filter(kind="added").count() == 1


def test_what_a_ledger_in_the_file_leaves_out_is_added_to_it(run, catalog):
    catalog["tools"][0] |= {"pricing": "$3", "ledger": [ADDED]}

    run(catalog)

    assert logged() == [("pricing", "$9", "$3", "")]


def test_a_review_of_an_earlier_time_is_recorded_after_what_is_known(run, catalog):
    run(catalog)
    tool = Tool.objects.get()
    publish_review(tool, make_reviewer("Founder"), 10, "skip")
    catalog["tools"][0]["reviews"].append(REVIEW | {"reviewer": "skeptic", "score": 20})

    assert run(catalog)[0] == 0

    assert list(ledger_check.differences()) == []


def test_a_withdrawn_tool_is_not_published_again_by_a_file(run, catalog):
    run(catalog)
    unpublish_tool(tool=Tool.objects.get(), reason="A copy.")

    code, said = run(catalog)

    assert code == 1
    assert 'tools[0] "ada": it was withdrawn' in said[0]
    assert Tool.objects.get().is_withdrawn


@pytest.mark.parametrize(
    ("published_at", "words"),
    [(None, "it is a draft"), ("2999-01-01T00:00:00Z", "it is scheduled")],
)
def test_a_public_tool_is_not_hidden_by_a_file(run, catalog, published_at, words):
    run(catalog)
    catalog["tools"][0]["published_at"] = published_at

    code, said = run(catalog)

    assert code == 1
    assert f'tools "ada": {words}, but its ledger ends otherwise.' in said[0]
    assert Tool.objects.get().is_published


def test_a_withdrawn_tool_is_not_made_a_draft_by_a_file(run, catalog):
    run(catalog)
    unpublish_tool(tool=Tool.objects.get(), reason="A copy.")
    catalog["tools"][0] |= {"published_at": None, "withdrawn_at": None}

    code, said = run(catalog)

    assert code == 1
    assert 'tools "ada": it is a draft, but its ledger ends otherwise.' in said[0]
    assert Tool.objects.get().is_withdrawn


BAD_ENTRIES = [
    (PRICED, "it does not begin with the entry that adds the tool"),
    (ADDED | {"new_category": "nowhere"}, 'new_category: there is no "nowhere"'),
    (ADDED | {"old": 1}, "ledger[0].old"),
    (PRICED | {"new": 5}, "5 is not of type"),
    (CORRECTED | {"corrects": 7}, "entry 7 cannot be corrected"),
    (CORRECTED | {"corrects": 0}, "this is not a value of the kind added"),
    (PRICED | {"kind": "verdict", "old": "Split", "new": "Ship"}, "Split"),
    (PRICED | {"kind": "reviewed", "new": {"score": 1, "verdict": "ship"}}, "review"),
    (ADDED | {"at": "2026-07-01T09:00:00Z"}, "are not in the order of their times"),
]


@pytest.mark.parametrize(("entry", "words"), BAD_ENTRIES)
def test_a_bad_entry_is_named_with_its_place_and_reason(run, catalog, entry, words):
    ledger = [ADDED, entry, CORRECTED] if entry != PRICED else [PRICED]
    if entry["kind"] == "added":
        ledger = [entry, PRICED]
    elif entry["kind"] == "corrected":
        ledger = [ADDED, PRICED, entry]
    catalog["tools"][0]["ledger"] = ledger

    code, said = run(catalog)

    assert code == 1
    assert words in " ".join(said)
    assert LedgerEntry.objects.count() == 0


def break_(catalog, *path, to):
    *way, last = path
    row = catalog
    for step in way:
        row = row[step]
    row[last] = to
    return catalog


BAD_ROWS = [
    (("tools", 0, "reviews", 0, "score"), 130, 'tools[0] "ada": reviews[0].score: 130 is greater'),
    (("tools", 0, "reviews", 0, "verdict"), "hold", 'tools[0] "ada": reviews[0].verdict: "hold"'),
    (("tools", 0, "reviews", 0, "reviewer"), "nobody", 'reviews[0].reviewer: there is no "nobody"'),
    (("tools", 0, "reviews", 0, "revision"), 2, "reviews[0].reason: a revision needs one"),
    (("tools", 0, "reviews", 0, "published_at"), "2999-01-01T00:00:00Z", "date is in the future"),
    (("tools", 0, "reviews", 0, "published_at"), "yesterday", 'published_at: "yesterday"'),
    (("tools", 0, "published_at"), "2016-12-31T23:59:60Z", "published_at"),
    (("tools", 0, "status_date"), "0000-01-01", "status_date"),
    (("tools", 0, "reviews", 0, "reviewed_on"), "2999-01-01", "the date is in the future"),
    (("tools", 0, "slug"), "ada-vs-bob", 'tools[0] "ada-vs-bob": slug'),
    (("tools", 0, "slug"), "a" * 81, "longer than 80 characters"),
    (("tools", 0, "category"), "nowhere", 'category: there is no "nowhere"'),
    (("tools", 0, "successor"), "nobody", 'successor: there is no "nobody"'),
    (("tools", 0, "successor"), "ada", "successor: a tool cannot be its own"),
    (("tools", 0, "website"), "javascript:alert(1)", "website"),
    (("tools", 0, "tagline"), "", "published_at: a published tool needs tagline"),
    (("tools", 0, "surprise"), 1, "'surprise' was unexpected"),
    (("tools", 0, "facts", 0, "value"), "many", 'facts[0].value: "window" holds a number'),
    (("tools", 0, "facts", 0, "value"), True, 'facts[0].value: "window" holds a number'),
    (("tools", 0, "facts", 0, "value"), 1.23456, "facts[0].value: at most four decimals are kept"),
    (
        ("tools", 0, "facts", 0, "source_url"),
        'https://a"><script>x</script>/',
        "facts[0].source_url",
    ),
    (("tools", 0, "old_slugs"), ["ada"], 'old_slugs: "ada" is the slug of one of the tools'),
    (("categories", 0, "old_slugs"), ["things"], "is the slug of one of the categories"),
    (("tools", 0, "reviews", 0, "reaffirmed_on"), ["2999-01-01"], "reaffirmed_on: the date is in"),
    (
        ("tools", 0, "reviews", 0, "reaffirmed_on_behalf"),
        ["2026-01-02"],
        "reaffirmed_on_behalf: 2026-01-02 is not in reaffirmed_on",
    ),
    (("tools", 0, "reviews", 0, "body"), " ", "reviews[0].body"),
    (("tools", 0, "facts", 0, "kind"), "unheard", 'facts[0].kind: there is no "unheard"'),
    (("tools", 0, "facts", 0, "source_url"), "javascript:alert(1)", "facts[0].source_url"),
    (("tools", 0, "facts", 0, "observed_on"), "2999-01-01", "the date is in the future"),
    (("tools", 0, "name"), 7, 'tools[0] "ada": name: 7 is not of type "string"'),
    (("tools",), {}, 'tools: {} is not of type "array"'),
    (("format",), "other/2", "format:"),
]


@pytest.mark.parametrize("path, value, words", BAD_ROWS)
def test_a_bad_row_is_named_with_its_place_and_reason(run, catalog, path, value, words):
    code, said = run(break_(catalog, *path, to=value))

    assert code == 1
    assert words in said[0]
    assert said[-1].startswith("Nothing was imported. Fix th")
    assert (Tool.objects.count(), Review.objects.count()) == (0, 0)


def test_every_bad_row_is_named(run, catalog):
    catalog["tools"] += [
        TOOL | {"slug": f"bob-{n}", "category": "nowhere", "old_slugs": []} for n in range(3)
    ]
    catalog["tools"].append(TOOL)

    code, said = run(catalog)

    assert code == 1
    assert said[-1] == "Nothing was imported. Fix these 4 problems in the file first."
    assert said[0] == 'tools: the slug "ada" occurs 2 times.'
    assert [line.split(":")[0] for line in said[1:4]] == [
        f'Line 1, tools[{n}] "bob-{n - 1}"' for n in (1, 2, 3)
    ]


def test_every_kind_of_error_is_named_in_one_run(run, catalog):
    catalog["reviewers"].append({"slug": "Third", "name": "Third"})
    catalog["tools"] += [
        TOOL
        | {
            "slug": "bob",
            "name": 7,
            "category": "nowhere",
            "old_slugs": [],
            "successor": "nobody",
            "facts": [
                {"kind": "window", "value": 1, "source_url": "x", "observed_on": "2999-01-01"}
            ],
            "reviews": [
                REVIEW | {"score": 130, "reviewer": "nobody"},
                REVIEW | {"published_at": "2999-01-01T00:00:00Z"},
            ],
        },
        "no tool",
        TOOL | {"slug": "cy", "old_slugs": [], "facts": [5]},
    ]

    code, said = run(catalog)

    said = [line.removeprefix("Line 1, ") for line in said]
    places = [re.sub(r'(tools\[\d\](?: "\w+":)?(?: [\w.\[\]]+)?).*', r"\1", line) for line in said]
    assert code == 1
    assert places == [
        'reviewers[2] "Third": slug: "Third" is not a slug: lower-case letters (a-z), digits and single hyphens.',
        'tools[1] "bob": facts[0].source_url',
        'tools[1] "bob": name',
        'tools[1] "bob": reviews[0].score',
        "tools[2]",
        'tools[3] "cy": facts[0]',
        'tools[1] "bob": category',
        'tools[1] "bob": successor',
        'tools[1] "bob": facts[0].observed_on',
        'tools[1] "bob": reviews[0].reviewer',
        'tools[1] "bob": reviews[1].published_at',
        "Nothing was imported. Fix these 11 problems in the file first.",
    ]


def test_schema_references_and_rules_of_the_database_are_checked_in_one_run(run, catalog):
    catalog["tools"].append(TOOL | {"slug": "bob", "name": "Bob", "old_slugs": []})
    run(catalog)
    ada, bob = catalog["tools"]
    ada["reviews"][0]["score"] = 99
    ada["tagline"] = 7
    bob["published_at"] = None
    catalog["tools"] += [
        TOOL | {"slug": "cy", "old_slugs": [], "category": "nowhere"},
        TOOL | {"slug": "di", "old_slugs": [], "logo": "aGFsbG8="},
        TOOL | {"slug": "eve", "old_slugs": [], "successor": "flo"},
        TOOL | {"slug": "flo", "old_slugs": [], "successor": "eve"},
    ]

    code, said = run(catalog)

    starts = [
        'Line 1, tools[0] "ada": tagline: 7 is not of type "string".',
        'tools "eve": successor: Successors must not lead back to the tool itself: eve → flo → eve.',
        'tools "flo": successor: Successors must not lead back to the tool itself: flo → eve → flo.',
        'Line 1, tools[0] "ada": reviews[0]: revision 1 of "builder" is published and cannot change',
        'Line 1, tools[2] "cy": category: there is no "nowhere".',
        'tools "di": logo: ',
        'tools "bob": it is a draft, but its ledger ends otherwise.',
        "Nothing was imported. Fix these 7 problems in the file first.",
    ]
    assert code == 1
    for line, start in zip(said, starts, strict=True):
        assert line.startswith(start)
    assert list(Tool.objects.values_list("slug", flat=True)) == ["ada", "bob"]


def test_a_tool_that_only_the_database_refuses_is_named(run, catalog, monkeypatch):
    monkeypatch.setattr(importing, "tool_problems", lambda rows, known: [[] for _ in rows])
    catalog["tools"].append(TOOL | {"slug": "bob", "old_slugs": [], "tagline": ""})

    code, said = run(catalog)

    assert code == 1
    assert len(said) == 2
    assert said[0].startswith(
        'Line 1, tools[1] "bob": the database refused it: new row for relation'
    )
    assert not Tool.objects.exists()


def test_the_line_of_a_row_is_that_of_the_file(run, catalog):
    catalog["tools"][0]["category"] = "nowhere"
    catalog["reviewers"][1]["name"] = 7
    text = json.dumps(catalog, indent=1)
    lines = [line.strip() for line in text.splitlines()]

    _, said = run(text.encode())

    reviewer, tool = lines.index('"slug": "skeptic",'), lines.index('"slug": "ada",')
    assert said[0].startswith(f'Line {reviewer}, reviewers[1] "skeptic": name')
    assert said[1].startswith(f'Line {tool}, tools[0] "ada": category')


def test_the_name_of_another_row_is_refused_in_words(run, catalog):
    run(catalog)
    catalog["reviewers"] = [{"slug": "another", "name": "Skeptic"}]
    catalog["tools"] = []

    _, said = run(catalog)

    assert said[0] == 'reviewers: the name "Skeptic" is that of the stored row "skeptic".'


def test_what_is_wrong_before_the_file_breaks_off_is_named_too(run, catalog):
    catalog["tools"][0]["name"] = 7

    code, said = run(json.dumps(catalog).encode()[:-1])

    assert code == 1
    assert [line.split(":")[0] for line in said[:2]] == [
        'Line 1, tools[0] "ada"',
        "Not JSON",
    ]


def test_no_more_than_a_thousand_problems_are_collected(run, catalog, monkeypatch):
    monkeypatch.setattr("reviews.management.commands.import_catalog.SHOWN", 2000)
    catalog["tools"] = [TOOL | {"slug": f"t-{n}", "name": 7, "old_slugs": []} for n in range(1500)]

    code, said = run(catalog)

    assert code == 1
    assert said[999].startswith('Line 1, tools[999] "t-999": name')
    assert said[1000] == "The check stopped here, after 1,000 problems."


def succeeded(field, n, number):
    """Return the field that names a successor in another batch: the first half of the tools have one."""
    return {field: f"t-{n + number // 2}"} if n < number // 2 else {}


def made(number):
    """Return tools that refer to tools of other batches, before and after them."""
    event = "00000000-0000-4000-8000-{:012}".format
    return [
        TOOL
        | succeeded("successor", n, number)
        | {
            "slug": f"t-{n}",
            "name": f"Tool {n}",
            "old_slugs": [f"old-{n}"],
            "status": "discontinued",
            "reviews": [REVIEW | {"score": n}],
            "ledger": [
                ADDED
                | succeeded("new_successor", n, number)
                | {
                    "event": event(n),
                    "new": ADDED["new"] | {"slug": f"t-{n}", "status": "discontinued"},
                }
            ],
        }
        for n in range(number)
    ]


def test_tools_of_different_batches_refer_to_each_other(run, catalog, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    catalog["tools"] = made(5)

    assert run(catalog)[0] == 0
    assert run(catalog) == (0, [NOTHING_TO_CHANGE])
    successors = Tool.objects.order_by("slug").values_list("successor__slug", flat=True)
    assert list(successors) == ["t-2", "t-3", None, None, None]
    assert list(ledger_check.differences()) == []
    assert list(panel.differences()) == []


def test_successors_that_form_a_circle_are_refused_in_words(run, catalog, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    catalog["tools"] = made(3)
    for n in range(3):
        catalog["tools"][n]["successor"] = f"t-{(n + 1) % 3}"

    code, said = run(catalog)

    circle = "Successors must not lead back to the tool itself: t-0 → t-1 → t-2 → t-0."
    assert (code, said[0]) == (1, f'tools "t-0": successor: {circle}')
    assert not Tool.objects.exists()


def test_an_error_in_a_later_batch_takes_back_the_earlier_ones(run, catalog, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    catalog["tools"] = made(5)
    catalog["tools"][4]["category"] = "nowhere"

    assert run(catalog)[0] == 1
    assert (Tool.objects.count(), LedgerEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize("again", [False, True])
def test_an_import_costs_the_same_number_of_queries_for_any_number_of_tools(run, catalog, again):
    counts = []
    for number in (4, 12):
        document = catalog | {"tools": made(number)}
        if again:
            run(document)
        with CaptureQueriesContext(connection) as queries:
            run(document)
        counts.append(len(queries))
        empty_the_database()

    assert counts[0] == counts[1]


def test_a_key_that_is_left_out_keeps_what_is_stored(run, catalog):
    run(catalog)

    catalog["tools"] = [{"slug": "ada", "name": "Ada", "category": "things"}]

    assert run(catalog) == (0, [NOTHING_TO_CHANGE])
    assert Tool.objects.get().tagline == "Does one thing."


def test_a_file_may_hold_only_the_next_revision(run, catalog):
    run(catalog)
    revision = REVIEW | {"revision": 2, "reason": "Again.", "published_at": "2026-07-01T09:00:00Z"}
    catalog["tools"][0]["reviews"] = [revision]

    assert run(catalog)[0] == 0
    assert Review.objects.current().get().revision == 2


def test_a_changed_successor_is_a_change(run, catalog):
    catalog["tools"].append(TOOL | {"slug": "bob", "name": "Bob", "old_slugs": []})
    run(catalog)
    catalog["tools"][0]["successor"] = "bob"

    assert "tools: 0 created, 1 changed, 1 unchanged" in run(catalog)[1]
    assert Tool.objects.get(slug="ada").successor.slug == "bob"


def test_a_publication_that_is_moved_is_logged_for_its_new_time_only(run, catalog):
    catalog["tools"][0] |= {"published_at": "2999-01-01T00:00:00Z", "reviews": []}
    run(catalog)
    catalog["tools"][0]["published_at"] = "2999-02-01T00:00:00Z"

    run(catalog)

    assert [entry.at.month for entry in LedgerEntry.objects.all()] == [2]


def test_a_row_that_only_the_database_refuses_is_reported(run, catalog):
    run(catalog)
    catalog["reviewers"] = [
        {"slug": "builder", "name": "Skeptic"},
        {"slug": "skeptic", "name": "Builder"},
    ]

    code, said = run(catalog)

    assert code == 1
    assert said[0].startswith("The database refused the import: duplicate key value")


def test_a_fact_kind_keeps_its_type_while_facts_that_the_file_does_not_name_have_it(run, catalog):
    run(catalog)
    catalog["fact_kinds"][0]["value_type"] = "text"
    catalog["tools"][0]["facts"] = []

    code, said = run(catalog)

    assert code == 1
    assert said[0] == (
        "fact_kinds: “Window” has 1 fact of the type Number. "
        "Delete it first, or make another kind for the new type."
    )
    assert FactKind.objects.get().value_type == "number"


def test_a_file_may_change_the_type_of_a_fact_kind_with_all_its_facts(run, catalog):
    run(catalog)
    catalog["fact_kinds"][0]["value_type"] = "text"
    catalog["tools"][0]["facts"][0]["value"] = "128k"

    assert run(catalog)[0] == 0
    assert Fact.objects.get().value == "128k"


@pytest.mark.django_db(transaction=True)
def test_a_second_import_at_the_same_time_has_to_wait(run, catalog):
    with another_session("SELECT pg_advisory_xact_lock(7311)"):
        answer = run(catalog)

    assert answer[1][0] == "Another import is running. Wait until it has finished."


BROKEN_FILES = {
    b"{": "Not JSON: Expecting property name enclosed in double quotes at line 1, column 2.",
    b"\xff\xfe{}": "is not UTF-8: byte 0 is wrong.",
    b'{"format": "\\u0000"}': "the file:",
    b'{"format": "x", "format": "y"}': 'the key "format" occurs twice in one object',
    b'{"tools": NaN}': "NaN is not a JSON number",
    b"[]": "the file: an object is expected, in { }.",
    b"["
    * 100_000: "The JSON cannot be read: it nests too deeply, in the value that begins on line 1.",
    b'{"tools": ['
    + b"1" * 10_000_000: "digits, more than 4,000, in the value that begins on line 1",
    b'{"tools": [{"a": 1e999}]}': "1e999 is larger than any number that is kept",
    b'{"a": ' * 1_000_000: "The JSON cannot be read: it nests too deeply",
    b'{"format": {"a": ' + b"[" * 400 + b"]" * 400 + b"}}": "The document cannot be checked",
    b'{"note": "\\ud800"}': "Text contains half a surrogate pair",
    b"": "Not JSON: Expecting value at line 1, column 1.",
}


@pytest.mark.parametrize("raw", BROKEN_FILES, ids=[str(raw[:20]) for raw in BROKEN_FILES])
def test_a_broken_file_is_reported_and_changes_nothing(run, raw):
    if raw == b'{"format": "\\u0000"}':
        raw = json.dumps(CATALOG | {"note": "\0"}).encode()
        words = "Text contains a NUL character"
    else:
        words = BROKEN_FILES[raw]

    code, said = run(raw)

    assert code == 1
    assert words in said[0]
    assert Tool.objects.count() == 0


def test_a_missing_file_and_a_folder_are_reported(tmp_path, capsys):
    for path in [tmp_path / "nothing.json", tmp_path]:
        with pytest.raises(SystemExit):
            call_command("import_catalog", str(path))

        assert "cannot be read" in capsys.readouterr().err


def test_the_sample_catalogue_holds_every_case(run):
    sample = Path(settings.BASE_DIR, "sample", "catalog.json").read_bytes()

    assert run(sample)[0] == 0
    assert run(sample)[1] == [NOTHING_TO_CHANGE]
    verdicts = set(PanelVerdict.objects.values_list("verdict", flat=True))
    assert verdicts == {"ship", "skip", "split", "none"}
    assert Tool.objects.filter(is_sample=False).count() == 0
    assert LedgerEntry.objects.filter(kind="verdict", old="split", new="ship").exists()
    assert Tool.objects.filter(status="discontinued", successor__isnull=False).exists()
    assert any(len(tool.name) == 80 for tool in Tool.objects.all())
    scores = Review.objects.current().filter(
        tool__slug="claude-4-api-tool-use-streaming-prompt-caching"
    )
    assert list(scores.in_panel_order().values_list("reviewer__name", "score", "verdict")) == [
        ("Builder", 88, "ship"),
        ("Skeptic", 82, "ship"),
        ("Futurist", 85, "ship"),
        ("Founder", 79, "ship"),
    ]
    assert list(panel.differences()) == []
    assert list(ledger_check.differences()) == []
    assert {entry.tool_id for entry in LedgerEntry.objects.filter(kind="added")} == set(
        Tool.objects.filter(published_at__isnull=False).values_list("pk", flat=True)
    )


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["ship", "skip"])), max_size=5))
def test_the_derived_panel_verdict_is_the_databases(scores):
    tool = make_tool()
    reviews = [publish_review(tool, make_reviewer(), *score) for score in scores]
    stored = PanelVerdict.objects.get(tool=tool)

    derived = panel_of_reviews(reviews)

    assert derived.verdict == stored.verdict
    assert derived.score == (None if stored.score is None else float(stored.score))


def test_synonyms_of_the_search_are_added_and_changed_and_stay(run, catalog):
    catalog["search_synonyms"] = [
        {"term": "rag", "stands_for": "retrieval"},
        {"term": "llm", "stands_for": "language model", "two_way": True},
    ]
    assert run(catalog)[0] == 0
    catalog["search_synonyms"] = [{"term": "rag", "stands_for": "retrieval", "two_way": True}]

    code, said = run(catalog)

    assert (code, "search synonyms: 0 created, 1 changed, 0 unchanged" in said) == (0, True)
    rows = SearchSynonym.objects.values_list("term", "stands_for", "is_two_way")
    assert list(rows) == [("llm", "language model", True), ("rag", "retrieval", True)]


@pytest.mark.parametrize(
    ("synonym", "words"),
    [
        ({"term": "x" * 61, "stands_for": "y"}, "search_synonyms[0].term: "),
        ({"term": "x"}, "search_synonyms[0]: "),
        ("rag", "search_synonyms[0]: "),
        ({"term": "!", "stands_for": "y"}, "search_synonym_has_few_words"),
    ],
)
def test_a_synonym_that_is_none_is_refused(run, catalog, synonym, words):
    catalog["search_synonyms"] = [synonym]

    code, said = run(catalog)

    assert (code, SearchSynonym.objects.count()) == (1, 0)
    assert any(words in line for line in said), said
