"""Package URLs as facts: how staff enter them, in the admin, by CSV and by JSON."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from reviews.catalog.importing import import_file
from tests.admin_client import make_staff, sign_in
from tests.factories import make_fact_kind, make_tool
from tests.tools.test_admin_csv import dry_run, errors, import_csv
from tools.facts import read_value
from tools.models import Fact
from tools.package_urls import normalised, read_package_urls
from web.json_document import BadDocument

pytestmark = pytest.mark.django_db
MESSAGE = (
    "“langchain” is not a package URL. Enter one like pkg:pypi/langchain or pkg:npm/langchain; "
    "separate several with spaces."
)


@pytest.fixture
def kind():
    return make_fact_kind("packages", name="Packages", slug="packages")


@pytest.fixture
def tool():
    return make_tool(slug="ada")


@pytest.mark.parametrize(
    "given, stored",
    [
        ("pkg:pypi/Lang.Chain__Extra@1.2?a=b#c", "pkg:pypi/lang-chain-extra"),
        ("pkg:npm/@LangChain/Core@1", "pkg:npm/%40langchain/core"),
        ("pkg:npm/%40langchain/core", "pkg:npm/%40langchain/core"),
        ("pkg:PyPI/vllm", "pkg:pypi/vllm"),
        ("pkg:golang/github.com/ollama/ollama@v1", "pkg:golang/github.com/ollama/ollama"),
    ],
)
def test_a_package_url_has_one_form(given, stored):
    assert normalised(given) == stored
    assert normalised(stored) == stored


def test_several_are_separated_by_spaces_commas_or_lines_and_stored_once():
    given = "pkg:pypi/a, pkg:npm/a@1\n pkg:pypi/A"

    assert read_package_urls(given) == "pkg:pypi/a pkg:npm/a"


@pytest.mark.parametrize(
    "text", ["langchain", "pkg:pypi/a langchain", "https://a.example", "pkg:/a", "pkg:"]
)
def test_other_texts_are_refused_in_words(kind, text):
    with pytest.raises(ValidationError) as refused:
        read_value(kind, text)

    assert "is not a package URL. Enter one like pkg:pypi/langchain" in refused.value.messages[0]


def test_as_many_characters_as_a_fact_holds_are_allowed(kind):
    assert len(read_value(kind, f"pkg:pypi/{'a' * 291}")) == 300
    with pytest.raises(ValidationError, match=r"have 301 characters\. At most 300 are allowed"):
        read_value(kind, f"pkg:pypi/{'a' * 292}")


def test_csv_stores_the_normalised_form_and_refuses_others(kind, tool):
    editor = sign_in(make_staff("Editor"))
    header = "tool,kind,value,source_url,observed_on"

    def line(value):
        return f"{header}\nada,packages,{value},https://a.example/,2025-01-01\n"

    refused = dry_run(editor, line("langchain"), "fact")
    import_csv(editor, line("pkg:PyPI/Lang_Chain@2"), "fact")

    assert any(MESSAGE in error for error in errors(refused))
    assert Fact.objects.get().value == "pkg:pypi/lang-chain"


@pytest.fixture
def import_value(tmp_path):
    """Import a catalogue file with a fact that has this value."""

    def run(value):
        file = tmp_path / "catalog.json"
        file.write_text(catalog(value))
        return import_file(str(file))

    return run


def catalog(value):
    fact = {
        "kind": "purls",
        "value": value,
        "source_url": "https://a.example/",
        "observed_on": "2025-01-01",
    }
    return json.dumps(
        {
            "format": "ship-or-skip/catalog/1",
            "categories": [{"slug": "c", "name": "C"}],
            "fact_kinds": [{"slug": "purls", "name": "P", "group": "G", "value_type": "packages"}],
            "reviewers": [],
            "tools": [{"slug": "bob", "name": "Bob", "category": "c", "facts": [fact]}],
        }
    )


def test_a_catalogue_file_is_normalised_and_comes_back_unchanged(import_value):
    summaries = [import_value(value) for value in ["pkg:PyPI/A_b@1", "pkg:pypi/a-b"]]

    assert Fact.objects.get().text == "pkg:pypi/a-b"
    assert [summary.of("facts").unchanged for summary in summaries] == [0, 1]


@pytest.mark.parametrize(
    "value, sentence",
    [
        ("langchain", f'tools[0] "bob": facts[0].value: {MESSAGE}'),
        (" ", 'tools[0] "bob": facts[0].value: there is no package URL'),
        (True, 'tools[0] "bob": facts[0].value: "purls" holds package URLs'),
    ],
)
def test_a_catalogue_file_with_another_text_is_refused(import_value, value, sentence):
    with pytest.raises(BadDocument) as bad:
        import_value(value)

    assert sentence.rstrip(".") in bad.value.problems[0]


def test_the_database_refuses_another_text(kind, tool):
    with pytest.raises(IntegrityError, match="fact_holds_the_value_of_its_type"):
        Fact.objects.create(tool=tool, kind=kind, text="langchain", source_url="https://a.example/")
