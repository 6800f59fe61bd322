import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from reviews import ledger_check
from reviews.actions import correct_review, publish_tool, reaffirm
from reviews.catalog.document import SCHEMA
from reviews.models import Reaffirmation
from tests.catalog import empty_the_database
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool, correct_ledger, unpublish_tool
from tools.models import SearchSynonym, Tool
from web.json_document import schema_problems

pytestmark = pytest.mark.django_db


def export(folder, name="out.json"):
    call_command("export_catalog", str(folder / name))
    return (folder / name).read_bytes()


def make_everything():
    tool = make_tool(slug="zeta", status="discontinued", successor=make_tool(name="通义", slug="b"))
    tool.slug = "ada"
    change_tool(tool=tool)
    reviewer = make_reviewer("Builder")
    publish_review(tool, reviewer, 80)
    again = publish_review(tool, reviewer, 40, "skip", reason="It broke.")
    reaffirm(review=again)
    Reaffirmation.objects.create(review=again, on=date(2026, 1, 2), on_behalf=True)
    correct_review(review=again, body="It broke, “x”\u2028y.")
    for value_type, value in [
        ("number", 0.5),
        ("number", 12),
        ("boolean", False),
        ("text", "“x”\u2028\u0085y"),
    ]:
        is_filter = value_type != "number"
        make_fact(tool, make_fact_kind(value_type, is_filter=is_filter), value)
    make_tool(published=False)
    make_tool(published_at=datetime(2999, 1, 1, tzinfo=UTC))
    tool.pricing, tool.category = "$5", make_category()
    change_tool(tool=tool, reason="New plans.")
    wrong = tool.ledger.get(kind="pricing")
    correct_ledger(entry=wrong, correction="$6", reason="Misread.")
    withdrawn = make_tool()
    unpublish_tool(tool=withdrawn, reason="A copy.")
    restored = make_tool()
    unpublish_tool(tool=restored, reason="A copy.")
    restored.name = "Another"
    change_tool(tool=restored)
    publish_tool(tool=restored)
    SearchSynonym.objects.create(term="rag", stands_for="retrieval")
    SearchSynonym.objects.create(term="LLM", stands_for="model", is_two_way=True)


def test_an_export_is_the_same_bytes_each_time(tmp_path):
    make_everything()

    assert export(tmp_path) == export(tmp_path, "again.json")


def test_an_export_is_of_the_documented_form(tmp_path):
    make_everything()

    assert schema_problems(json.loads(export(tmp_path)), json.loads(SCHEMA.read_text())) == []


def test_an_export_imports_into_an_empty_database_and_comes_out_the_same(tmp_path):
    make_everything()
    before = export(tmp_path)
    empty_the_database()

    call_command("import_catalog", str(tmp_path / "out.json"))

    assert Tool.objects.count() == 6
    assert list(ledger_check.differences()) == []
    assert export(tmp_path, "again.json") == before


def test_the_sample_catalogue_survives_the_way_there_and_back(tmp_path):
    call_command("import_catalog", str(Path(settings.BASE_DIR, "sample", "catalog.json")))
    before = export(tmp_path)
    empty_the_database()

    call_command("import_catalog", str(tmp_path / "out.json"))

    assert export(tmp_path, "again.json") == before


def test_an_empty_catalogue_is_a_document_too(tmp_path, capsys):
    call_command("export_catalog")

    assert json.loads(capsys.readouterr().out)["tools"] == []


def test_an_export_that_cannot_be_written_is_told_in_words(tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        export(tmp_path / "nowhere")


def test_drafts_of_reviews_stay_at_home(tmp_path):
    tool = make_tool()
    tool.reviews.create(reviewer=make_reviewer(), body="Half a thought")

    assert b"Half a thought" not in export(tmp_path)
