"""The catalogue as a folder of files, for an editor and for pull requests: one file a tool, category, fact kind or reviewer.

    catalog.json, search_synonyms.json
    categories/SLUG.json, fact_kinds/SLUG.json, reviewers/SLUG.json, tools/SLUG.json

A file holds what the same row of a catalogue file holds (docs/catalog.md). They are read as one catalogue file, made
of their texts, so that every check is that of the import.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from tqdm import tqdm

from reviews.catalog.document import LIMITS
from reviews.catalog.exporting import FORMAT, build_head, tool_rows
from reviews.catalog.importing import import_file
from reviews.catalog.rows import ImportSummary
from reviews.catalog.tree_places import ENCODING, HEAD, SYNONYMS, JoinedFiles
from web.json_document import BadDocument, parse
from web.json_path import line_of

MOST_BYTES = 4 * LIMITS.characters
FOLDERS = ("categories", "fact_kinds", "reviewers", "tools")


def write_tree(folder: Path) -> int:
    """Write the whole catalogue into `folder`, and delete files of rows that it no longer has; return how many it has.

    Raises BadDocument for a folder that holds something else.
    """
    _refuse_other_folder(folder)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    head = build_head()
    _write(folder / HEAD, {"format": FORMAT})
    _write(folder / SYNONYMS, head["search_synonyms"])
    written = {_write_row(folder, name, row) for name in FOLDERS[:-1] for row in head[name]}
    written |= {_write_row(folder, "tools", row) for row in tool_rows()}
    for name in FOLDERS:
        for path in (folder / name).glob("*.json"):
            if path not in written:
                path.unlink()
    return len(written)


@transaction.atomic
def import_tree(folder: Path, bar: tqdm | None = None) -> ImportSummary:
    """Import the files in `folder`: all of them, or nothing. Raises BadDocument."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="\n", suffix=".json") as file:
        tree = CatalogTree(folder)
        tree.join(file)
        file.flush()
        try:
            summary = import_file(file.name, bar)
        except BadDocument as bad:
            words = (tree.joined.in_its_file(problem) for problem in bad.problems)
            raise BadDocument([*tree.problems, *words]) from bad
        if tree.problems:
            raise BadDocument(tree.problems)
        return summary


@transaction.atomic
def check_tree(folder: Path) -> list[str]:
    """Return what is wrong with the files in `folder`, as an import would say it, and change nothing."""
    try:
        with transaction.atomic():
            import_tree(folder)
    except BadDocument as bad:
        return list(bad.problems)
    finally:
        transaction.set_rollback(True)
    return []


@dataclass
class CatalogTree:
    """Joins the files into one, and knows which line of it is from which file."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    line: int = 1  # of the joined file

    def __post_init__(self) -> None:
        self.joined = JoinedFiles(self.folder)

    def join(self, out: IO[str]) -> None:
        """Write the joined file. Files that are no JSON are left out, and `problems` says so."""
        self._check_what_else_is_there()
        head = self._read(self.folder / HEAD)
        self._add(out, "{")
        self._add(out, f'"format": {json.dumps(self._format(head))},')
        for name in FOLDERS:
            self._add(out, f'"{name}": [')
            self._add_rows(out, name)
            self._add(out, "],")
        self._add(out, '"search_synonyms":')
        self._add_file(out, self.folder / SYNONYMS, self._read(self.folder / SYNONYMS) or "[]")
        self._add(out, "}")

    def _format(self, head: str | None) -> Any:
        """Return the format that `head` names. Where it names none, `problems` says so, and the present one stands in."""
        named = json.loads(head) if head else {}
        if isinstance(named, dict) and "format" in named:
            return named["format"]
        if head:
            self.problems.append(f'{HEAD}, line 1: it names no "format".')
        return FORMAT

    def _add_rows(self, out: IO[str], name: str) -> None:
        between = ""
        for path in self._files(name):
            text = self._read(path)
            if text is None:
                continue
            self._check_name(path, text)
            if between:
                self._add(out, between)
            self._add_file(out, path, text)
            between = ","

    def _files(self, name: str) -> Iterator[Path]:
        """Yield the files of rows. `problems` says what stands beside them: it may be a row under a mistyped name."""
        for path in sorted((self.folder / name).glob("*")):
            if path.suffix == ".json":
                yield path
            elif not path.name.startswith("."):
                self.problems.append(
                    f"{path.relative_to(self.folder)}: only files named SLUG.json are read. Rename or remove it."
                )

    def _check_what_else_is_there(self) -> None:
        """Name JSON that is not read: it may stand under a mistyped name. A folder can hold other things beside it."""
        for path in sorted(self.folder.glob("[!.]*")):
            if path.name in (HEAD, SYNONYMS, *FOLDERS):
                continue
            if path.suffix == ".json" or (path.is_dir() and any(path.glob("*.json"))):
                names = ", ".join([*FOLDERS, HEAD])
                self.problems.append(
                    f"{path.name}: it is not read. Only {names} and {SYNONYMS} are. Rename or remove it."
                )

    def _check_name(self, path: Path, text: str) -> None:
        row = json.loads(text)
        slug = row.get("slug") if isinstance(row, dict) else None
        if isinstance(slug, str) and slug != path.stem:
            self.problems.append(
                f'{path.relative_to(self.folder)}, line {line_of(text, "slug")}: the slug is "{slug}". '
                f"Name the file {slug}.json."
            )

    def _read(self, path: Path) -> str | None:
        """Return the text of a file that is JSON; None for another one."""
        name = path.relative_to(self.folder)
        try:
            if refusal := self._refusal(path):
                self.problems.append(f"{name}: {refusal}")
                return None
            text = path.read_text(ENCODING)
            parse(text, LIMITS)
        except OSError as error:
            self.problems.append(f"{name}: it cannot be read: {error.strerror}.")
        except UnicodeDecodeError as error:
            self.problems.append(f"{name}: it is not UTF-8: byte {error.start} is wrong.")
        except BadDocument as bad:
            self.problems += [_at_line(str(name), problem) for problem in bad.problems]
        else:
            return text
        return None

    def _refusal(self, path: Path) -> str:
        """Say why a file must not be opened, or "": a link can lead out of the folder, a pipe or device has no end."""
        if path.is_symlink() or (path.parent != self.folder and path.parent.is_symlink()):
            return "it is a symbolic link. Replace it with the file."
        status = path.stat()
        if not (path.is_file() or path.is_dir()):
            return "it is not a regular file."
        if status.st_size > MOST_BYTES:
            return f"it has {status.st_size:,} bytes. At most {MOST_BYTES:,} are allowed."
        return ""

    def _add_file(self, out: IO[str], path: Path, text: str) -> None:
        self.joined.add(path, self.line)
        self._add(out, text.rstrip("\n"))

    def _add(self, out: IO[str], text: str) -> None:
        out.write(f"{text}\n")
        self.line += text.count("\n") + 1


def _at_line(name: str, problem: str) -> str:
    """Return "tools/ada.json, line 3: Not JSON: …"."""
    found = re.search(r" at line (\d+)", problem)
    return f"{name}, line {found[1] if found else 1}: {problem}"


def _write_row(folder: Path, name: str, row: dict[str, Any]) -> Path:
    path = folder / name / f"{row['slug']}.json"
    _write(path, row)
    return path


def _write(path: Path, value: Any) -> None:
    """Write a file that has other content, so that the times of the others stay. Nothing is written through a link."""
    if path.is_symlink():
        path.unlink()
    content = (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def _refuse_other_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BadDocument([f"{folder} is not a folder."])
    if folder.exists() and any(folder.iterdir()) and not (folder / HEAD).exists():
        raise BadDocument(
            [f"{folder} holds other files. Name an empty folder, or one with {HEAD}."]
        )
