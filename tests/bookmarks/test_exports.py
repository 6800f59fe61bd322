"""Exports of bookmarks as files, which other programs can open."""

import csv
import io
import json
from datetime import datetime
from html.parser import HTMLParser

import pytest

from tests.bookmarks.readers import keep, make_reader, sign_in
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db
FORMATS = ["json", "csv", "html"]
SITE = "http://127.0.0.1:8000"


def export(client, format):
    response = client.get(f"/bookmarks/export/bookmarks.{format}")
    assert response.status_code == 200
    return response.content.decode()


class BookmarksFile(HTMLParser):
    """What a browser reads of a Netscape file: links with their attributes, and descriptions."""

    def __init__(self, text):
        super().__init__()
        self.links, self.notes, self.inside = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        if tag == "a":
            self.links.append([dict(attrs), ""])
        if tag == "dd":
            self.notes.append("")

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "a":
            self.links[-1][1] += data
        if self.inside == "dd":
            self.notes[-1] += data


def test_json_holds_all_of_a_bookmark(client, reader):
    tool = make_tool(name="Ada", slug="ada", category=make_category(name="Coding"))
    publish_review(tool, make_reviewer())
    kept = keep(reader, tool, note="Übung “one”")

    document = json.loads(export(sign_in(client, reader), "json"))

    assert datetime.fromisoformat(document.pop("exported_at")).tzinfo
    assert document == {
        "format": "ship-or-skip/bookmarks",
        "version": 1,
        "site": SITE,
        "bookmarks": [
            {
                "slug": "ada",
                "name": "Ada",
                "address": SITE + "/tools/ada/",
                "category": "Coding",
                "panel_verdict": "Ship",
                "saved_at": kept.saved_at.isoformat(),
                "seen_until": kept.seen_until.isoformat(),
                "note": "Übung “one”",
            }
        ],
    }


def test_csv_is_read_by_a_spreadsheet_in_any_script(client, reader):
    keep(reader, make_tool(name="Ädä 工具", slug="ada"), note="two\nlines, and “quotes”")

    text = export(sign_in(client, reader), "csv")

    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row["name"] == "Ädä 工具"
    assert row["address"] == SITE + "/tools/ada/"
    assert row["panel_verdict"] == "Not reviewed yet"
    assert row["note"] == "two\nlines, and “quotes”"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'="])
def test_a_formula_in_a_name_or_note_stays_text(client, reader, start):
    keep(reader, make_tool(name=f"{start}HYPERLINK()"), note=f"{start}cmd|' /C calc'!A0")

    text = export(sign_in(client, reader), "csv")

    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert row["name"] == f"'{start}HYPERLINK()"
    assert row["note"] == f"'{start}cmd|' /C calc'!A0"


def test_html_is_a_browser_s_bookmarks_file(client, reader):
    kept = keep(reader, make_tool(name="Ada & <b>", slug="ada"), note="</DL> & so on")
    keep(reader, make_tool(name="Bob", slug="bob"))

    text = export(sign_in(client, reader), "html")

    file = BookmarksFile(text)
    assert text.startswith("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n")
    assert file.links == [
        [{"href": SITE + "/tools/bob/", "add_date": file.links[0][0]["add_date"]}, "Bob"],
        [
            {"href": SITE + "/tools/ada/", "add_date": str(int(kept.saved_at.timestamp()))},
            "Ada & <b>",
        ],
    ]
    assert [note.strip() for note in file.notes] == ["</DL> & so on"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_stranger_gets_an_empty_list_that_is_a_file(client, format):
    response = client.get(f"/bookmarks/export/bookmarks.{format}")

    text = response.content.decode()
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert {
        "json": lambda: json.loads(text)["bookmarks"] == [],
        "csv": lambda: len(list(csv.reader(io.StringIO(text)))) == 1,
        "html": lambda: BookmarksFile(text).links == [],
    }[format]()


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_kept_as_a_file_and_by_no_cache(client, format):
    response = client.get(f"/bookmarks/export/bookmarks.{format}")

    assert response["Content-Disposition"] == f'attachment; filename="bookmarks.{format}"'
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_of_nobody_else(client, reader, format):
    keep(make_reader(), make_tool(name="Zebra", slug="zebra"))

    assert "zebra" not in export(sign_in(client, reader), format)
    assert (
        "zebra"
        not in client.get(
            f"/bookmarks/export/bookmarks.{format}?reader={make_reader().pk}"
        ).content.decode()
    )


@pytest.mark.parametrize("format", ["json", "csv"])
@pytest.mark.parametrize("is_deleted", [False, True], ids=["hidden", "deleted"])
def test_a_tool_that_is_gone_keeps_its_name_and_note(client, reader, format, is_deleted):
    tool = make_tool(name="Ada", slug="ada", published=not is_deleted)
    keep(reader, tool, note="Mine")
    tool.delete() if is_deleted else unpublish_tool(tool=tool, reason="A duplicate.")

    text = export(sign_in(client, reader), format)

    if format == "json":
        (row,) = json.loads(text)["bookmarks"]
        nothing = None
    else:
        (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        nothing = ""
    assert (row["name"], row["note"]) == ("Ada", "Mine")
    assert row["slug"] == (nothing if is_deleted else "ada")
    assert {row["address"], row["category"], row["panel_verdict"]} == {nothing}


def test_a_tool_that_is_gone_is_no_browser_s_bookmark(client, reader):
    tool = make_tool(name="Ada", slug="ada")
    keep(reader, tool)
    unpublish_tool(tool=tool, reason="A duplicate.")

    assert BookmarksFile(export(sign_in(client, reader), "html")).links == []


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("count", [1, 100])
def test_an_export_costs_one_query(client, reader, django_assert_num_queries, format, count):
    for _ in range(count):
        keep(reader, make_tool(), note="Mine")
    sign_in(client, reader)

    with django_assert_num_queries(1):
        export(client, format)


@pytest.mark.parametrize("format", ["xml", "JSON", "exe"])
def test_there_are_no_other_formats(client, format):
    assert client.get(f"/bookmarks/export/bookmarks.{format}").status_code == 404


def test_an_export_is_only_read(client):
    response = client.post("/bookmarks/export/bookmarks.json", "x", content_type="text/plain")

    assert response.status_code == 405
