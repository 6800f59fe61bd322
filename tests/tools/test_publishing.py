from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.actions import publish_tool
from tests.factories import make_tool
from tools.models import LedgerEntry, Tool

pytestmark = pytest.mark.django_db


def test_publishing_refuses_what_is_incomplete_and_says_what():
    tool = make_tool(published=False, website="", skip_if="")

    with pytest.raises(ValidationError, match="website, skip if missing"):
        publish_tool(tool=tool)

    assert list(Tool.objects.published()) == []


def test_drafts_and_future_tools_are_not_published():
    make_tool(published=False)
    scheduled = make_tool(published=False)
    shown = make_tool()

    publish_tool(tool=scheduled, at=timezone.now() + timedelta(hours=1))

    assert list(Tool.objects.published()) == [shown]
    assert [entry.tool for entry in LedgerEntry.objects.public()] == [shown]


@pytest.mark.parametrize(
    "name, monogram",
    [("Ada", "A"), ("Llama 4 Compact (12B)", "L4"), ("通义千问 (Qwen)", "通"), ("(ALLaM)", "(")],
)
def test_a_monogram_stands_for_a_name(name, monogram):
    assert Tool(name=name).monogram == monogram
