"""What the documents name exists: a path, a command, a module, the target of a link."""

import ast
import re
from pkgutil import resolve_name

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = settings.BASE_DIR
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
APPS = (
    "accounts|api|bookmarks|comparisons|config|dump|newsletter|pages|reviews|stack|tools|votes|web"
)
IN_DOCUMENTS = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)
# {name: default}, as the tables of docs/settings.md say it; "" for what production needs.
DEFAULTS = dict(
    re.findall(
        r"^\| `([A-Z_]+)` \| (?:([^|]*) \| )?[^|]*\|$",
        (ROOT / "docs/settings.md").read_text(),
        re.MULTILINE,
    )
)
# Read by deploy/gunicorn.conf.py, and those that the changelog replaces.
OTHER_SETTINGS = {"WEB_BIND", "WEB_WORKERS", "WEB_THREADS"} | {
    "BOTTOM_LINE_LEAD_SHARE",
    "PAGE_CACHE_ENTRIES",
}
# Made by the programs in bin/, not part of a clone.
NOT_IN_A_CLONE = (".venv", ".local", ".staticfiles")


def found_in(document, pattern):
    return re.findall(pattern, document.read_text())


def defaults_in_settings():
    """Return {name: default} of the environment variables that config/settings.py gives a literal default."""
    found = {}
    for call in ast.walk(ast.parse((ROOT / "config/settings.py").read_text())):
        match call:
            case ast.Call(
                ast.Attribute(ast.Name("env")), [ast.Constant(name), ast.Constant(value)]
            ):
                found[name] = value
            case ast.Call(ast.Attribute(ast.Name("env")), [ast.Constant(name), ast.List([])]):
                found[name] = ""
            case ast.Call(ast.Name("room"), [ast.Constant(name), at_once, per_hour]):
                found[f"{name}_AT_ONCE"] = ast.literal_eval(at_once)
                found[f"{name}_PER_HOUR"] = ast.literal_eval(per_hour)
    return found


def is_said(text, default):
    """Whether the words of the table say the default of the code."""
    if isinstance(default, bool):
        return text == ("on" if default else "off")
    return text in ({"none", "empty"} if default == "" else {str(default)})


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


def headings(document):
    """Return the anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.DOTALL | re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


@IN_DOCUMENTS
def test_links_lead_to_headings(document):
    links = found_in(document, r"\]\((?!https?:)([^)#]*)#([^)]+)\)")

    missing = [
        (file, anchor)
        for file, anchor in links
        if anchor not in headings(document.parent / file if file else document)
    ]
    assert missing == []


def is_constant(name):
    """Whether a module of the site defines it."""
    modules = (path for app in APPS.split("|") for path in (ROOT / app).rglob("*.py"))
    return any(re.search(rf"^{name} = ", path.read_text(), re.MULTILINE) for path in modules)


@IN_DOCUMENTS
def test_settings_exist(document):
    named = set(found_in(document, r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`"))
    families = set(found_in(document, r"`([A-Z_]+_)\*`"))

    unknown = named - set(DEFAULTS) - OTHER_SETTINGS
    assert {name for name in unknown if not is_constant(name)} == set()
    assert {
        each for each in families if not any(name.startswith(each) for name in DEFAULTS)
    } == set()


def test_settings_have_the_documented_defaults():
    read = defaults_in_settings()

    compared = {name: text for name, text in DEFAULTS.items() if text and name in read}
    assert len(compared) > 80
    assert {
        name: (default, read[name])
        for name, default in compared.items()
        if not is_said(default, read[name])
    } == {}


@IN_DOCUMENTS
def test_management_commands_exist(document):
    commands = found_in(document, r"(?:manage\.py|bin/manage) ([a-z_]+)")

    assert set(commands) - set(get_commands()) == set()


@IN_DOCUMENTS
def test_modules_and_what_they_define_exist(document):
    for name in found_in(document, rf"`((?:{APPS})(?:\.\w+)+)`"):
        resolve_name(name)
