import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

# A new version of a dependency can change pages too.
FILES = ["requirements.txt"]
# What pages are made of besides the packages; a folder without code of ours is no package.
FOLDERS = ["static", "templates"]
NO_PAGES = {"tests"}


def fingerprint(base_dir: Path, release: str, printed: Mapping[str, object]) -> str:
    """Return 12 letters that identify the code below `base_dir`, `release` and the values that pages print.

    Only contents and names below `base_dir` count: a copy in another place has the same fingerprint.
    """
    digest = hashlib.sha256(f"{release}\n{sorted(printed.items())}\n".encode())
    for path in sorted(page_files(base_dir)):
        content = path.read_bytes()
        name = path.relative_to(base_dir).as_posix()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def version(base_dir: Path) -> str:
    """Return the version of the release below `base_dir`, such as "1.1.0"; its tag is "v1.1.0"."""
    project = tomllib.loads((base_dir / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def page_files(base_dir: Path) -> Iterator[Path]:
    packages = [path.parent for path in base_dir.glob("*/__init__.py")]
    folders = [path for path in packages if path.name not in NO_PAGES]
    for folder in [*folders, *(base_dir / name for name in FOLDERS)]:
        for path, _, names in folder.walk():
            if path.name != "__pycache__":
                yield from (path / name for name in names)
    yield from (path for name in FILES if (path := base_dir / name).exists())
