import pytest
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make_tool(name="Ada").ledger.get()


def correct_url(entry):
    return reverse("admin:tools_ledgerentry_correct", args=[entry.pk])


def test_a_correction_is_a_new_entry_and_the_wrong_one_stays(entry):
    editor = sign_in(make_staff("Editor"))

    editor.post(correct_url(entry), {"correction": "Ada Lovelace", "reason": "Misspelt."})

    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", "old", "new", "reason")) == [
        ("published", "", "Ada", ""),
        ("corrected", "Ada", "Ada Lovelace", "Misspelt."),
    ]


@pytest.mark.parametrize(
    "fields", [{}, {"correction": "Bea"}, {"reason": "So."}, {"correction": "B\0", "reason": "So."}]
)
def test_an_incomplete_correction_is_asked_for_again(entry, fields):
    answer = sign_in(make_staff("Editor")).post(correct_url(entry), fields)

    assert answer.status_code == 422
    assert LedgerEntry.objects.count() == 1


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
    assert LedgerEntry.objects.count() == 1


def test_an_unknown_entry_is_not_found(entry):
    editor = sign_in(make_staff("Editor"))
    url = reverse("admin:tools_ledgerentry_correct", args=[9999])

    assert editor.get(url).status_code == 404
