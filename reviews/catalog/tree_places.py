"""In which file of a catalogue folder, and on which line, is what a sentence of the import is about."""

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from web.json_path import line_of

HEAD, SYNONYMS = "catalog.json", "search_synonyms.json"
ENCODING = "utf-8-sig"  # some editors begin a file with a byte order mark
# As the import begins its sentences. First the line of the row, its list and place, its slug, a path within it.
BY_LINE = re.compile(
    r'Line (?P<line>\d+), (?P<list>\w+)\[\d+\](?: "[^"]*")?(?:: |:? ?)(?P<path>[\w.]+(?:\[\d+\](?: "[^"]*":)?\.?\w*)*)?'
)
BY_SLUG = re.compile(r'(?P<list>\w+) "(?P<slug>[\w-]+)": (?P<path>\w+)')
BY_VALUE = re.compile(r'(?P<list>\w+): (?P<words>the (?P<field>slug|name) "(?P<value>.*)" occurs )')
BY_EVENT = re.compile(r"(?P<path>ledger): (?P<words>the event (?P<value>[\w-]+) is used)")
EVENT = re.compile(r'"event":\s*"([^"]+)"')


@dataclass(eq=False)
class JoinedFiles:
    """The files that were joined into one, and where each begins."""

    folder: Path
    starts: list[int] = field(default_factory=list)  # lines of the joined file, from 1
    files: list[Path] = field(default_factory=list)

    def add(self, path: Path, line: int) -> None:
        self.starts.append(line)
        self.files.append(path)

    def in_its_file(self, problem: str) -> str:
        """Return a sentence of the import with the name of the file, and the line in it, instead of those of the joined one."""
        kinds: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (BY_LINE, self._by_line),
            (BY_SLUG, self._by_slug),
            (BY_VALUE, self._by_value),
            (BY_EVENT, self._by_event),
        ]
        for pattern, placed in kinds:
            if found := pattern.match(problem):
                return placed(found)
        return f"{HEAD}, line 1: {problem}" if problem.startswith("format: ") else problem

    def _by_line(self, found: re.Match[str]) -> str:
        place = bisect_right(self.starts, int(found["line"])) - 1
        path, line = self.files[place], int(found["line"]) - self.starts[place] + 1
        if path.name != SYNONYMS and found["path"]:
            line = line_of(path.read_text(ENCODING), found["path"])
        rest = found.string[found.start("path") if found["path"] else found.end() :]
        return self._placed(path, line, rest.lstrip(": "))

    def _by_slug(self, found: re.Match[str]) -> str:
        path = self.folder / found["list"] / f"{found['slug']}.json"
        if not path.is_file():
            return found.string
        line = line_of(path.read_text(ENCODING), found["path"])
        return self._placed(path, line, found.string[found.start("path") :])

    def _by_value(self, found: re.Match[str]) -> str:
        paths = self._with_value(found["list"], found["field"])[found["value"]]
        return self._in_several(paths, found, f'"{found["field"]}"')

    def _by_event(self, found: re.Match[str]) -> str:
        return self._in_several(self._with_event[found["value"]], found, f'"{found["value"]}"')

    def _in_several(self, paths: list[Path], found: re.Match[str], text: str) -> str:
        """Return the sentence with the first file and the line of a `text` in it, and with the names of the others."""
        if not paths:
            return found.string
        first, *others = paths
        content = first.read_text(ENCODING)
        also = f" Also in {', '.join(map(self._name, others))}." if others else ""
        rest = found.string[found.start("words") :] + also
        return self._placed(first, content.count("\n", 0, content.index(text)) + 1, rest)

    @cache  # noqa: B019 - it lives as long as one import
    def _with_value(self, name: str, column: str) -> dict[str, list[Path]]:
        """{value of a column: the files of the list `name` that have it}"""
        paths: dict[str, list[Path]] = defaultdict(list)
        for path in self.files:
            row = json.loads(path.read_text(ENCODING)) if path.parent.name == name else None
            if isinstance(row, dict) and isinstance(row.get(column), str):
                paths[row[column]].append(path)
        return paths

    @cached_property
    def _with_event(self) -> dict[str, list[Path]]:
        """{event: the files with entries of it}"""
        paths: dict[str, list[Path]] = defaultdict(list)
        for path in self.files:
            for event in dict.fromkeys(EVENT.findall(path.read_text(ENCODING))):
                paths[event].append(path)
        return paths

    def _placed(self, path: Path, line: int, words: str) -> str:
        return f"{self._name(path)}, line {line}: {words}"

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.folder))
