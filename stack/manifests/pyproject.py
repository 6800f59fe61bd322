"""pyproject.toml: the dependencies of a project (PEP 621), of its extras and groups (PEP 735), and Poetry's."""

import tomllib
from collections.abc import Iterator
from typing import Any

from stack.manifests.manifest import LONGEST_NAME, Manifest
from stack.manifests.requirements_txt import pypi_package
from tools.package_urls import package_url
from web.json_document import BadDocument

LABEL = "pyproject.toml"
MOST_CHARACTERS = 200_000
# tomllib takes time and memory by the square of the parts of a dotted name, and for each line below a
# table by the parts of that table's name.
MOST_DOTS_OF_TABLE = 20
MOST_SQUARED_DOTS = 500_000
TOO_MANY_DOTS = "The TOML has names with too many dots."


def read_pyproject(text: str) -> Manifest:
    """Raises BadDocument and TooManyPackages."""
    refuse_costly(text)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDocument([f"Not TOML: {error}."]) from error
    except (ValueError, RecursionError) as error:
        raise BadDocument(
            ["The TOML cannot be read: a number is too long, or values nest too deep."]
        ) from error
    manifest = Manifest(LABEL)
    manifest.add_all(_packages(document))
    return manifest


def refuse_costly(text: str) -> None:
    """Raise BadDocument for TOML that would take tomllib more than about a second."""
    if len(text) > MOST_CHARACTERS:
        raise BadDocument(
            [f"The TOML has {len(text):,} characters. At most {MOST_CHARACTERS:,} are allowed."]
        )
    squares = 0
    for line in text.split("\n"):
        dots = line.count(".")
        squares += dots**2
        if squares > MOST_SQUARED_DOTS or (
            dots > MOST_DOTS_OF_TABLE and line.lstrip().startswith("[")
        ):
            raise BadDocument([TOO_MANY_DOTS])


def _packages(document: dict[str, Any]) -> Iterator[str | None]:
    project = _table(document, "project")
    lists = [project.get("dependencies")]
    lists += _table(project, "optional-dependencies").values()
    lists += _table(document, "dependency-groups").values()
    for requirements in lists:
        yield from _of_requirements(requirements)
    poetry = _table(_table(document, "tool"), "poetry")
    tables = [poetry, *(_table(poetry, "group").values())]
    for table in tables:
        yield from _of_poetry(_table(table, "dependencies"))
    yield from _of_poetry(_table(poetry, "dev-dependencies"))


def _of_requirements(requirements: Any) -> Iterator[str | None]:
    """Includes of other groups are tables, whose packages are read there."""
    for requirement in requirements if isinstance(requirements, list) else []:
        if not isinstance(requirement, dict):
            yield pypi_package(requirement) if isinstance(requirement, str) else None


def _of_poetry(dependencies: dict[str, Any]) -> Iterator[str | None]:
    for name in dependencies:
        if name.lower() != "python":
            yield package_url("pypi", name) if 0 < len(name.strip()) <= LONGEST_NAME else None


def _table(value: Any, name: str) -> dict[str, Any]:
    """Return the table `name` of a table; an empty one where either is none."""
    table = value.get(name) if isinstance(value, dict) else None
    return table if isinstance(table, dict) else {}
