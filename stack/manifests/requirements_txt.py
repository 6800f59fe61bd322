"""requirements.txt: a requirement (PEP 508) per line, with the options and continued lines of pip."""

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement

from stack.manifests.manifest import LONGEST_NAME, Manifest
from tools.package_urls import package_url
from web.json_document import BadDocument

LABEL = "requirements.txt"
COMMENT = re.compile(r"(?:^|\s)#.*")
CONTINUED = re.compile(r"\\\r?\n")
OPTION = re.compile(r"\s--?[a-z].*")  # after a requirement: --hash=…
# Without comments, hashes and environment markers: packaging takes some 5 µs for each character.
MOST_CHARACTERS = 200_000
TOO_LONG = f"The requirements have more than {MOST_CHARACTERS:,} characters besides hashes and comments. Send a part of them."


def read_requirements(text: str) -> Manifest:
    """Raises BadDocument and TooManyPackages."""
    manifest = Manifest(LABEL)
    manifest.add_all(pypi_package(line) for line in _lines(text))
    return manifest


def pypi_package(requirement: str) -> str | None:
    """Return the package URL of a requirement (PEP 508), or None if it is none."""
    try:
        name = Requirement(_without_marker(requirement)).name
    except InvalidRequirement:
        return None
    return package_url("pypi", name) if len(name) <= LONGEST_NAME else None


def _lines(text: str) -> Iterator[str]:
    """Yield each line once, without its comment and without the options that follow a requirement."""
    seen = {""}
    characters = 0
    for written in dict.fromkeys(CONTINUED.sub(" ", text).splitlines()):
        line = _without_marker(OPTION.sub("", COMMENT.sub("", written)))
        if line not in seen:
            seen.add(line)
            characters += len(line)
            if characters > MOST_CHARACTERS:
                raise BadDocument([TOO_LONG])
            yield line


def _without_marker(requirement: str) -> str:
    """A marker says where a package is needed, and costs most of the time to parse."""
    return requirement.partition(";")[0].strip()
