"""What the documents name exists: a path, a command, a module, the target of a link."""

import re
from pkgutil import resolve_name

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = settings.BASE_DIR
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
APPS = "accounts|bookmarks|comparisons|config|newsletter|pages|reviews|tools|votes|web"
IN_DOCUMENTS = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)
# Made by the programs in bin/, not part of a clone.
NOT_IN_A_CLONE = (".venv", ".local", ".staticfiles")


def found_in(document, pattern):
    return re.findall(pattern, document.read_text())


def test_the_documents_are_found():
    assert ROOT / "README.md" in DOCUMENTS
    assert ROOT / "docs/adr/0001-a-bottom-layer-for-http.md" in DOCUMENTS


@IN_DOCUMENTS
def test_paths_exist(document):
    paths = found_in(document, r"(?<![\w./<-])((?:[\w.-]+/)+[\w-]*(?:\.\w+)*)(?=[`\s),:;]|\.\s|$)")

    in_clone = {path for path in paths if not path.startswith(NOT_IN_A_CLONE)}
    named = {path for path in in_clone if (ROOT / path.split("/")[0]).is_dir()}
    assert {path for path in named if not (ROOT / path).exists()} == set()


@IN_DOCUMENTS
def test_links_lead_to_files(document):
    links = found_in(document, r"\]\((?!https?:|#)([^)#]+)")

    assert [link for link in links if not (document.parent / link).exists()] == []


@IN_DOCUMENTS
def test_management_commands_exist(document):
    commands = found_in(document, r"(?:manage\.py|bin/manage) ([a-z_]+)")

    assert set(commands) - set(get_commands()) == set()


@IN_DOCUMENTS
def test_modules_and_what_they_define_exist(document):
    for name in found_in(document, rf"`((?:{APPS})(?:\.\w+)+)`"):
        resolve_name(name)
