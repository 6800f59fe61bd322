import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError

from reviews.actions import publish_tool
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool, correct_ledger, recorded_changes, unpublish_tool
from tools.ledger import collapsed, events
from tools.models import Fact, LedgerEntry

pytestmark = pytest.mark.django_db
FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)


def logged(tool):
    """The change log of a tool after its publication, oldest first, without its times."""
    entries = tool.ledger.exclude(kind="added").in_order()
    return list(entries.values_list("kind", "old", "new", "reason"))


def change(tool, reason="", **fields):
    for name, value in fields.items():
        setattr(tool, name, value)
    change_tool(tool=tool, reason=reason)


def test_publishing_is_recorded_once_with_the_whole_state():
    tool = make_tool(name="Ada", slug="ada", pricing="", published=False)
    kind = make_fact_kind("number")
    make_fact(tool, kind, 128000)
    publish_review(tool, make_reviewer(), 80)

    publish_tool(tool=tool)
    publish_tool(tool=tool)

    entry = tool.ledger.get()
    facts = entry.new.pop("facts")
    assert (entry.kind, entry.old, entry.new_category) == ("added", None, tool.category)
    assert entry.new == {
        "name": "Ada",
        "slug": "ada",
        "tagline": "Does one thing.",
        "entry": "free",
        "pricing": None,
        "best_for": "Those who need one thing.",
        "skip_if": "You need two.",
        "status": "active",
        "status_date": None,
        "verdict": "ship",
        "score": 80.0,
    }
    assert (list(facts), facts[str(kind.pk)]["value"]) == ([str(kind.pk)], 128000)


def test_every_changed_field_is_an_entry_in_codes_of_one_event():
    tool = make_tool(name="Ada", slug="ada", entry="free", pricing="$0", skip_if="Never.")

    change(
        tool,
        "New plans.",
        name="Ada 2",
        slug="ada-2",
        tagline="Two.",
        entry="open_source",
        pricing="$5 a month",
        best_for="All.",
        skip_if="",
    )

    assert logged(tool) == [
        ("name", "Ada", "Ada 2", "New plans."),
        ("slug", "ada", "ada-2", "New plans."),
        ("tagline", "Does one thing.", "Two.", "New plans."),
        ("entry", "free", "open_source", "New plans."),
        ("pricing", "$0", "$5 a month", "New plans."),
        ("best_for", "Those who need one thing.", "All.", "New plans."),
        ("skip_if", "Never.", None, "New plans."),
    ]
    assert tool.ledger.order_by().values("event").distinct().count() == 2


def test_a_changed_category_is_a_reference():
    tool, other = make_tool(), make_category()
    before = tool.category

    change(tool, category=other)

    entry = tool.ledger.get(kind="category")
    assert (entry.old_category, entry.new_category) == (before, other)
    assert (entry.old, entry.new) == (None, None)


def test_a_status_is_recorded_with_its_date_and_successor():
    successor, tool = make_tool(name="Bea"), make_tool()

    change(tool, status="discontinued", status_date="2026-01-01", successor=successor)
    change(tool, status_date=None)

    assert [entry[1:3] for entry in logged(tool)] == [
        ({"status": "active", "date": None}, {"status": "discontinued", "date": "2026-01-01"}),
        (
            {"status": "discontinued", "date": "2026-01-01"},
            {"status": "discontinued", "date": None},
        ),
    ]
    sides = tool.ledger.filter(kind="status").in_order()
    assert list(sides.values_list("old_successor", "new_successor")) == [
        (None, successor.pk),
        (successor.pk, successor.pk),
    ]


def test_facts_added_changed_and_removed_are_recorded():
    tool, kind = make_tool(), make_fact_kind("number")

    fact = make_fact(tool, kind, 5, observed_on="2026-01-01")
    with recorded_changes(tool.pk):
        Fact.objects.update(number="0.5", observed_on="2026-02-01")
    with recorded_changes(tool.pk):
        fact.delete()

    one = {"value": 5, "source_url": "https://source.example/", "observed_on": "2026-01-01"}
    other = one | {"value": 0.5, "observed_on": "2026-02-01"}
    assert [entry[:3] for entry in logged(tool)] == [
        ("fact", None, one),
        ("fact", one, other),
        ("fact", other, None),
    ]
    assert set(tool.ledger.filter(kind="fact").values_list("fact_kind", flat=True)) == {kind.pk}


def test_saving_a_tool_unchanged_records_nothing():
    tool = make_tool()

    change_tool(tool=tool)

    assert logged(tool) == []


def test_changes_of_a_draft_are_not_recorded():
    tool = make_tool(published=False)

    change(tool, name="Another")
    publish_review(tool, make_reviewer())

    assert tool.ledger.count() == 0


def test_a_scheduled_tool_that_changes_is_announced_as_it_is_now():
    tool = make_tool(name="Ada", published_at=FAR_AHEAD)
    publish_review(tool, make_reviewer(), 70)

    change(tool, name="Bea")

    entry = tool.ledger.get()
    assert (entry.kind, entry.new["name"], entry.new["score"]) == ("added", "Bea", 70.0)
    assert entry.at == FAR_AHEAD


def test_an_edit_neither_publishes_nor_hides():
    tool = make_tool()
    at = tool.published_at

    tool.published_at = None
    change_tool(tool=tool)

    tool.refresh_from_db()
    assert tool.published_at == at


@pytest.mark.parametrize("write", [lambda rows: rows.update(new="?"), lambda rows: rows.delete()])
def test_an_entry_is_never_changed_or_deleted(write):
    make_tool()

    with pytest.raises(IntegrityError, match="cannot be changed or deleted"):
        write(LedgerEntry.objects.all())


def test_a_correction_is_a_new_entry_that_names_the_wrong_one():
    tool = make_tool()
    change(tool, pricing="$5")
    wrong = tool.ledger.get(kind="pricing")

    first = correct_ledger(entry=wrong, correction="$6", reason="Misread.")
    second = correct_ledger(entry=first, correction="$7", reason="Again.")

    assert logged(tool)[1:] == [
        ("corrected", "$5", "$6", "Misread."),
        ("corrected", "$6", "$7", "Again."),
    ]
    assert first.corrects == second.corrects == wrong


def test_a_tool_with_a_change_log_cannot_be_deleted():
    tool = make_tool()

    with pytest.raises(ProtectedError):
        tool.delete()


def test_withdrawing_needs_a_reason_and_is_recorded():
    tool = make_tool()

    with pytest.raises(ValidationError, match="say why"):
        unpublish_tool(tool=tool, reason=" ")
    unpublish_tool(tool=tool, reason="It was a copy.")

    assert logged(tool) == [("withdrawn", None, None, "It was a copy.")]
    assert tool.withdrawn_at and tool.published_at is None


def test_withdrawing_twice_records_once():
    tool = make_tool()

    unpublish_tool(tool=tool, reason="It was a copy.")
    unpublish_tool(tool=tool, reason="Again.")

    assert len(logged(tool)) == 1


def test_a_schedule_that_is_cancelled_leaves_nothing():
    tool = make_tool(published_at=FAR_AHEAD)

    unpublish_tool(tool=tool)

    tool.refresh_from_db()
    assert (tool.ledger.count(), tool.published_at, tool.withdrawn_at) == (0, None, None)


def test_publishing_again_records_what_changed_meanwhile_in_the_same_event():
    tool, reviewer = make_tool(pricing="$1"), make_reviewer()
    unpublish_tool(tool=tool, reason="It was a copy.")
    change(tool, pricing="$2")
    publish_review(tool, reviewer, 80)

    publish_tool(tool=tool)

    restored = tool.ledger.get(kind="restored")
    assert [entry[:3] for entry in logged(tool)[2:]] == [
        ("reviewed", None, {"score": 80, "verdict": "ship"}),
        ("pricing", "$1", "$2"),
        ("verdict", "none", "ship"),
        ("score", None, 80.0),
    ]
    assert tool.ledger.filter(event=restored.event).count() == 5
    assert tool.withdrawn_at is None


def test_a_withdrawn_tool_is_not_scheduled():
    tool = make_tool()
    unpublish_tool(tool=tool, reason="It was a copy.")

    with pytest.raises(ValidationError, match="at once"):
        publish_tool(tool=tool, at=FAR_AHEAD)


def test_the_change_log_of_a_withdrawn_tool_stays_public():
    tool = make_tool()

    unpublish_tool(tool=tool, reason="It was a copy.")

    assert [entry.kind for entry in LedgerEntry.objects.public()] == ["withdrawn", "added"]


def test_entries_of_one_action_are_one_event():
    tool = make_tool()
    change(tool, name="Bea", pricing="$5")

    newest, oldest = events(tool.ledger.public())

    assert [entry.kind for entry in newest.entries] == ["name", "pricing"]
    assert [entry.kind for entry in oldest.entries] == ["added"]


def test_what_went_and_came_back_is_one_change():
    tool = make_tool(pricing="$1")
    for pricing in ("$2", "$3", "$1"):
        change(tool, pricing=pricing)

    (pricing,) = collapsed(tool.ledger.public().filter(kind="pricing"))

    assert pricing.is_back
    assert [entry.new for entry in pricing.entries] == ["$2", "$3", "$1"]


def test_only_one_module_writes_entries():
    root = Path(settings.BASE_DIR)
    apps = ["accounts", "bookmarks", "newsletter", "pages", "reviews", "tools", "votes", "web"]
    modules = [path for app in apps for path in (root / app).rglob("*.py")]
    writers = {
        path.relative_to(root).as_posix()
        for path in modules
        if "migrations" not in path.parts and writes_entries(ast.parse(path.read_text()))
    }

    assert writers == {"tools/ledger.py"}


WRITING = {"create", "bulk_create", "get_or_create", "update_or_create", "update", "bulk_update"}
# The model as an argument of these is read, gets its admin, or gets a sequence beyond its ids.
READING = {"register", "get_object_or_404", "reset_sequences"}


def writes_entries(tree):
    """Whether a module makes rows of the model, or hands the model to what does."""
    return any(is_writing(node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def is_writing(call):
    function = ast.unparse(call.func)
    last = function.split(".")[-1]
    is_handed_on = any(ast.unparse(argument) == "LedgerEntry" for argument in call.args)
    of_entries = "LedgerEntry" in function or ".ledger." in function
    return (
        last == "LedgerEntry"
        or (last in WRITING and of_entries)
        or (is_handed_on and last not in READING)
    )
