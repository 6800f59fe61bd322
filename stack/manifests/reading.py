"""Reads a list of dependencies of any of the formats, which it recognises by its content."""

import re
from typing import Any

from stack.manifests.cyclonedx import is_cyclonedx, read_cyclonedx
from stack.manifests.manifest import MOST_PACKAGES, Manifest, TooManyPackages
from stack.manifests.package_json import is_package_json, read_package_json
from stack.manifests.pyproject import read_pyproject
from stack.manifests.requirements_txt import read_requirements
from web.json_document import BadDocument, Limits, parse

MOST_BYTES = 2_000_000
JSON_LIMITS = Limits(characters=MOST_BYTES, values=200_000, depth=30)
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# A header of a table, or a dotted name at the top: no line of a requirements.txt begins so.
TOML = re.compile(
    r"^[ \t]*(?:\[|(?:project|dependency-groups|tool)[ \t]*\.[^\n=]{1,200}=)", re.MULTILINE
)

NOTHING_GIVEN = "Choose a file, or paste its content."
NOT_TEXT = "This is not UTF-8 text. Choose one of the files that this page names."
IS_UTF_16 = "This text is UTF-16. Save it as UTF-8 and send it again."
IS_XML = "This is XML, which this page does not read. Export the SBOM as CycloneDX in JSON."
IS_LOCK_FILE = "This is a lock file of npm. Choose the package.json beside it."
IS_SPDX = (
    "This is an SPDX document, which this page does not read. Export the SBOM as CycloneDX in JSON."
)
UNKNOWN_JSON = "This JSON is neither a package.json nor a CycloneDX SBOM."
NO_PACKAGE = "We read this as %(label)s and found no package in it."
TOO_MANY = (
    f"This names more than {MOST_PACKAGES:,} packages, or has more than {MOST_PACKAGES:,} lines that name none. "
    "Send a part of it."
)


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises BadDocument."""
    if content.startswith(UTF_16):
        raise BadDocument([IS_UTF_16])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDocument([NOT_TEXT]) from error


def read_manifest(text: str) -> Manifest:
    """Return the packages that `text` names, one at least. Raises BadDocument."""
    text = text.lstrip("\ufeff").strip()
    if not text:
        raise BadDocument([NOTHING_GIVEN])
    if "\0" in text:
        raise BadDocument([NOT_TEXT])
    try:
        manifest = _read(text)
    except TooManyPackages as error:
        raise BadDocument([TOO_MANY]) from error
    if not manifest.packages:
        raise BadDocument([NO_PACKAGE % {"label": manifest.label}])
    return manifest


def _read(text: str) -> Manifest:
    if text.startswith("{"):
        return _read_json(parse(text, JSON_LIMITS))
    if text.startswith("<"):
        raise BadDocument([IS_XML])
    return read_pyproject(text) if TOML.search(text) else read_requirements(text)


def _read_json(document: dict[str, Any]) -> Manifest:
    if is_cyclonedx(document):
        return read_cyclonedx(document)
    if "spdxVersion" in document:
        raise BadDocument([IS_SPDX])
    if "lockfileVersion" in document:
        raise BadDocument([IS_LOCK_FILE])
    if is_package_json(document):
        return read_package_json(document)
    raise BadDocument([UNKNOWN_JSON])
