"""The command line of bin/bench."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path

CASES = {
    "home": "the home page",
    "directory": "the directory",
    "filter": "the directory with a category, an entry or a verdict",
    "search": "the directory with a search",
    "category": "a category",
    "tool": "a tool",
    "compare2": "a comparison of 2",
    "compare4": "a comparison of 4",
    "me": "/me/ without a cookie",
    "me-cookie": "/me/ of a reader with votes",
    "changes": "the change log of the whole site",
    "reviewer": "a reviewer",
    "alternatives": "the alternatives to a tool",
    "rankings": "the rankings",
    "feed": "the Atom feeds of all changes and of a tool",
    "picture": "the picture of a tool for shared links",
    "sitemap": "a sitemap of tools and comparisons",
    "suggest": "suggestions for the beginning of a word",
    "missing": "a 404 page with suggestions",
    "vote": "votes on many tools",
    "vote-hot": "votes on one tool",
}


def parse(arguments: Sequence[str] | None = None) -> Namespace:
    """Return the options. Exits with 2 and one line for wrong ones."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.compare and len(options.compare) > 2:
        parser.error("--compare takes one file, or two to compare them without measuring")
    if options.votes is not None and len(options.tools) > 1:
        parser.error("--votes goes with one number of --tools")
    return options


def make_parser() -> ArgumentParser:
    parser = ArgumentParser(
        "bin/bench",
        description="Measure pages and votes of the site as in production, beside a view that does nothing.",
    )
    cases = ", ".join(f"{name} ({text})" for name, text in CASES.items())
    add = parser.add_argument
    add(
        "--tools", nargs="+", type=positive, default=[1000], help="numbers of tools to measure with"
    )
    add("--votes", type=positive, help="number of votes; by default ten for each tool")
    add("--seconds", type=positive, default=3, help="seconds for each measurement; by default 3")
    add("--only", nargs="+", choices=CASES, metavar="CASE", help=f"among {cases}")
    add("--json", type=Path, metavar="FILE", help="write the results to this file")
    add(
        "--compare",
        nargs="+",
        type=existing_file,
        metavar="FILE",
        help="compare with FILE; with two files, compare them and measure nothing",
    )
    add("--at", metavar="REV", help="also measure this revision in the same run, and compare")
    add(
        "--with-votes",
        type=positive,
        default=0,
        metavar="N",
        help="cast N votes a second on other tools during the measurement",
    )
    add("--nginx", action="store_true", help="also measure hot pages through deploy/nginx.conf")
    return parser


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def existing_file(text: str) -> Path:
    if not Path(text).is_file():
        raise ArgumentTypeError(f"there is no file {text}")
    return Path(text)
