"""package.json of npm: the four kinds of dependencies that name packages."""

from collections.abc import Iterator
from typing import Any

from stack.manifests.manifest import LONGEST_NAME, Manifest
from tools.package_urls import package_url

LABEL = "package.json"
SECTIONS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]
# Packages of one's own, which no registry has.
LOCAL = ("file:", "link:", "workspace:", "portal:")


def is_package_json(document: dict[str, Any]) -> bool:
    return any(name in document for name in [*SECTIONS, "name", "devEngines", "scripts"])


def read_package_json(document: dict[str, Any]) -> Manifest:
    """Raises TooManyPackages."""
    manifest = Manifest(LABEL)
    for section in SECTIONS:
        manifest.add_all(_packages(document.get(section)))
    return manifest


def npm_package(name: str) -> str | None:
    """Return the package URL of a name such as "@langchain/core", or None if it is none."""
    scope, _, bare = name.rpartition("/")
    if len(name) > LONGEST_NAME or "/" in scope:
        return None
    try:
        return package_url("npm", bare, scope or None)
    except ValueError:
        return None


def _packages(dependencies: Any) -> Iterator[str | None]:
    for name, version in dependencies.items() if isinstance(dependencies, dict) else ():
        text = version if isinstance(version, str) else ""
        if text.startswith(LOCAL):
            yield None
        elif text.startswith("npm:"):  # another package under this name: npm:name@^1.2
            yield npm_package(text[4:5] + text[5:].partition("@")[0])
        else:
            yield npm_package(name)
