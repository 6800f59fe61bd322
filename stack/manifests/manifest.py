"""What a list of dependencies names: the result of reading one, whatever its format."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_PACKAGES = 5_000
# Of one name, with its scope or path; npm allows 214 characters.
LONGEST_NAME = 250


class TooManyPackages(Exception):
    """A manifest names more than MOST_PACKAGES packages, or has as many entries that name none."""


@dataclass
class Manifest:
    """The packages that a file of the format `label` names, as package URLs, each once."""

    label: str
    # {package URL: None}, in the order of the file.
    packages: dict[str, None] = field(default_factory=dict)
    # How many dependencies have no name that could be looked up, such as a folder or an option.
    skipped: int = 0

    def add(self, url: str | None) -> None:
        """Add a package; None is a dependency without a name. Raises TooManyPackages."""
        if url is None:
            self.skipped += 1
        else:
            self.packages[url] = None
        if max(len(self.packages), self.skipped) > MOST_PACKAGES:
            raise TooManyPackages

    def add_all(self, urls: Iterable[str | None]) -> None:
        for url in urls:
            self.add(url)
