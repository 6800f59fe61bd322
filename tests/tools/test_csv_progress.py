import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from tests.admin_client import messages_of
from tests.factories import make_category, make_tool
from tests.sessions import another_session
from tests.tools.test_admin_csv import confirm, dry_run, errors, import_csv, rows
from tools import csv_resource
from tools.import_progress import RUNNING
from tools.models import LedgerEntry, Tool

# A transaction sees one state of the sessions.
pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "admin:tools_tool_import"


def test_other_sessions_see_how_many_rows_are_done(editor, monkeypatch):
    make_category(slug="c")
    answer = dry_run(editor, rows(*(f"t-{n},T {n},c,active,,," for n in range(5))))
    monkeypatch.setattr(csv_resource, "PROGRESS_EVERY", 2)
    seen = []

    def look(self, row, **kwargs):
        before_import_row(self, row, **kwargs)
        with another_session(RUNNING) as cursor:
            seen.append(cursor.fetchone()[0])

    before_import_row = csv_resource.CatalogResource.before_import_row
    monkeypatch.setattr(csv_resource.CatalogResource, "before_import_row", look)
    confirm(editor, answer)

    assert seen == [f"import tool {done}/5" for done in (0, 2, 2, 4, 4)]
    assert Tool.objects.count() == 5


def test_the_page_says_how_far_an_import_is_and_refuses_another(editor):
    make_category(slug="c")
    answer = dry_run(editor, rows("ada,Ada,c,active,,,"))

    with another_session("SET LOCAL application_name = 'import tool 1200/3000'"):
        page = editor.get(reverse(PAGE)).content.decode()
        state = editor.get(reverse(PAGE) + "?progress").json()
        refused = [confirm(editor, answer), dry_run(editor, rows("ada,Ada,c,active,,,"))]

    assert "A file is being checked or imported. You can leave this page and come back." in page
    assert state == {"words": "1,200 of 3,000 rows.", "done": 1200, "rows": 3000}
    for response in refused:
        assert messages_of(response)[-1] == (
            "Another import is running: 1,200 of 3,000 rows. Wait until it has finished."
        )
    assert not Tool.objects.exists()
    assert editor.get(reverse(PAGE) + "?progress").json() == {}


def test_two_imports_that_start_at_once_do_not_both_run(editor):
    make_category(slug="c")

    with another_session("SELECT pg_advisory_xact_lock(7311)"):
        answer = dry_run(editor, rows("ada,Ada,c,active,,,", "ada,Ada,c,active,,,"))

    assert errors(answer) == [
        "Another import is running. Wait until it has finished, then upload the file again."
    ]


def test_a_tool_that_somebody_else_is_saving_is_said(editor):
    tool = make_tool(slug="ada", category=make_category(slug="c"))

    with another_session("SELECT FROM tools_tool WHERE id = %s FOR UPDATE", tool.pk):
        answer = dry_run(editor, rows("ada,Ada,c,active,,,"))

    assert errors(answer) == [
        "Somebody is saving one of these rows. Upload the file again in a minute."
    ]


def test_an_import_that_is_killed_leaves_nothing_and_the_page_says_so(editor, monkeypatch):
    make_tool(slug="ada", name="Ada", category=make_category(slug="c"))
    answer = dry_run(editor, rows("ada,Ada 2,c,active,One.,free,Why.", "bea,Bea,c,active,,,"))

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(csv_resource, "record_changes", die)
    with pytest.raises(KeyboardInterrupt):
        confirm(editor, answer)

    page = " ".join(editor.get(reverse(PAGE)).content.decode().split())
    assert "The import of “tools.csv” that" in page
    assert "did not finish. Nothing was imported. Upload the file again." in page
    assert list(Tool.objects.values_list("name", flat=True)) == ["Ada"]
    assert not LedgerEntry.objects.filter(kind="name").exists()


def test_the_log_names_the_file_and_what_was_imported(editor):
    make_tool(slug="ada", name="Ada", category=make_category(slug="c"))

    import_csv(editor, rows("ada,Ada 2,c,active,One.,free,Why.", "bea,Bea,c,active,,,"))

    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "change_message")
    assert list(entries) == [
        ("tools.csv", "Import started."),
        ("Ada 2", "Changed by the import of “tools.csv”."),
        ("Bea", "Added by the import of “tools.csv”."),
        ("tools.csv", "Imported: 1 new, 1 changed and 0 unchanged rows."),
    ]
    page = editor.get(reverse(PAGE)).content.decode()
    assert "Imported: 1 new, 1 changed and 0 unchanged rows." in page
