import pytest
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool
from tools.actions import change_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    tool = make_tool(name="Eda")
    tool.name = "Ada"
    change_tool(tool=tool)
    return tool.ledger.get(kind="name")


def correct_url(entry):
    return reverse("admin:tools_ledgerentry_correct", args=[entry.pk])


def test_a_correction_is_a_new_entry_and_the_wrong_one_stays(entry):
    editor = sign_in(make_staff("Editor"))

    editor.post(correct_url(entry), {"correction": "Ada Lovelace", "reason": "Misspelt."})

    assert list(
        LedgerEntry.objects.exclude(kind="added")
        .in_order()
        .values_list("kind", "old", "new", "reason")
    ) == [
        ("name", "Eda", "Ada", ""),
        ("corrected", "Ada", "Ada Lovelace", "Misspelt."),
    ]


@pytest.mark.parametrize(
    "fields", [{}, {"correction": "Bea"}, {"reason": "So."}, {"correction": "B\0", "reason": "So."}]
)
def test_an_incomplete_correction_is_asked_for_again(entry, fields):
    answer = sign_in(make_staff("Editor")).post(correct_url(entry), fields)

    assert answer.status_code == 422
    assert LedgerEntry.objects.count() == 2


def test_the_ledger_is_never_changed_in_the_admin(entry):
    root = sign_in(make_staff(is_superuser=True))
    names = ["change", "delete"]

    urls = [reverse(f"admin:tools_ledgerentry_{name}", args=[entry.pk]) for name in names]
    answers = [root.post(url, {"new": "x", "post": "yes"}).status_code for url in urls]

    assert answers == [403, 403]
    assert root.get(reverse("admin:tools_ledgerentry_add")).status_code == 403


def test_strangers_and_staff_without_permissions_cannot_correct(entry, client):
    fields = {"correction": "Bea", "reason": "So."}

    assert client.post(correct_url(entry), fields).status_code == 302
    assert sign_in(make_staff()).post(correct_url(entry), fields).status_code == 403
    assert LedgerEntry.objects.count() == 2


def test_an_unknown_entry_is_not_found(entry):
    editor = sign_in(make_staff("Editor"))
    url = reverse("admin:tools_ledgerentry_correct", args=[9999])

    assert editor.get(url).status_code == 404


@pytest.mark.parametrize(
    ("kind", "sides", "fields", "stored"),
    [
        ("verdict", ("split", "ship"), {"correction": "skip"}, "skip"),
        ("score", (80.0, 81.0), {"correction": "80.5"}, 80.5),
        ("entry", ("free", "paid"), {"correction": "trial"}, "trial"),
        ("pricing", (None, "$5"), {"correction": ""}, None),
        (
            "status",
            ({"status": "active", "date": None}, {"status": "paused", "date": None}),
            {"status": "discontinued", "date": "2026-01-01"},
            {"status": "discontinued", "date": "2026-01-01"},
        ),
    ],
)
def test_a_correction_is_typed_by_the_kind_of_the_entry(kind, sides, fields, stored):
    old, new = sides
    entry = make_tool().ledger.create(kind=kind, old=old, new=new)

    answer = sign_in(make_staff("Editor")).post(correct_url(entry), fields | {"reason": "A slip."})

    assert answer.status_code == 302
    assert LedgerEntry.objects.get(kind="corrected").new == stored


@pytest.mark.parametrize(
    ("kind", "new", "correction"),
    [("verdict", "ship", "Ship"), ("score", 80.0, "101"), ("entry", "paid", "cheap")],
)
def test_a_correction_of_another_type_is_refused(kind, new, correction):
    entry = make_tool().ledger.create(kind=kind, new=new)
    fields = {"correction": correction, "reason": "A slip."}

    answer = sign_in(make_staff("Editor")).post(correct_url(entry), fields)

    assert answer.status_code == 422
    assert not LedgerEntry.objects.filter(kind="corrected").exists()


def test_a_publication_has_nothing_to_correct():
    entry = make_tool().ledger.get()

    assert sign_in(make_staff("Editor")).get(correct_url(entry)).status_code == 404
