"""Which packages a list of dependencies names, and what hostile ones are answered."""

import json

import pytest

from stack.manifests.manifest import MOST_PACKAGES
from stack.manifests.pyproject import TOO_MANY_DOTS
from stack.manifests.reading import (
    IS_LOCK_FILE,
    IS_SPDX,
    IS_UTF_16,
    IS_XML,
    NOT_TEXT,
    NOTHING_GIVEN,
    TOO_MANY,
    UNKNOWN_JSON,
    decoded,
    read_manifest,
)
from stack.manifests.requirements_txt import TOO_LONG
from web.json_document import BadDocument


def read(text):
    """Return (format, names of the packages, how many entries were left out)."""
    manifest = read_manifest(text if isinstance(text, str) else json.dumps(text))
    names = [url.removeprefix("pkg:") for url in manifest.packages]
    return manifest.label, names, manifest.skipped


def problem(text):
    with pytest.raises(BadDocument) as bad:
        read_manifest(text if isinstance(text, str) else json.dumps(text))
    (sentence,) = bad.value.problems
    return sentence


def test_requirements_are_read_without_versions_options_and_hashes():
    text = """\ufeff# Our site
LangChain[all]>=1.0,<2 ; python_version < "3.13"  # pinned
-r other.txt
--index-url https://pypi.example/simple
-e ./ours
litellm == 1.80.0 \\
    --hash=sha256:abc \\
    --hash=sha256:def
lang.chain_extra@https://example.org/a.whl
langchain
git+https://example.org/ours.git
"""

    assert read(text) == (
        "requirements.txt",
        ["pypi/langchain", "pypi/litellm", "pypi/lang-chain-extra"],
        4,
    )


def test_lines_of_windows_are_lines():
    assert read("vllm\r\nqdrant-client \\\r\n  --hash=sha256:a\r\n")[1:] == (
        ["pypi/vllm", "pypi/qdrant-client"],
        0,
    )


def test_pyproject_names_dependencies_extras_groups_and_those_of_poetry():
    text = """
[project]
dependencies = ["aider-chat>=0.8", "not a requirement !"]
[project.optional-dependencies]
extra = ["Instructor"]
[dependency-groups]
test = ["deepeval", {include-group = "other"}]
[tool.poetry.dependencies]
python = "^3.12"
crewAI = {version = "^1", optional = true}
[tool.poetry.group.dev.dependencies]
smolagents = "*"
[tool.poetry.dev-dependencies]
piper_tts = "*"
"""

    assert read(text) == (
        "pyproject.toml",
        [
            f"pypi/{name}"
            for name in [
                "aider-chat",
                "instructor",
                "deepeval",
                "crewai",
                "smolagents",
                "piper-tts",
            ]
        ],
        1,
    )


@pytest.mark.parametrize(
    "text",
    [
        "project.dependencies = ['vllm']",
        "dependency-groups.a = ['vllm']",
        "[project]\ndependencies=['vllm']",
    ],
)
def test_toml_is_recognised_however_its_tables_are_written(text):
    assert read(text) == ("pyproject.toml", ["pypi/vllm"], 0)


def test_values_of_another_type_in_toml_are_no_packages():
    text = (
        "tool.poetry = 3\nproject.dependencies = 'a'\ndependency-groups.x = [1, 'vllm', [], '']\n"
    )

    assert read(text) == ("pyproject.toml", ["pypi/vllm"], 3)


def test_package_json_names_four_kinds_of_dependencies():
    document = {
        "name": "ours",
        "dependencies": {
            "@LangChain/Core": "^1",
            "ours-too": "workspace:*",
            "old": "npm:@a/new@^2",
        },
        "devDependencies": {"promptfoo": "1"},
        "optionalDependencies": {"ollama": "1", "b": "npm:c"},
        "peerDependencies": {"ai": {"odd": 1}, "": "1", "a/b/c": "1"},
        "bundledDependencies": ["promptfoo"],
    }

    assert read(document) == (
        "package.json",
        [
            f"npm/{name}"
            for name in ["%40langchain/core", "%40a/new", "promptfoo", "ollama", "c", "ai"]
        ],
        3,
    )


def test_names_that_javascript_treats_specially_are_names_like_others():
    document = {"dependencies": {"__proto__": "1", "constructor": "1"}, "__proto__": {"a": 1}}

    assert read(document)[1] == ["npm/__proto__", "npm/constructor"]


def test_cyclonedx_names_components_at_every_depth():
    document = {
        "bomFormat": "CycloneDX",
        "components": [
            {"purl": "pkg:pypi/Lang_Chain@1.0?a=b#c", "components": [{"purl": "pkg:npm/%40a/b@2"}]},
            {"name": "without"},
            {"purl": "no package URL"},
            {"purl": 7},
            "no component",
            {"purl": "pkg:golang/github.com/ollama/ollama@v0.1"},
        ],
    }

    assert read(document) == (
        "CycloneDX SBOM",
        ["pypi/lang-chain", "npm/%40a/b", "golang/github.com/ollama/ollama"],
        3,
    )


@pytest.mark.parametrize("odd", [None, 1, "a", [], {}, [None], {"a": None}])
def test_values_of_another_type_in_json_are_no_packages(odd):
    for document in [
        {"bomFormat": "CycloneDX", "components": odd},
        {"dependencies": odd, "devDependencies": {"vllm": odd}},
    ]:
        manifest = json.dumps(document)
        try:
            assert set(read(manifest)[1]) <= {"npm/vllm", "npm/a"}
        except BadDocument as bad:
            assert bad.problems[0].endswith("found no package in it.")


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", NOTHING_GIVEN),
        ("\ufeff \n", NOTHING_GIVEN),
        ("a\0b", NOT_TEXT),
        ("-" * 1_000, "We read this as requirements.txt and found no package in it."),
        ("[project]\n", "We read this as pyproject.toml and found no package in it."),
        ("{", "Not JSON: Expecting property name enclosed in double quotes at line 1, column 2."),
        ("{}", UNKNOWN_JSON),
        ({"spdxVersion": "SPDX-2.3"}, IS_SPDX),
        ({"name": "ours", "lockfileVersion": 3}, IS_LOCK_FILE),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><bom/>', IS_XML),
        ("[project]\na = ", "Not TOML: Invalid value (at end of document)."),
        ("[project]\na = " + "1" * 5_000, "The TOML cannot be read: a number is too long, or values nest too deep."),
        ("[project]\na = " + "[" * 5_000, "The TOML cannot be read: a number is too long, or values nest too deep."),
        ('{"a": ' + "[" * 100 + "]" * 100 + "}", "The JSON nests more than 30 levels deep."),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_cannot_be_read_is_answered_in_words(text, sentence):
    assert problem(text) == sentence


@pytest.mark.parametrize(
    "content, sentence",
    [
        ("langchain".encode("utf-16"), IS_UTF_16),
        (b"\xfe\xff\x00a", IS_UTF_16),
        (b"\x89PNG\r\n\x1a\n", NOT_TEXT),
        (b"caf\xe9", NOT_TEXT),
    ],
)
def test_a_file_that_is_no_utf_8_is_refused(content, sentence):
    with pytest.raises(BadDocument) as bad:
        decoded(content)

    assert bad.value.problems == [sentence]


def test_as_many_packages_as_are_allowed_are_read_and_no_more():
    names = [f"p{n}" for n in range(MOST_PACKAGES + 1)]

    assert len(read("\n".join(names[1:]))[1]) == MOST_PACKAGES
    assert problem("\n".join(names)) == TOO_MANY
    assert problem({"dependencies": dict.fromkeys(names, "1")}) == TOO_MANY
    assert problem("\n".join(f"{name}!" for name in names)) == TOO_MANY


# Each would take the parser minutes, or all memory, without its limit.
@pytest.mark.parametrize(
    "text, sentence",
    [
        (".".join("a" * 50_000) + "=1\n[project]", TOO_MANY_DOTS),
        ("[project]\n" + "\n".join([".".join("a" * 100) + "=1"] * 60), TOO_MANY_DOTS),
        ("[" + ".".join("a" * 30) + "]\n", TOO_MANY_DOTS),
        ("[project]\n" + "\n" * 200_000 + "a=1", "The TOML has 200,013 characters. At most 200,000 are allowed."),
        ("\n".join(f"p{n}" + ",".join([">=1"] * 490) for n in range(200)), TOO_LONG),
        ('{"a":' + "[" * 200_001, "The JSON has 200,003 values. At most 200,000 are allowed."),
    ],
    ids=range(6),
)  # fmt: skip
def test_what_would_take_long_to_parse_is_refused_before(text, sentence):
    assert problem(text) == sentence


def test_markers_cost_nothing():
    marker = "(" * 300 + "os_name == 'x'" + ")" * 300

    assert len(read("\n".join(f"p{n}; {marker}" for n in range(1_000)))[1]) == 1_000
