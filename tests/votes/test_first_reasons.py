"""A new site has reasons to offer; what staff made of them is theirs."""

import pytest
from django.core.management import call_command
from django.db.migrations import Migration

from votes.first_reasons import FIRST_REASONS, add_first_reasons
from votes.models import Reason


def labels() -> dict[str, list[tuple[str, str]]]:
    return {
        side: list(Reason.objects.filter(side=side).values_list("slug", "label"))
        for side in ["ship", "skip"]
    }


@pytest.mark.django_db
def test_a_new_database_has_the_first_reasons_in_their_order():
    assert labels() == FIRST_REASONS


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_them_again():
    Reason.objects.all().delete()

    call_command("flush", interactive=False, verbosity=0)

    assert labels() == FIRST_REASONS


@pytest.mark.django_db
def test_a_deleted_reason_does_not_come_back():
    Reason.objects.filter(slug="lock-in").delete()

    call_command("migrate", verbosity=0)

    assert not Reason.objects.filter(slug="lock-in").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name, initial, backwards, added",
    [
        ("0001_tables", True, False, 14),
        ("0001_tables", True, True, 0),
        ("0003_later", None, False, 0),
    ],
)
def test_only_the_migration_that_makes_the_tables_brings_reasons(name, initial, backwards, added):
    Reason.objects.all().delete()
    migration = Migration(name, "votes")
    migration.initial = initial

    add_first_reasons(using="default", plan=[(migration, backwards)])

    assert Reason.objects.count() == added
