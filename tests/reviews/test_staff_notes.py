"""Notes between staff on a tool: who sees them, and that nobody else ever does."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin_client import make_staff, messages_of, page_of, sign_in
from tests.factories import make_reviewer, make_tool, publish_review
from tools.models import StaffNote

pytestmark = pytest.mark.django_db

TOOLS = "admin:tools_tool_changelist"
SECRET = "Zanzibar embargo until Friday"


@pytest.fixture
def editor():
    return make_staff("Editor", username="emma")


def notes_url(tool):
    return reverse("admin:tools_tool_notes", args=[tool.pk])


def make_note(tool, author, text=SECRET, **fields):
    return StaffNote.objects.create(tool=tool, author=author, text=text, **fields)


def mark(client, note, verb):
    return client.post(reverse(f"admin:tools_tool_note_{verb}", args=[note.tool_id, note.pk]))


def listed(client, **query):
    return [tool.name for tool in client.get(reverse(TOOLS), query).context["cl"].result_list]


def numbers(client):
    return {item.label: item.count for item in client.get("/admin/").context["work_items"]}


def make_blind(tool=None):
    """Return a member of staff who is a reviewer, with a review of `tool` if given."""
    user = make_staff("Reviewer")
    reviewer = make_reviewer(user=user)
    if tool:
        publish_review(tool, reviewer)
    return user


def test_a_note_is_added_with_its_author_and_shown_on_the_tool(editor):
    tool, paul = make_tool(), make_staff("Publisher", username="paul")
    client = sign_in(editor)

    client.post(notes_url(tool), {"text": SECRET, "assigned_to": paul.pk})

    (note,) = StaffNote.objects.all()
    assert (note.author, note.assigned_to, note.done_at) == (editor, paul, None)
    page = client.get(page_of(tool)).content.decode()
    assert SECRET in page
    assert ", for paul." in page


@pytest.mark.parametrize(
    "fields",
    [{}, {"text": " "}, {"text": "x" * 2001}, {"text": "a", "assigned_to": "x"},
     {"text": "a", "assigned_to": "9" * 30}, {"text": "a\0"}],
)  # fmt: skip
def test_what_is_no_note_is_refused(editor, fields):
    tool = make_tool()

    assert sign_in(editor).post(notes_url(tool), fields).status_code in (400, 422)
    assert not StaffNote.objects.exists()


def test_it_is_for_active_staff_only(editor):
    tool = make_tool()
    gone = make_staff("Editor", is_active=False)

    response = sign_in(editor).post(notes_url(tool), {"text": "a", "assigned_to": gone.pk})

    assert response.status_code == 422


def test_done_and_opened_again_each_once(editor):
    note, client = make_note(make_tool(), editor), sign_in(editor)

    mark(client, note, "done")
    note.refresh_from_db()
    first = note.done_at
    mark(client, note, "done")
    note.refresh_from_db()
    assert first is not None
    assert note.done_at == first

    mark(client, note, "reopen")
    mark(client, note, "reopen")
    note.refresh_from_db()
    assert note.done_at is None


def test_the_list_shows_and_filters_open_notes(editor):
    ada, bea, cy = (make_tool(name=name) for name in ["Ada", "Bea", "Cy"])
    make_note(ada, editor, assigned_to=editor)
    make_note(bea, editor)
    mark(sign_in(editor), make_note(cy, editor, assigned_to=editor), "done")
    client = sign_in(editor)

    assert listed(client, notes="open") == ["Ada", "Bea"]
    assert listed(client, notes="mine") == ["Ada"]
    rows = client.get(reverse(TOOLS)).context["cl"].result_list
    assert [row.open_notes for row in rows] == [1, 1, 0]


def test_the_start_page_counts_tools_with_a_note_for_me(editor):
    tool = make_tool()
    note = make_note(tool, editor, assigned_to=editor)
    make_note(tool, editor, assigned_to=editor)
    make_note(make_tool(), editor)
    client = sign_in(editor)

    assert numbers(client)["Tools with a note for you"] == 1

    for each in StaffNote.objects.filter(tool=note.tool):
        mark(client, each, "done")
    assert "Tools with a note for you" not in numbers(client)


def test_blind_entry_hides_notes_until_the_own_review_is_entered(editor):
    tool = make_tool(name="Ada")
    user = make_blind()
    note = make_note(tool, editor, assigned_to=user)
    client = sign_in(user)

    assert client.get(notes_url(tool)).status_code == 403
    assert client.post(notes_url(tool), {"text": "a"}).status_code == 403
    assert mark(client, note, "done").status_code == 404
    assert SECRET not in client.get(page_of(tool)).content.decode()
    assert (listed(client, notes="open"), listed(client, notes="mine")) == ([], [])
    assert "Tools with a note for you" not in numbers(client)
    assert [row.open_notes for row in client.get(reverse(TOOLS)).context["cl"].result_list] == [0]

    publish_review(tool, user.reviewer)
    assert SECRET in client.get(notes_url(tool)).content.decode()
    assert listed(client, notes="mine") == ["Ada"]
    assert mark(client, note, "done").status_code == 302


def test_the_author_learns_that_a_reviewer_cannot_see_the_note_yet(editor):
    tool, user = make_tool(), make_blind()

    response = sign_in(editor).post(notes_url(tool), {"text": "a", "assigned_to": user.pk})

    assert messages_of(response)[1].startswith(f"{user} cannot see this note now:")


def test_staff_without_the_permission_see_none():
    tool = make_tool()
    make_note(tool, make_staff("Editor"))

    assert sign_in(make_staff()).get(notes_url(tool)).status_code == 403


def test_notes_outlive_a_deactivated_author(editor):
    tool = make_tool()
    make_note(tool, editor)
    editor.is_active = False
    editor.save()

    page = sign_in(make_staff("Editor")).get(notes_url(tool)).content.decode()
    assert SECRET in page
    assert "emma" in page
    with pytest.raises(ProtectedError):
        editor.delete()


def test_no_reader_and_no_export_sees_a_note(client, editor, tmp_path):
    tool = make_tool(slug="ada")
    publish_review(tool, make_reviewer())
    make_note(tool, editor)
    other = make_tool(slug="bea")

    pages = [
        "/", "/tools/", "/tools/?q=Zanzibar", f"/tools/{tool.slug}/", "/changes/", f"/tools/{tool.slug}/atom/",
        f"/compare/{tool.slug}-vs-{other.slug}/", f"/tools/{tool.slug}/votes/",
    ]  # fmt: skip
    responses = [client.get(page, follow=True) for page in pages]
    assert {response.status_code for response in responses} == {200}
    texts = [response.content.decode() for response in responses]
    output = StringIO()
    call_command("export_catalog", stdout=output)
    csv = sign_in(editor).get(reverse("admin:tools_tool_export"))
    texts += [output.getvalue(), csv.content.decode()]

    assert [text for text in texts if "Zanzibar embargo" in text] == []
    assert tool.slug in output.getvalue()


def test_the_database_limits_its_length(editor):
    with pytest.raises(IntegrityError, match="staff_note_has_a_length"), transaction.atomic():
        make_note(make_tool(), editor, text="x" * 2001)


@pytest.mark.parametrize("count", [1, 9])
def test_the_pages_cost_the_same_for_one_note_and_for_nine(editor, count):
    tool, client = make_tool(), sign_in(editor)
    for _ in range(count):
        make_note(tool, make_staff("Editor"), assigned_to=make_staff("Editor"))

    costs = []
    for url in [notes_url(tool), page_of(tool)]:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        costs.append(len(captured))

    assert costs == [8, 14]
