import csv
import io
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin_client import make_staff, messages_of, sign_in
from tests.calls import calls_of
from tests.factories import make_category, make_fact, make_fact_kind, make_tool
from tools import csv_resource
from tools.actions import change_tool
from tools.facts import write_value
from tools.marked_diff import mark_difference
from tools.models import Fact, FactKind, LedgerEntry, Tool

pytestmark = pytest.mark.django_db

HEADER = "slug,name,category,status,tagline,entry,ledger_reason"


def export(client, what="tool"):
    return client.get(reverse(f"admin:tools_{what}_export")).content


def dry_run(client, content, what="tool"):
    if isinstance(content, str):
        content = content.encode()
    file = SimpleUploadedFile("tools.csv", content, "text/csv")
    data = {"import_file": file, "format": "0", "resource": "0"}
    return client.post(reverse(f"admin:tools_{what}_import"), data)


def confirm(client, answer, what="tool"):
    fields = answer.context["confirm_form"].initial
    return client.post(reverse(f"admin:tools_{what}_process_import"), fields)


def import_csv(client, content, what="tool"):
    """Upload and confirm; return the response."""
    return confirm(client, dry_run(client, content, what), what)


def errors(answer):
    """Return the errors that the page lists."""
    page = answer.content.decode()
    lists = re.findall(r'<ul class="(?:errorlist|admin-import-errors)[^>]*>(.*?)</ul>', page, re.S)
    items = [item for found in lists for item in re.findall(r"<li>(.*?)</li>", found, re.S)]
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", item))).strip() for item in items]


def rows(*lines):
    return "\n".join([HEADER, *lines]) + "\n"


def test_a_dry_run_shows_the_difference_and_changes_nothing(editor):
    make_tool(slug="ada", tagline="It counts.", category=make_category(slug="c"))

    answer = dry_run(editor, rows("ada,Ada,c,active,It rhymes.,free,Renamed."))

    page = answer.content.decode()
    assert "<del>count</del><ins>rhyme</ins>" in page
    assert re.findall(r"<dt>(\w+)</dt>", page) == ["name", "tagline"]
    assert Tool.objects.get().tagline == "It counts."


def test_confirming_adds_and_changes_tools_and_records_the_changes_in_the_ledger(editor):
    make_tool(slug="ada", name="Ada", category=make_category(slug="c"))

    answer = import_csv(
        editor, rows("ada,Ada 2,c,active,One.,paid,New plans.", "bea,Bea,c,active,Two.,,")
    )

    assert messages_of(answer) == ["Imported: 1 new, 1 changed and 0 unchanged rows."]
    assert [(tool.slug, tool.name, tool.is_published) for tool in Tool.objects.all()] == [
        ("ada", "Ada 2", True),
        ("bea", "Bea", False),
    ]
    kinds = LedgerEntry.objects.filter(kind__in=["name", "entry"]).in_order()
    assert list(kinds.values_list("kind", "old", "new", "reason")) == [
        ("name", "Ada", "Ada 2", "New plans."),
        ("entry", "free", "paid", "New plans."),
    ]


def test_one_invalid_row_stops_the_import_and_is_named_with_its_error(editor):
    make_category(slug="c")

    answer = dry_run(
        editor,
        rows(
            "ada,Ada,c,active,,,",
            "Bea!,Bea,c,active,,,",
            "cy-vs-di,Cy,c,active,,,",
            "eve,Eve,nowhere,active,,,",
            "flo,,c,lost,,,",
        ),
    )

    assert errors(answer) == [
        "Line 3, slug: Use lower-case letters (a-z) and digits, with single hyphens between words.",
        "Line 4, slug: Do not use “vs” as a word in a slug: it separates the tools in the "
        "address of a comparison.",
        "Line 5, category: No category has the slug “nowhere”.",
        "Line 6, status: “lost” is not allowed. Write one of active, paused, renamed, acquired, discontinued.",
        "Line 6, name: Fill in this cell.",
    ]
    assert "confirm_form" not in answer.context
    assert list(Tool.objects.all()) == []


def test_a_recorded_change_of_a_published_tool_needs_a_reason(editor):
    make_tool(slug="ada", name="Ada", category=make_category(slug="c"))

    answer = dry_run(editor, rows("ada,Bea,c,active,Does one thing.,free,"))

    assert errors(answer) == ["Line 2, ledger_reason: Give a reason. Readers will see a new name."]


@pytest.mark.parametrize("column", ["published_at", "version", "panel", "id"])
def test_an_import_cannot_publish_or_set_internal_columns(editor, column):
    make_tool(slug="ada", published=False)

    answer = dry_run(editor, f"slug,{column}\nada,2020-01-01\n")

    assert errors(answer)[0].startswith(
        f"Unknown columns: {column}. Allowed columns: slug, name, tagline, "
    )
    assert Tool.objects.get().published_at is None


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''=1", "it's", "'quoted'", "a,b", 'a "b"', "a\nb",
     "a\r\nb", "通义千问"],
)  # fmt: skip
def test_exported_cells_are_not_formulas_and_are_read_back_unchanged(editor, text):
    make_tool(slug="ada", best_for=text)
    content = export(editor)
    cells = next(csv.DictReader(io.StringIO(content.decode(), newline="")))

    Tool.objects.update(best_for="Something else.")
    import_csv(editor, content)

    assert cells["best_for"][0] not in "=+-@"
    assert Tool.objects.get().best_for == text


def test_importing_an_export_changes_nothing(editor):
    other = make_tool()
    make_tool(published=False, entry="", status="acquired", successor=other)
    make_tool(name="Ada", status="paused", status_date="2026-01-02")
    before = export(editor)

    assert "<p>Nothing changes.</p>" in dry_run(editor, before).content.decode()
    answer = import_csv(editor, before)

    assert messages_of(answer) == ["Nothing changes: all rows are stored like this already."]
    assert export(editor) == before
    assert LedgerEntry.objects.count() == 2


def test_facts_are_exported_and_imported_unchanged(editor):
    tool = make_tool()
    for value_type, value in [("text", "=MIT"), ("number", 128000), ("boolean", False)]:
        make_fact(tool, make_fact_kind(value_type), value)
    before, values = export(editor, "fact"), [fact.value for fact in Fact.objects.all()]
    Fact.objects.all().delete()

    import_csv(editor, before, "fact")

    assert [fact.value for fact in Fact.objects.all()] == values
    assert export(editor, "fact") == before
    assert "<p>Nothing changes.</p>" in dry_run(editor, before, "fact").content.decode()


def test_an_invalid_fact_is_named_with_its_error(editor):
    make_tool(slug="ada"), make_fact_kind("number", slug="size", name="Size")
    make_fact_kind("number", slug="weight")
    source = "https://source.example/,2026-11-01"

    answer = dry_run(
        editor,
        "tool,kind,value,source_url,observed_on\n"
        f"ada,size,big,{source}\n"
        f"bea,size,1,{source}\n"
        f"ada,age,1,{source}\n"
        f"ada,size,2,{source}\n"
        f"ada,,1,{source}\n"
        "ada,weight,1,javascript:alert(1),2026-11-01\n",
        "fact",
    )

    assert errors(answer) == [
        "Line 2, value: “big” is not a number. Enter digits, with a point before decimals, for “Size”: "
        "12.5 or 128000.",
        "Line 3, tool: No tool has the slug “bea”.",
        "Line 4, kind: No fact kind has the slug “age”.",
        "Line 5, tool: “ada” and “size” is on line 2 too. Keep one of the two lines.",
        "Line 6, kind: Fill in this column.",
        "Line 7, source_url: Enter an address that starts with http:// or https://.",
    ]
    assert list(Fact.objects.all()) == []


@pytest.mark.parametrize(
    "content, error",
    [
        (b"slug,name\nada,A\0da\n", "Line 2, name: The cell contains a NUL character. Remove it."),
        (b"slug,name\nada,\x81da\n", "Line 2 is neither UTF-8 nor Windows-1252. Save the file as"),
        (
            b"\xff\xfes\0l\0u\0g\0\n",
            "The file begins as UTF-16, but is not. Save it as “CSV UTF-8”.",
        ),
        (b"slug,name\nada\n", "Line 2: The line has 1 cell, but the header has 2."),
        (b"slug,name\nada,A,b\n", "Line 2: The line has 3 cells, but the header has 2."),
        (b"slug,name\n", "The file needs a header row and at least one more row."),
        (b"", "The submitted file is empty."),
        (b'slug,name\nada,"A', 'Line 2, name: The quote (") that opens this cell is not closed,'),
        (b'slug,name\nada,"A"a\n', 'Line 2: A quote (") ends before the cell does. Write a quote'),
        (
            b"slug,name\n" + b"ada," + b"x" * 200_000 + b"\n",
            'Line 2, name: The quote (") that opens',
        ),
        (b"slug,name\n" + b"ada,Ada\n" * 1_300_000, "The file has 10.4 MB. The limit is 5 MB."),
        (b"slug,name\n" + b"ada,Ada\n" * 10_001, "The file has more than 10,000 rows."),
        (b"slug,name\n" + b"ada\n" * 10_001, "The file has more than 10,000 rows."),
        (b"a" + b",a" * 50 + b"\n1\n", "The header has 51 columns. At most 50 are allowed."),
        (b"slug,slug\nada,bea\n", "Repeated columns: slug."),
        (b"slug,name,\nada,bea,\n", "Column 3 has no name. Allowed columns: slug, name,"),
        (b"name\nAda\n", "The column “slug” is missing."),
        (
            b"slug,tagline\nada,T\n",
            "New rows need these columns, which the file lacks: category, name.",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0", "Unknown columns: ‰PNG."),
    ],
)
def test_a_file_that_cannot_be_parsed_gets_an_error_message(editor, content, error):
    answer = dry_run(editor, content)

    assert answer.status_code == 200
    assert errors(answer)[0].startswith(error)
    assert list(Tool.objects.all()) == []


def fact_csv(value, day="2026-11-01"):
    address = "https://source.example/"
    return f'tool,kind,value,source_url,observed_on\nada,size,"{value}",{address},{day}\n'


MISREADABLE = [
    ("12,5", "“12,5” is not a number."),
    ("1,2,3", "“1,2,3” is not a number."),
    ("1,00", "“1,00” is not a number."),
    ("128.000", "“128.000” has two readings. Enter 128 or 128000 for “Size”."),
    ("1.250", "“1.250” has two readings. Enter 1.25 or 1250 for “Size”."),
    ("1e5", "“1e5” is not a number."),
    ("١٢٨", "“١٢٨” is not a number."),
    ("NaN", "“NaN” is not a number."),
    ("", "“” is not a number."),
    ("123456789012345", "Enter another number for “Size”."),
]


@pytest.mark.parametrize(("value", "words"), MISREADABLE)
def test_a_number_that_could_be_misread_is_refused_with_the_form_that_is_accepted(
    editor, value, words
):
    make_tool(slug="ada"), make_fact_kind("number", slug="size", name="Size")

    answer = dry_run(editor, fact_csv(value), "fact")

    (error,) = errors(answer)
    assert error.startswith(f"Line 2, value: {words}")
    assert not Fact.objects.exists()


@pytest.mark.parametrize(
    ("value", "number"),
    [("128,000", "128000"), ("-0.125", "-0.125"), ("128 000", "128000"), ("1,234.5", "1234.5")],
)
def test_a_number_with_one_reading_is_read(editor, value, number):
    make_tool(slug="ada"), make_fact_kind("number", slug="size", name="Size")

    import_csv(editor, fact_csv(value), "fact")

    assert write_value(Fact.objects.get()) == number


@pytest.mark.parametrize("day", ["01/02/2026", "2026-2-1", "20260201", "2026-02-30", "1 Feb 2026"])
def test_a_date_has_year_month_and_day(editor, day):
    make_tool(slug="ada"), make_fact_kind("number", slug="size", name="Size")

    answer = dry_run(editor, fact_csv(1, day), "fact")

    assert errors(answer)[0] == (
        f"Line 2, observed_on: “{day}” is not a date. Write year, month and day: 2026-02-01."
    )


@pytest.mark.parametrize("word", ["maybe", "", "2"])
def test_yes_or_no_is_not_guessed(editor, word):
    make_tool(slug="ada")

    answer = dry_run(editor, f"slug,is_sample\nada,{word}\n")

    assert errors(answer) == [
        f"Line 2, is_sample: “{word}” is neither yes nor no. Write yes or no."
    ]


def test_a_slug_that_is_there_twice_is_named_with_both_lines(editor):
    make_category(slug="c")

    answer = dry_run(
        editor,
        rows("ada,Ada,c,active,,,", "", '"bea","Two\nlines",c,active,,,', "ada,A,c,active,,,"),
    )

    assert errors(answer) == ["Line 6, slug: “ada” is on line 2 too. Keep one of the two lines."]


READ_AS = [
    (
        ";",
        "cp1252",
        "The file is separated by semicolons and encoded as Windows-1252, and was read that way.",
    ),
    (";", "utf-8", "The file is separated by semicolons, and was read that way."),
    ("\t", "utf-16", "The file is separated by tabs and encoded as UTF-16, and was read that way."),
    (
        "\t",
        "utf-16-le",
        "The file is separated by tabs and encoded as UTF-16, and was read that way.",
    ),
    (",", "utf-16-be", "The file is encoded as UTF-16, and was read that way."),
]


@pytest.mark.parametrize(("delimiter", "encoding", "words"), READ_AS)
def test_other_delimiters_and_encodings_are_read_and_said(editor, delimiter, encoding, words):
    make_category(slug="c")
    content = rows("ada,Café Ada,c,active,,,").replace(",", delimiter).encode(encoding)

    answer = dry_run(editor, content)

    assert f'<p class="admin-lead">{words}</p>' in answer.content.decode()
    confirm(editor, answer)
    assert Tool.objects.get().name == "Café Ada"


def test_all_errors_of_a_file_are_named_at_once_by_the_line_in_an_editor(editor):
    make_category(slug="c")
    lines = [
        'ada,"Two\r\nlines",c,active,"A\0tag",,',
        "bea,Bea\rcy,Cy,nowhere,active,,maybe,",
        "",
        '"di","D"i,c,active,,,',
        'eve,"Eve\n\nand",c,lost,,,',
        'flo,Flo,c,active,"Two\nlines,,',
    ]

    answer = dry_run(editor, f"{HEADER}\r\n" + "\n".join(lines))

    assert [error.partition(": ")[::2] for error in errors(answer)] == [
        ("Line 3, tagline", "The cell contains a NUL character. Remove it."),
        ("Line 4", "The line has 2 cells, but the header has 7."),
        ("Line 5, category", "No category has the slug “nowhere”."),
        (
            "Line 5, entry",
            "“maybe” is not allowed. Write one of free, open_source, freemium, trial, paid, "
            "or leave the cell empty.",
        ),
        (
            "Line 7",
            'A quote (") ends before the cell does. Write a quote within a cell twice: "".',
        ),
        (
            "Line 10, status",
            "“lost” is not allowed. Write one of active, paused, renamed, acquired, discontinued.",
        ),
        (
            "Line 11, tagline",
            'The quote (") that opens this cell is not closed, or the cell has more than 131,072 '
            "characters. The rest of the file was not read.",
        ),
    ]


def test_what_only_the_database_refuses_is_said(editor, monkeypatch):
    make_tool(slug="ada", category=make_category(slug="c"))
    monkeypatch.setattr(Tool, "clean_state", lambda tool: None)

    answer = dry_run(editor, "slug,website\nada,ftp://x/\n")
    missing = dry_run(editor, "slug,tagline,ledger_reason\nada,,Why.\n")

    assert errors(answer)[0].startswith("Line 2, website: Enter an address that starts with")
    assert errors(missing)[0].startswith(
        'The database refused the file: new row for relation "tools_tool" violates check constraint '
        '"published_tool_has_entry_and_tagline".'
    )


def test_a_tool_may_succeed_one_that_is_above_it_in_the_file(editor):
    make_category(slug="c")

    import_csv(
        editor, "slug,name,category,status,successor\nada,Ada,c,active,\nbea,Bea,c,renamed,ada\n"
    )

    assert Tool.objects.get(slug="bea").successor.slug == "ada"


def test_a_slug_that_redirects_elsewhere_is_refused(editor):
    tool = make_tool(slug="ada", name="Ada", category=make_category(slug="c"))
    tool.slug = "new-ada"
    change_tool(tool=tool)

    answer = dry_run(editor, rows("ada,Another,c,active,,,"))

    assert errors(answer) == ["Line 2, slug: “ada” still redirects to Ada."]


def test_no_more_than_100_errors_are_listed(editor):
    answer = dry_run(editor, rows(*(f"t-{n},T,nowhere,active,,," for n in range(340))))

    listed = errors(answer)
    assert (len(listed), listed[-1]) == (101, "and 240 more.")


def test_the_differences_of_a_bounded_number_of_rows_are_shown(editor, monkeypatch):
    make_category(slug="c")
    monkeypatch.setattr(csv_resource, "MOST_DIFFERENCES", 2)

    answer = dry_run(editor, rows(*(f"t-{n},T,c,active,,," for n in range(5))))

    page = answer.content.decode()
    assert page.count("<h2>New: T</h2>") == 2
    assert "<p>and 3 more rows.</p>" in page
    assert "5 new · 0 changed · 0 unchanged" in page


@pytest.mark.parametrize("what", ["tool", "fact"])
@pytest.mark.parametrize("is_new", [True, False])
def test_an_import_costs_the_same_number_of_queries_for_any_number_of_rows(editor, what, is_new):
    make_category(slug="c"), make_fact_kind("number", slug="size", name="Size")
    counts = []
    for number in (3, 9):
        slugs = [f"{what}-{number}-{n}" for n in range(number)]
        if what == "tool":
            content = rows(*(f"{slug},New name,c,active,One.,free,Why." for slug in slugs))
        else:
            lines = [f"{slug},size,5,https://source.example/,2026-11-01" for slug in slugs]
            content = "\n".join(["tool,kind,value,source_url,observed_on", *lines])
        for slug in slugs if what == "fact" or not is_new else []:
            tool = make_tool(slug=slug)
            if what == "fact" and not is_new:
                make_fact(tool, FactKind.objects.get(), 1)
        with CaptureQueriesContext(connection) as queries:
            answer = import_csv(editor, content, what)
        assert (
            f"{number} new" in messages_of(answer)[-1]
            or f"{number} changed" in messages_of(answer)[-1]
        )
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("text", ["x", "xy"])
def test_a_difference_costs_as_many_steps_as_the_texts_have_characters(text):
    def steps(size):
        return calls_of(mark_difference, text * size, text[::-1] * size + "z")

    assert steps(2000) < 2.5 * steps(1000)


def test_a_difference_is_what_both_ends_leave():
    assert mark_difference("one two three", "one 2 three") == "one <del>two</del><ins>2</ins> three"
    assert mark_difference("aa", "aaa") == "aa<ins>a</ins>"
    assert mark_difference("<b>", "<i>") == "&lt;<del>b</del><ins>i</ins>&gt;"


def test_a_byte_order_mark_is_not_part_of_the_first_column(editor):
    make_category(slug="c")

    import_csv(editor, b"\xef\xbb\xbf" + rows("ada,Ada,c,active,,,").encode())

    assert Tool.objects.get().slug == "ada"


def test_a_file_that_fails_after_its_dry_run_imports_nothing(editor):
    category = make_category(slug="c")
    answer = dry_run(editor, rows("ada,Ada,c,active,,,", "bea,Bea,c,active,,,"))
    make_tool(slug="bea", name="Bea", category=category, tagline="One.")

    confirmed = confirm(editor, answer)

    assert messages_of(confirmed)[0].startswith("Nothing was imported: the catalogue changed after")
    assert list(Tool.objects.values_list("slug", flat=True)) == ["bea"]


def test_confirming_twice_imports_once(editor):
    make_category(slug="c")
    answer = dry_run(editor, rows("ada,Ada,c,active,,,"))
    confirm(editor, answer)

    again = confirm(editor, answer)

    assert messages_of(again)[1:] == ["Nothing was imported. Upload the file again."]
    assert Tool.objects.count() == 1


@pytest.mark.parametrize("name", ["passwd", "/etc/passwd", "../etc/passwd", ""])
def test_other_files_on_the_server_cannot_be_imported(editor, name):
    url = reverse("admin:tools_tool_process_import")

    answer = editor.post(
        url, {"import_file_name": name, "original_file_name": "x", "format": "0", "resource": "0"}
    )

    assert messages_of(answer) == ["Nothing was imported. Upload the file again."]


def test_staff_without_permissions_can_neither_import_nor_export():
    client = sign_in(make_staff())
    names = ["tool_import", "tool_export", "tool_process_import", "fact_import", "fact_export"]

    answers = [client.post(reverse(f"admin:tools_{name}")).status_code for name in names]

    assert answers == [403] * 5


def test_files_of_one_member_of_staff_are_limited(editor, settings):
    settings.STAFF_IMPORT_LIMIT = (2, 60)
    make_category(slug="agents")
    import_csv(editor, f"{HEADER}\na-tool,A Tool,agents,active,T,free,\n")

    refused = dry_run(editor, f"{HEADER}\nb-tool,B Tool,agents,active,T,free,\n")

    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Too many imports. Try again in 60 seconds." in refused.content.decode()
    assert Tool.objects.get().slug == "a-tool"
    assert editor.get(reverse("admin:tools_tool_import")).status_code == 200
