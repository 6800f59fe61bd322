"""Bringing bookmarks back from a file: none twice, no note lost, and all or nothing of a bad file."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Reader
from accounts.readers import COOKIE
from bookmarks.models import Bookmark
from tests.bookmarks.readers import keep, make_reader, post, sign_in
from tests.factories import make_tool
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db
ADDRESS = "/bookmarks/import/"
OURS = {"origin": "http://testserver"}
LAST_YEAR = datetime(2025, 3, 1, 12, tzinfo=UTC)


def entry(slug="ada", name="Ada", **fields):
    return {"slug": slug, "name": name} | fields


def file_of(*entries, **fields):
    document = {"format": "ship-or-skip/bookmarks", "version": 1, "bookmarks": list(entries)}
    return json.dumps(document | fields)


def paste(client, text, **headers):
    return post(client, ADDRESS, {"text": text}, **headers)


def choose(client, content, **headers):
    """Send the form as a browser does, with `content` (bytes) as its file."""
    file = SimpleUploadedFile("bookmarks.json", content, "application/json")
    fields = {"file": file, "text": ""}
    return client.post(ADDRESS, fields, headers=headers)


def content_of(response):
    return " ".join(response.content.decode().split())


def notes(reader):
    return dict(reader.bookmarks.values_list("tool__slug", "note"))


def test_a_pasted_file_is_imported(client, reader, ada):
    response = paste(
        sign_in(client, reader), file_of(entry(saved_at=LAST_YEAR.isoformat(), note="Mine"))
    )

    kept = reader.bookmarks.get()
    assert (response.status_code, "<strong>1 added</strong>." in content_of(response)) == (
        200,
        True,
    )
    assert (kept.tool, kept.saved_as, kept.note) == (ada, "Ada", "Mine")
    assert (kept.saved_at, kept.seen_until) == (LAST_YEAR, LAST_YEAR)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_a_chosen_file_is_imported(client, reader, ada, mark):
    response = choose(sign_in(client, reader), mark + file_of(entry(note="工具")).encode())

    assert response.status_code == 200
    assert notes(reader) == {"ada": "工具"}


def test_a_stranger_becomes_a_reader_by_importing(client, ada):
    response = paste(client, file_of(entry()))

    assert response.cookies[COOKIE]["httponly"]
    assert Reader.objects.get().bookmarks.get().tool == ada


def test_an_export_comes_back_equal(client, reader, ada):
    hidden = make_tool(name="Bob", slug="bob")
    keep(reader, ada, saved_at=LAST_YEAR, seen_until=LAST_YEAR + timedelta(days=1), note="a\n\nb")
    keep(reader, hidden, note="Kept")
    unpublish_tool(tool=hidden, reason="A duplicate.")
    file = sign_in(client, reader).get("/bookmarks/export/bookmarks.json").content
    before = list(Bookmark.objects.values())

    same = content_of(choose(client, file))
    assert "0 added</strong>, 2 already there." in same
    assert list(Bookmark.objects.values()) == before

    other = make_reader()
    assert "1 added" in content_of(choose(sign_in(client, other), file))
    kept = other.bookmarks.get()
    assert (kept.tool, kept.note, kept.saved_at) == (ada, "a\n\nb", LAST_YEAR)
    assert kept.seen_until == LAST_YEAR + timedelta(days=1)


def test_the_same_file_twice_changes_nothing(client, reader, ada):
    sign_in(client, reader)
    file = file_of(entry(note="One"))
    paste(client, file)
    before = list(Bookmark.objects.values())

    again = content_of(paste(client, file))

    assert "0 added</strong>, 1 already there." in again
    assert list(Bookmark.objects.values()) == before


def test_a_file_without_times_marks_nothing_as_seen(client, reader, ada):
    keep(reader, ada, saved_at=LAST_YEAR, seen_until=LAST_YEAR)

    paste(sign_in(client, reader), file_of(entry()))

    kept = reader.bookmarks.get()
    assert (kept.saved_at, kept.seen_until) == (LAST_YEAR, LAST_YEAR)


def test_two_notes_are_both_kept_once(client, reader, ada):
    keep(reader, ada, note="Mine")
    sign_in(client, reader)

    first = content_of(paste(client, file_of(entry(note="Other"))))
    paste(client, file_of(entry(note="Other")))
    paste(client, file_of(entry(note="Mine")))

    assert "Both notes are kept, one below the other: <bdi>Ada</bdi>." in first
    assert notes(reader) == {"ada": "Mine\n———\nOther"}


def test_an_empty_note_never_wins(client, reader, ada):
    keep(reader, ada, note="Mine")

    paste(sign_in(client, reader), file_of(entry(note=" \n "), entry()))

    assert notes(reader) == {"ada": "Mine"}


def test_two_notes_that_are_too_long_together_are_told_and_none_is_cut(client, reader, ada):
    keep(reader, ada, note="m" * 1500)

    words = content_of(paste(sign_in(client, reader), file_of(entry(note="o" * 1500))))

    assert "Both notes together have more than 2000 characters" in words
    assert "o" * 1500 in words
    assert notes(reader) == {"ada": "m" * 1500}


def test_a_removed_bookmark_comes_back_with_its_note(client, reader, ada):
    keep(reader, ada, note="Mine", removed_at=timezone.now())

    words = content_of(paste(sign_in(client, reader), file_of(entry(note="Other"))))

    assert "1 added" in words
    assert (reader.bookmarks.get().removed_at, notes(reader)) == (
        None,
        {"ada": "Mine\n———\nOther"},
    )


def test_the_earlier_saving_counts(client, reader, ada):
    keep(reader, ada)

    paste(sign_in(client, reader), file_of(entry(saved_at=LAST_YEAR.isoformat())))

    kept = reader.bookmarks.get()
    assert kept.saved_at == LAST_YEAR
    assert kept.seen_until > LAST_YEAR


@pytest.mark.parametrize(
    "saved_at",
    [
        "2999-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0000-01-01T00:00:00Z",
        "2016-12-31T23:59:60Z",
        None,
    ],
)
def test_a_time_that_cannot_be_is_now(client, reader, ada, saved_at):
    fields = {"saved_at": saved_at} if saved_at else {}

    response = paste(sign_in(client, reader), file_of(entry(**fields)))

    kept = reader.bookmarks.get()
    assert response.status_code == 200
    assert timezone.now() - kept.saved_at < timedelta(minutes=1)


@pytest.mark.parametrize("seen_until", ["2999-01-01T00:00:00Z", "2025-02-01T00:00:00Z"])
def test_nothing_is_seen_before_it_is_saved_or_ahead_of_time(client, reader, ada, seen_until):
    times = {"saved_at": LAST_YEAR.isoformat(), "seen_until": seen_until}

    paste(sign_in(client, reader), file_of(entry(**times)))

    assert reader.bookmarks.get().seen_until == LAST_YEAR


def test_a_renamed_tool_is_found_by_its_old_slug_and_named(client, reader, ada):
    ada.slug, ada.name = "eda", "Eda"
    ada.save()

    words = content_of(
        paste(sign_in(client, reader), file_of(entry(), entry("eda", "Eda", note="New")))
    )

    assert "1 added</strong>, 1 already there." in words
    assert "Renamed since: <bdi>Ada</bdi> is now <bdi>Eda</bdi>." in words
    assert notes(reader) == {"eda": "New"}


def test_unknown_and_hidden_tools_are_told_by_name_with_their_notes(client, reader):
    unpublish_tool(tool=make_tool(name="Hidden", slug="hidden"), reason="A duplicate.")
    make_tool(slug="draft", published=False)
    file = file_of(
        entry("nobody", "No & Body", note="Of <nobody>"),
        entry("hidden", "Hidden"),
        entry("draft", "Draft"),
        entry(None, "Deleted"),
    )

    words = content_of(paste(sign_in(client, reader), file))

    assert "<strong>0 added</strong>." in words
    assert "Not on this site, or no longer shown (4):" in words
    for name in ["No &amp; Body", "Hidden", "Draft", "Deleted"]:
        assert f"<bdi>{name}</bdi>" in words
    assert "Of &lt;nobody&gt;" in words
    assert not reader.bookmarks.exists()


def test_a_stranger_with_a_file_of_unknown_tools_stays_a_stranger(client):
    response = paste(client, file_of(entry("nobody", "Nobody")))

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert not Reader.objects.exists()


@pytest.mark.parametrize("more", [1, 3])
def test_what_does_not_fit_is_told_by_name_with_its_note(client, reader, more):
    Bookmark.objects.bulk_create(Bookmark(reader=reader, saved_as=f"Gone {n}") for n in range(499))
    tools = [make_tool(name=f"New {n}", slug=f"new-{n}") for n in range(more + 1)]
    file = file_of(*(entry(tool.slug, tool.name, note=f"Note {tool.slug}") for tool in tools))

    words = content_of(paste(sign_in(client, reader), file))

    assert "<strong>1 added</strong>." in words
    assert f"Not added, because you can have 500 bookmarks at most ({more}):" in words
    assert f"Note new-{more}" in words
    assert Bookmark.objects.of(reader.pk).count() == 500


def test_a_full_list_still_takes_notes(client, reader, ada):
    Bookmark.objects.bulk_create(Bookmark(reader=reader, saved_as=f"Gone {n}") for n in range(499))
    keep(reader, ada)

    paste(sign_in(client, reader), file_of(entry(note="New")))

    assert reader.bookmarks.get(tool=ada).note == "New"


BAD_FILES = {
    "nothing": "",
    "blank": " \n",
    "garbage": "<html>",
    "a number": "5",
    "a list": "[]",
    "another format": json.dumps({"format": "ship-or-skip/catalog/1", "tools": []}),
    "another version": file_of(version=2),
    "no version": json.dumps({"format": "ship-or-skip/bookmarks", "bookmarks": []}),
    "no list": file_of(bookmarks={"a": 1}),
    "null": file_of(bookmarks=None),
    "a string": file_of("ada"),
    "no slug": file_of({"name": "Ada"}),
    "a slug of a wrong type": file_of(entry(slug=5)),
    "a name of a wrong type": file_of(entry(name=["Ada"])),
    "a note of a wrong type": file_of(entry(note={"a": "b"})),
    "a long note": file_of(entry(note="x" * 2001)),
    "a long slug": file_of(entry(slug="x" * 81)),
    "a long name": file_of(entry(name="x" * 121)),
    "no time": file_of(entry(saved_at="yesterday")),
    "a time of a wrong type": file_of(entry(saved_at=1700000000)),
    "a NUL": file_of(entry(note="a\0b")),
    "a NUL in what is not looked at": file_of(more={"\0": 1}),
    "half a character": file_of(entry(note="\ud800")),
    "a repeated key": '{"format": "ship-or-skip/bookmarks", "version": 1, "version": 1}',
    "no number": file_of(more=float("nan")),
    "a number of many digits": '{"a": ' + "9" * 5000 + "}",
    "deep nesting": "[" * 100_000,
    "deep nesting that is closed": file_of(entry(note=0)).replace("0", "[" * 900 + "]" * 900),
    "1,001 entries": file_of(*[entry()] * 1001),
    "10,000 entries": file_of(*[entry()] * 10_000),
    "one bad among good": file_of(entry(), entry(), entry(note=5)),
}


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES.keys())
@pytest.mark.parametrize("send", [paste, choose])
def test_a_bad_file_is_refused_in_words_and_changes_nothing(client, reader, ada, send, text):
    keep(reader, ada, note="Mine")
    before = list(Bookmark.objects.values())

    response = send(
        sign_in(client, reader), text if send is paste else text.encode("utf-8", "surrogatepass")
    )

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "<strong>Nothing was imported.</strong>" in content_of(response)
    assert list(Bookmark.objects.values()) == before


@pytest.mark.parametrize(
    "content", [b"\xff" * 600_000, b"x" * 600_000, b"[" * 600_000, b'{"a":1,' * 60_000], ids=len
)
def test_600_kb_of_garbage_are_refused_in_words(client, reader, content):
    response = choose(sign_in(client, reader), content)

    assert response.status_code == 422
    assert "<strong>Nothing was imported.</strong>" in content_of(response)


def test_600_kb_of_pasted_text_are_refused_in_words(client, reader):
    sign_in(client, reader)

    as_a_form = paste(client, "x" * 600_000)
    with_a_file = client.post(ADDRESS, {"note": "x", "text": "x" * 600_000})

    for response in [as_a_form, with_a_file]:
        assert response.status_code == 422
        assert "Choose it as a file instead." in content_of(response)


def test_a_file_of_more_than_5_mb_is_refused_unread(client, reader):
    assert choose(sign_in(client, reader), b" " * 5_000_000).status_code == 413


def test_the_largest_export_there_can_be_is_taken(client, reader):
    tools = [make_tool(published=False) for _ in range(500)]
    Bookmark.objects.bulk_create(
        Bookmark(reader=reader, tool=tool, saved_as="🛠" * 120, note="🛠" * 2000) for tool in tools
    )
    file = sign_in(client, reader).get("/bookmarks/export/bookmarks.json").content

    response = choose(client, file)

    assert len(file) > 4_000_000
    assert "0 added</strong>, 500 already there." in content_of(response)


def test_a_bad_entry_is_named_with_its_place(client, reader):
    words = content_of(
        paste(sign_in(client, reader), file_of(entry(), entry("bob", note="x" * 2001)))
    )

    assert "bookmarks[1] &quot;bob&quot;: note: this is longer than 2000 characters." in words


@pytest.mark.parametrize(
    "name, words",
    [
        ("a list", "This is not a bookmarks file that was exported from this site."),
        ("another format", "This is not a bookmarks file that was exported from this site."),
        (
            "another version",
            "The version of the file is not 1, the only one that this site can read.",
        ),
        ("1,001 entries", "The file has 1001 bookmarks. At most 1000 are allowed."),
        ("nothing", "Choose a file, or paste its content."),
        ("half a character", "Text contains half a surrogate pair"),
        ("a NUL", "Text contains a NUL character"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(client, reader, name, words):
    assert words in content_of(paste(sign_in(client, reader), BAD_FILES[name]))


def test_no_more_than_five_problems_are_shown(client, reader):
    words = content_of(paste(sign_in(client, reader), file_of(*[entry(note=5)] * 1000)))

    assert words.count("<li>bookmarks[") == 5


def test_what_was_pasted_is_there_to_correct(client, reader):
    words = content_of(paste(sign_in(client, reader), '{"a": </textarea>'))

    assert "{&quot;a&quot;: &lt;/textarea&gt;</textarea>" in words


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}],
    ids=str,
)
def test_another_sites_form_changes_nothing(client, reader, ada, headers):
    response = choose(sign_in(client, reader), file_of(entry()).encode(), **headers)

    assert response.status_code == 403
    assert "We could not confirm that this came from our site." in content_of(response)
    assert not Bookmark.objects.exists()


def test_beyond_the_limit_it_is_said_when_to_try_again(client, reader, ada):
    sign_in(client, reader)
    for _ in range(10):
        paste(client, "x")

    response = paste(client, file_of(entry()))

    assert (response.status_code, response["Retry-After"]) == (429, "360")
    assert "Too many imports. Try again in 360 seconds." in content_of(response)
    assert not Bookmark.objects.exists()


def test_the_form_is_a_page_of_the_readers_own(client):
    response = client.get(ADDRESS)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert 'enctype="multipart/form-data"' in content_of(response)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(client, method):
    assert client.generic(method, ADDRESS).status_code == 405


def test_a_reader_who_was_forgotten_meanwhile_becomes_another(client, reader, ada, monkeypatch):
    sign_in(client, reader)
    original = Reader.objects.select_for_update

    def delete_first(*args, **kwargs):
        Reader.objects.filter(pk=reader.pk).delete()
        return original(*args, **kwargs)

    monkeypatch.setattr(Reader.objects, "select_for_update", delete_first)
    response = post(client, ADDRESS, {"text": file_of(entry())})

    assert response.status_code == 200
    assert Bookmark.objects.get().reader != reader
    assert COOKIE in response.cookies


@pytest.mark.parametrize("count", [1, 200])
def test_an_import_costs_a_constant_number_of_queries(
    client, reader, django_assert_num_queries, count
):
    tools = [make_tool() for _ in range(count)]
    sign_in(client, reader)
    file = file_of(*(entry(tool.slug, tool.name) for tool in tools))

    with django_assert_num_queries(10):
        post(client, ADDRESS, {"text": file})
