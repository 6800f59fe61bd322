import pytest

from accounts.models import Reader
from bookmarks.models import Bookmark
from newsletter.digest.digest import EVERYTHING, DigestFilter
from newsletter.digest.filters import digest_filters_of
from tests.factories import make_category, make_tool
from tests.newsletter.factories import make_subscriber
from tests.votes.ballots import HOME
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db


def make_reader(*tools):
    reader = Reader.objects.create(network=HOME)
    for tool in tools:
        keep(reader, tool)
    return reader


def keep(reader, tool, **fields):
    return Bookmark.objects.create(reader=reader, tool=tool, saved_as=tool.name, **fields)


def test_who_chose_no_category_gets_everything():
    subscriber = make_subscriber()

    assert digest_filters_of([subscriber]) == {subscriber.pk: EVERYTHING}


def test_who_chose_categories_gets_those():
    ours, others = make_category(), make_category()
    subscriber = make_subscriber(categories=[ours])
    make_subscriber(categories=[others])

    assert digest_filters_of([subscriber]) == {
        subscriber.pk: DigestFilter(categories=frozenset([ours.pk]))
    }


def test_only_bookmarks_are_those_of_the_reader_whatever_the_categories():
    mine, theirs = make_tool(), make_tool()
    make_reader(theirs)
    subscriber = make_subscriber(
        only_bookmarks=True, reader=make_reader(mine), categories=[make_category()]
    )

    assert digest_filters_of([subscriber]) == {
        subscriber.pk: DigestFilter(tools=frozenset([mine.pk]))
    }


def test_removed_bookmarks_and_hidden_tools_are_none():
    kept, hidden, removed = make_tool(), make_tool(), make_tool()
    reader = make_reader(kept, hidden)
    keep(reader, removed, removed_at=reader.created_at)
    unpublish_tool(tool=hidden, reason="A duplicate.")
    subscriber = make_subscriber(only_bookmarks=True, reader=reader)

    assert digest_filters_of([subscriber])[subscriber.pk].tools == {kept.pk}


def test_bookmarks_of_a_tool_that_was_deleted_are_none():
    reader = make_reader()
    Bookmark.objects.create(reader=reader, tool=None, saved_as="Gone")
    subscriber = make_subscriber(only_bookmarks=True, reader=reader)

    assert digest_filters_of([subscriber])[subscriber.pk].tools == frozenset()


def test_who_wants_only_bookmarks_and_was_forgotten_gets_nothing_and_not_everything():
    make_reader(make_tool())
    subscriber = make_subscriber(only_bookmarks=True)

    assert digest_filters_of([subscriber]) == {subscriber.pk: DigestFilter(tools=frozenset())}


def test_who_wants_no_bookmarks_only_is_not_asked_for_them():
    subscriber = make_subscriber(reader=make_reader(make_tool()))

    assert digest_filters_of([subscriber]) == {subscriber.pk: EVERYTHING}


@pytest.mark.parametrize("each", [1, 3])
def test_any_number_is_two_queries(django_assert_num_queries, each):
    subscribers = []
    for _ in range(each):
        subscribers += [
            make_subscriber(),
            make_subscriber(categories=[make_category()]),
            make_subscriber(only_bookmarks=True, reader=make_reader(make_tool())),
        ]

    with django_assert_num_queries(2):
        choices = digest_filters_of(subscribers)

    assert len(choices) == 3 * each
