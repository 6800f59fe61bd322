"""Text of others in a Markdown document of ours (CommonMark, and the tables of GitHub Flavored Markdown)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from markdown_it import MarkdownIt
from mdformat.renderer import MDRenderer

from web.markdown import KEPT_LENGTH, KEPT_TEXTS

# What begins a construct anywhere in a line: a backslash, code, emphasis, links, tags, cells and strikethrough.
_ANYWHERE = re.compile(r"[\\`*\[\]<|~]")
# An underscore between two letters or digits is text, as in "context_window".
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")
# What begins a block at the start of a line: headings, quotes, lists, rules and underlines of headings.
_BLOCK = re.compile(r"^(?:(?=#{1,6}(?:\s|$))|(?=>)|(?=[-+](?:\s|$))|(?=[-=]+$))")
_CLOSING = re.compile(r"(?<=\s)(?=#+$)")  # of a heading
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_SAFE_IN_URL = "/#%[]=:;$&+,!?*@'~"
# As on pages: tags are text, and no image is shown.
_parser = MarkdownIt("commonmark", {"html": False}).disable("image")
_OPTIONS = {"parser_extension": [], "mdformat": {}, **_parser.options}


def one_line(text: str) -> str:
    return " ".join(text.split())


def escape_markdown(text: str) -> str:
    """Return `text` as one line that a Markdown parser reads as this text and nothing else."""
    line = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    line = _UNDERSCORE.sub(r"\\_", line)
    line = _CHARACTER_REFERENCE.sub(r"\\&", line)
    line = _CLOSING.sub(r"\\", line)
    return _NUMBERED.sub(r"\1\\", _BLOCK.sub(r"\\", line))


def link_destination(url: str) -> str:
    """Return a URL as the destination of a Markdown link."""
    return _CHARACTER_REFERENCE.sub("&amp;", quote(url, safe=_SAFE_IN_URL))


def quote_markdown(text: str) -> str:
    """Return `text` (Markdown, untrusted) as a block quote in which no construct is left open.

    It is parsed and written again, so that a link does not depend on a definition elsewhere in the document.
    """
    return _quote_kept(text) if len(text) <= KEPT_LENGTH else _quote(text)


def _quote(text: str) -> str:
    try:
        # With the line feed: the renderer puts the end of an open code block behind its last line.
        written = MDRenderer().render(_parser.parse(f"{text}\n", {}), _OPTIONS, {})
    except RecursionError:  # from some hundred levels of emphasis on: show the source
        written = "\n".join(map(escape_markdown, text.splitlines()))
    return "\n".join(f"> {line}".rstrip() for line in written.strip().splitlines())


_quote_kept = lru_cache(maxsize=KEPT_TEXTS)(_quote)


def tidy_markdown(document: str) -> str:
    """Return what a template printed without the spaces and blank lines that its tags left.

    Quoted lines, which begin with ">", stay as they are: they hold code of others.
    """
    lines: list[str] = []
    for line in document.splitlines():
        line = line if line.startswith(">") else line.strip()
        if line or (lines and lines[-1]):
            if _continues(line, lines):
                lines.pop()
            lines.append(line)
    return "\n".join(lines).strip() + "\n"


def _continues(line: str, lines: Sequence[str]) -> bool:
    """Return whether only a blank line is between this row or item and the one before."""
    is_after_blank = len(lines) > 1 and not lines[-1]
    return is_after_blank and line[:2] in {"- ", "| "} and lines[-2][:2] == line[:2]
