"""Static files in production: minified, with a hash of their content in the name, and compressed once."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from rcssmin import cssmin
from whitenoise.storage import (  # type: ignore[import-untyped]  # annotates against django-stubs
    CompressedManifestStaticFilesStorage,
)

BUNDLE = "css/site.css"
IMPORT = re.compile(r'@import url\("(?P<name>[^"]+)"\)(?: (?P<media>[^;]+))?;')

# {name: (the storage that has the source, its path there)}
type Sources = dict[str, tuple[Any, str]]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Replaces the imports of `css/site.css` by the text of the stylesheets.

    A browser fetches imported stylesheets only after the one that imports them. In development they stay
    apart, so that a developer tool names the file of a rule.
    """

    def post_process(
        self, paths: Sources, dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str | None, Any]]:
        if not dry_run and BUNDLE in paths:
            text = cssmin(bundle(BUNDLE, paths))
            self.delete(BUNDLE)
            self._save(BUNDLE, ContentFile(text.encode()))
            paths = paths | {BUNDLE: (self, BUNDLE)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundle(name: str, paths: Sources) -> str:
    """Return the stylesheet `name` with the text of what it imports from its own folder."""

    def imported(match: re.Match[str]) -> str:
        text = _read(str(PurePosixPath(name).with_name(match["name"])), paths)
        return f"@media {match['media']} {{{text}}}" if match["media"] else text

    return IMPORT.sub(imported, _read(name, paths))


def _read(name: str, paths: Sources) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
