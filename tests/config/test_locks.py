"""Which locks wait for each other: the order is in docs/architecture.md."""

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts.actions import delete_reader
from accounts.models import Reader, User
from bookmarks.actions import add_bookmark
from bookmarks.models import Bookmark
from reviews.catalog.importing import LOCK_TOOLS
from tests.admin_client import form_values, make_staff, page_of, sign_in
from tests.factories import make_fact, make_fact_kind, make_tool
from tests.votes.ballots import HOME, HOME_NETWORKS
from tests.waiting import in_another_session, start_until_it_waits
from tools.actions import lock_tools
from tools.models import FactKind, Tool
from votes.actions import cast_vote
from votes.models import Tally, Vote

pytestmark = pytest.mark.django_db(transaction=True)


def lock_for_import(*tools):
    with connection.cursor() as cursor:
        cursor.execute(LOCK_TOOLS, [[tool.slug for tool in tools]])


def lock_as_staff(tool):
    request = RequestFactory().post(page_of(tool))
    request.user = User(is_superuser=True)
    admin.site._registry[Tool].get_object(request, str(tool.pk))


@pytest.mark.parametrize("lock", [lock_for_import, lock_as_staff])
def test_votes_and_bookmarks_do_not_wait_for_a_tool_that_staff_change(lock):
    tool, reader = make_tool(), Reader.objects.create(network=HOME)

    with transaction.atomic():
        lock(tool)
        in_another_session(lambda: add_bookmark(reader=reader, tool=tool))
        in_another_session(
            lambda: cast_vote(
                reader_id=reader.pk, slug=tool.slug, choice="ship", networks=HOME_NETWORKS
            )
        )

    assert (Vote.objects.count(), Bookmark.objects.count()) == (1, 1)


def test_a_second_save_of_a_tool_waits_for_the_first():
    tool = make_tool()

    with transaction.atomic():
        lock_as_staff(tool)
        second = start_until_it_waits(lambda: transaction.atomic(lock_as_staff)(tool))

    assert second.result() is None


def test_a_successor_and_an_import_of_both_tools_do_not_deadlock():
    first, second = make_tool(), make_tool()

    with transaction.atomic():
        lock_tools([second.pk])
        imported = start_until_it_waits(lambda: transaction.atomic(lock_for_import)(first, second))
        Tool.objects.filter(pk=second.pk).update(status="renamed", successor=first)

    assert imported.result() is None


def test_a_fact_kind_becomes_a_filter_beside_an_import_of_its_facts():
    tool, licence, hosting = make_tool(), make_fact_kind(name="Licence"), make_fact_kind()
    editor = sign_in(make_staff("Editor"))
    page = reverse("admin:tools_factkind_change", args=[hosting.pk])
    fields = form_values(editor.get(page).context["adminform"].form) | {"is_filter": "on"}

    with transaction.atomic():
        make_fact(tool, licence, "MIT")
        saved = start_until_it_waits(lambda: editor.post(page, fields))
        make_fact(tool, hosting, "Cloud")

    assert saved.result().status_code == 302
    assert FactKind.objects.get(pk=hosting.pk).is_filter


def test_deleting_a_reader_waits_for_no_tally():
    reader, tools = Reader.objects.create(network=HOME), [make_tool(), make_tool()]
    for tool in tools:
        cast_vote(reader_id=reader.pk, slug=tool.slug, choice="ship", networks=HOME_NETWORKS)

    with transaction.atomic():
        Tally.objects.select_for_update().get(tool=tools[1])
        in_another_session(lambda: delete_reader(reader=reader))
        Tally.objects.select_for_update().get(tool=tools[0])

    assert not Reader.objects.exists()
    assert Tally.objects.filter(ships=1).count() == 2
