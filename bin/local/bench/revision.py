"""The revisions of the code that are measured."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bin.local.places import ROOT
from bin.local.terminal import Problem, say


@contextmanager
def worktree(revision: str, folder: Path) -> Iterator[Path]:
    """Yield a folder with the code of `revision`, which is removed afterwards."""
    path = folder / "revision"
    commit = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if not commit:
        raise Problem(
            f'"{revision}" is no revision of this repository: give a commit, a branch or a tag.'
        )
    _git("worktree", "remove", "--force", str(path))  # of a run that was killed
    _git("worktree", "add", "--detach", str(path), commit)
    try:
        if (path / "requirements.txt").read_bytes() != (ROOT / "requirements.txt").read_bytes():
            say(f"{revision} has other requirements: it is measured with those of this folder.")
        yield path
    finally:
        _git("worktree", "remove", "--force", str(path))


def describe(root: Path) -> str:
    """Return a short hash, with "+" if there are changes that are not committed; "" outside of git."""
    commit = _git("rev-parse", "--short", "HEAD", root=root)
    return commit + (
        "+" if _git("status", "--porcelain", "--untracked-files=no", root=root) else ""
    )


def _git(*arguments: str, root: Path = ROOT) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    return done.stdout.strip()
