"""CycloneDX, a bill of materials (ECMA-424), as JSON: the package URLs of its components, at every depth."""

from collections.abc import Iterator
from typing import Any

from stack.manifests.manifest import LONGEST_NAME, Manifest
from tools.package_urls import normalised

LABEL = "CycloneDX SBOM"
MOST_SLASHES = 12  # packageurl works on each part


def is_cyclonedx(document: dict[str, Any]) -> bool:
    return document.get("bomFormat") == "CycloneDX"


def read_cyclonedx(document: dict[str, Any]) -> Manifest:
    """Raises TooManyPackages."""
    manifest = Manifest(LABEL)
    manifest.add_all(_package(component) for component in _components(document))
    return manifest


def _components(parent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The JSON was read with a limit of depth."""
    components = parent.get("components")
    for component in components if isinstance(components, list) else []:
        if isinstance(component, dict):
            yield component
            yield from _components(component)


def _package(component: dict[str, Any]) -> str | None:
    url = component.get("purl")
    if not isinstance(url, str):
        return None
    url = url.partition("?")[0]  # what follows is no part of the name
    if len(url) > LONGEST_NAME or url.count("/") > MOST_SLASHES:
        return None
    try:
        return normalised(url)
    except ValueError:
        return None
