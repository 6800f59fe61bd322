"""The folder of a release: its code, packages and static files."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from bin.local.terminal import Problem, say, step
from bin.local.upgrade.installation import Installation, output_of

MANIFEST = "staticfiles.json"
COMPRESSED = ["", ".gz", ".br"]


def prepare(installation: Installation, tag: str) -> Path:
    """Return the folder of the release, complete. One that an interrupted upgrade left is made again."""
    release = installation.release(tag)
    complete = release / ".complete"
    if complete.exists():
        say(f"{tag} is installed in {release}.")
        return release
    with step(f"Fetching {tag}"):
        fetch(installation.repository, tag)
        shutil.rmtree(release, ignore_errors=True)
        unpack(installation.repository, tag, release)
    with step("Installing its packages"):
        make_environment(release)
    with step("Collecting its static files"):
        installation.manage(release, "collectstatic", "--noinput", "--verbosity=0", as_owner=True)
    complete.touch()
    return release


def fetch(repository: Path, tag: str) -> None:
    output_of(["git", "-C", repository, "fetch", "--quiet", "--tags", "origin"])
    try:
        output_of(["git", "-C", repository, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag}"])
    except Problem:
        raise Problem(
            f"there is no tag {tag} in {repository}. `git -C {repository} tag` lists them."
        ) from None


def unpack(repository: Path, tag: str, release: Path) -> None:
    release.mkdir(parents=True)
    archive = subprocess.run(
        ["git", "-C", repository, "archive", f"refs/tags/{tag}"], check=True, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x", "-C", release], check=True, input=archive.stdout)


def make_environment(release: Path) -> None:
    """Install the packages beside those of other releases, and compile the code, which its user cannot write to."""
    python = release / ".venv" / "bin" / "python"
    base = getattr(sys, "_base_executable", sys.executable)
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    options = ["--require-hashes", "--only-binary=:all:", "--requirement", "requirements.txt"]
    output_of([base, "-m", "venv", "--clear", release / ".venv"])
    output_of([python, *pip, *options], cwd=release)
    output_of([python, "-m", "compileall", "-q", "-x", r"\.venv", "."], cwd=release)


def share_static_files(source: Path, target: Path) -> None:
    """Link what pages of the release `source` name into `target`, so that a page that is still open finds its files.

    Names with a hash alone; what `source` itself took over is left out, so that nothing stays for ever.
    """
    folder = static_files(source)
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in set(manifest["paths"].values()):
        for ending in COMPRESSED:
            _link(folder / f"{name}{ending}", static_files(target) / f"{name}{ending}")


def static_files(release: Path) -> Path:
    return release / ".staticfiles"


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError, FileExistsError):
        os.link(source, target)


def delete_others(installation: Installation, kept: set[Path]) -> None:
    for release in installation.releases:
        if release not in kept:
            shutil.rmtree(release)
