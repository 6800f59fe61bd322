"""Several tabs of one reader at once, each with its own connection to Postgres."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from bookmarks.actions import (
    TooManyBookmarks,
    add_bookmark,
    clear_gone,
    mark_seen,
    remove_bookmark,
    remove_bookmarks,
)
from bookmarks.models import Bookmark, Transfer
from bookmarks.transfers import make_transfer, receive_transfer
from tests.bookmarks.at_once import at_once
from tests.bookmarks.readers import make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tests.waiting import start_until_it_waits
from votes.models import Vote

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_tabs_that_add_the_same_tool_keep_one_bookmark():
    reader, tool = make_reader(), make_tool()

    results = at_once(*[lambda: add_bookmark(reader=reader, tool=tool)] * 8)

    assert {bookmark.pk for bookmark in results} == {Bookmark.objects.get().pk}


def test_two_tabs_never_go_over_the_limit_together(monkeypatch):
    monkeypatch.setattr("bookmarks.actions.MOST_BOOKMARKS", 5)
    reader, tools = make_reader(), [make_tool() for _ in range(8)]

    results = at_once(*[lambda tool=tool: add_bookmark(reader=reader, tool=tool) for tool in tools])

    assert sum(isinstance(result, TooManyBookmarks) for result in results) == 3
    assert Bookmark.objects.of(reader.pk).count() == 5


def test_adding_and_removing_at_once_leaves_one_row():
    reader, tool = make_reader(), make_tool()
    add_bookmark(reader=reader, tool=tool)

    at_once(
        *[lambda: remove_bookmark(reader=reader, tool=tool)] * 3,
        *[lambda: add_bookmark(reader=reader, tool=tool)] * 3,
    )

    assert Bookmark.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda reader: remove_bookmarks(reader=reader, slugs=["ada"]),
        lambda reader: clear_gone(reader=reader),
        lambda reader: mark_seen(reader=reader, until=timezone.now()),
    ],
)
def test_what_changes_several_bookmarks_waits_for_another_tab(change):
    reader = make_reader()

    with transaction.atomic():
        Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
        changed = start_until_it_waits(lambda: change(reader))

    assert changed.result() is None


def test_a_transfer_is_locked_after_the_reader_who_receives_it():
    """Otherwise two readers who copy each other's bookmarks, and make new links, could deadlock."""
    reader, transfer = make_reader(), make_transfer(reader=make_reader())

    with transaction.atomic():
        Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
        received = start_until_it_waits(lambda: receive_transfer(transfer=transfer, reader=reader))
        Transfer.objects.select_for_update(nowait=True).get(pk=transfer.pk)

    assert received.result().added == []


@pytest.mark.parametrize(
    ("address", "fields"), [("/tools/ada/vote/", {"choice": "ship"}), ("/tools/ada/bookmark/", {})]
)
def test_what_meets_a_reader_being_forgotten_is_a_new_readers(address, fields):
    """The press waits for the row that another tab is about to delete, and then finds it gone."""
    reader, tool = make_reader(), make_tool(name="Ada", slug="ada")
    client = sign_in(OwnOriginClient(), reader)

    with transaction.atomic():
        Reader.objects.select_for_update().get(pk=reader.pk)
        answer = start_until_it_waits(lambda: post(client, address, fields))
        Reader.objects.filter(pk=reader.pk).delete()

    assert answer.result(10).status_code == 303
    (new,) = Reader.objects.all()
    assert new.pk != reader.pk
    assert [*Vote.objects.values_list("reader"), *Bookmark.objects.values_list("reader")] == [
        (new.pk,)
    ]
    assert tool.slug == "ada"
