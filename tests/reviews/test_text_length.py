import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import draft_review, make_category, make_reviewer, make_tool
from tests.newsletter.factories import make_issue
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


def rows():
    tool, reviewer = make_tool(published=False), make_reviewer()
    return {
        "tool": (tool, "description", 10_000),
        "category": (make_category(), "description", 2000),
        "reviewer": (reviewer, "bio", 5000),
        "review": (draft_review(tool, reviewer), "body", 20_000),
        "entry": (LedgerEntry(tool=tool, kind="name", new="A"), "reason", 1000),
        "issue": (make_issue(), "intro", 10_000),
    }


@pytest.mark.parametrize("name", ["tool", "category", "reviewer", "review", "entry", "issue"])
def test_a_text_has_a_length_that_the_database_holds(name):
    row, field, most = rows()[name]
    setattr(row, field, "é" * (most + 1))

    with pytest.raises(IntegrityError, match="has_a_length"), transaction.atomic():
        row.save()
    with pytest.raises(ValidationError, match=f"{most}|{most:,}"):
        row.full_clean()

    setattr(row, field, "é" * most)
    row.save()
