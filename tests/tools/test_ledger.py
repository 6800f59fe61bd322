import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from tests.factories import make_tool
from tools.actions import change_tool, correct_ledger, publish_tool, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


def told(tool):
    """The ledger of a tool, oldest first, without its times."""
    return list(tool.ledger.order_by("pk").values_list("kind", "old", "new", "reason"))


def test_publishing_is_written_down_once():
    tool = make_tool(name="Ada", published=False)

    publish_tool(tool=tool)
    publish_tool(tool=tool)

    assert told(tool) == [("published", "", "Ada", "")]


def test_a_change_that_readers_notice_is_written_down_in_their_words():
    tool = make_tool(name="Ada", entry="free", pricing="$0")

    tool.name, tool.entry, tool.pricing = "Ada 2", "paid", "$5 a month"
    change_tool(tool=tool, reason="New plans.")

    assert told(tool)[1:] == [
        ("renamed", "Ada", "Ada 2", "New plans."),
        ("entry_changed", "Free", "Paid", "New plans."),
        ("price_changed", "$0", "$5 a month", "New plans."),
    ]


def test_a_discontinued_tool_names_its_successor():
    successor = make_tool(name="Bea")
    tool = make_tool()

    tool.status, tool.successor = "discontinued", successor
    change_tool(tool=tool)

    assert told(tool)[1:] == [("status_changed", "Active", "Discontinued, use Bea", "")]


def test_the_ledger_does_not_name_a_successor_that_readers_cannot_see():
    tool = make_tool()

    tool.status, tool.successor = "discontinued", make_tool(name="Secret", published=False)
    change_tool(tool=tool)

    assert told(tool)[1:] == [("status_changed", "Active", "Discontinued", "")]


def test_saving_a_tool_unchanged_writes_nothing():
    tool = make_tool()

    change_tool(tool=tool)

    assert len(told(tool)) == 1


def test_changes_of_a_draft_are_nobodys_news():
    tool = make_tool(published=False)

    tool.name = "Another"
    change_tool(tool=tool)

    assert told(tool) == []


def test_an_edit_neither_publishes_nor_hides():
    tool = make_tool()
    at = tool.published_at

    tool.published_at = None
    change_tool(tool=tool)

    tool.refresh_from_db()
    assert tool.published_at == at


@pytest.mark.parametrize("write", [lambda rows: rows.update(new="?"), lambda rows: rows.delete()])
def test_a_ledger_row_is_never_changed_or_deleted(write):
    make_tool()

    with pytest.raises(IntegrityError, match="never changed or deleted"):
        write(LedgerEntry.objects.all())


def test_a_correction_is_a_new_row():
    tool = make_tool(name="Ada")
    wrong = tool.ledger.get()

    correct_ledger(entry=wrong, correction="Ada Pro", reason="Misspelt.")

    assert told(tool) == [
        ("published", "", "Ada", ""),
        ("corrected", "Ada", "Ada Pro", "Misspelt."),
    ]


def test_a_tool_with_a_ledger_cannot_be_deleted():
    tool = make_tool()

    with pytest.raises(ProtectedError):
        tool.delete()


def test_the_ledger_of_a_hidden_tool_is_hidden():
    tool = make_tool()
    shown = make_tool()

    unpublish_tool(tool=tool)

    assert [entry.tool for entry in LedgerEntry.objects.public()] == [shown]
