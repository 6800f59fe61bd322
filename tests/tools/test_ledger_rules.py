"""What the database refuses of the change log and of a withdrawn tool."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import make_fact_kind, make_tool
from tools.models import Tool

pytestmark = pytest.mark.django_db

STATUS = {"status": "active", "date": None}
REFUSED = [
    ("ledger_publication_carries_the_state", {"kind": "added"}),
    ("ledger_publication_carries_the_state", {"kind": "restored", "new": {}}),
    ("ledger_withdrawal_has_a_reason", {"kind": "withdrawn"}),
    ("ledger_withdrawal_has_a_reason", {"kind": "withdrawn", "new": 1, "reason": "So."}),
    ("ledger_review_is_referenced", {"kind": "reviewed", "new": {}}),
    ("ledger_review_is_referenced", {"kind": "pricing", "new": "$1", "review_id": 1}),
    ("ledger_fact_has_its_kind", {"kind": "fact", "new": {}}),
    ("ledger_category_has_both_sides", {"kind": "category"}),
    ("ledger_status_has_both_sides", {"kind": "status", "new": STATUS}),
    ("ledger_change_has_a_side", {"kind": "pricing"}),
    ("ledger_correction_names_entry_and_reason", {"kind": "corrected", "reason": "So."}),
]


@pytest.mark.parametrize(("name", "fields"), REFUSED)
def test_an_entry_holds_what_its_kind_needs(name, fields):
    tool = make_tool()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        tool.ledger.create(**fields)


def test_only_a_fact_names_a_fact_kind():
    tool, kind = make_tool(), make_fact_kind()

    with pytest.raises(IntegrityError, match="ledger_fact_has_its_kind"):
        tool.ledger.create(kind="pricing", new="$1", fact_kind=kind)


def test_a_correction_needs_a_reason_and_other_kinds_correct_nothing():
    tool = make_tool()
    wrong = tool.ledger.create(kind="pricing", new="$1")

    for fields in [{"kind": "corrected"}, {"kind": "name", "new": "Ada", "reason": "So."}]:
        with (
            pytest.raises(IntegrityError, match="ledger_correction_names_entry_and_reason"),
            transaction.atomic(),
        ):
            tool.ledger.create(corrects=wrong, **fields)


def test_the_review_of_an_entry_exists():
    tool = make_tool()

    with pytest.raises(IntegrityError, match="ledger_entry_names_a_review"), transaction.atomic():
        tool.ledger.create(kind="reviewed", new={}, review_id=999_999)
        connection.check_constraints()


def test_a_tool_is_not_both_published_and_withdrawn():
    make_tool()

    with pytest.raises(IntegrityError, match="tool_is_not_both_published_and_withdrawn"):
        Tool.objects.update(withdrawn_at=datetime(2026, 1, 1, tzinfo=UTC))
