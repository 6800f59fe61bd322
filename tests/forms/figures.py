"""The figures of a tool, a comparison and a ranking, in the precision of the page: what every form of them has to say.

A form is what the site answers with: HTML, JSON, Markdown, or over MCP. A reader of a form has `tool(slug)`, `comparison(*slugs)` and
`ranking(ranking, category)`, which return these.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Review:
    reviewer: str
    revision: int
    is_current: bool
    score: int
    verdict: str
    basis: str
    tested_version: str
    reviewed_on: date
    # Of the current one: when it was last checked again, and still stood.
    confirmed_on: date | None
    reason: str


@dataclass(frozen=True)
class Fact:
    kind: str
    text: str
    source_url: str
    observed_on: date


@dataclass(frozen=True)
class Community:
    """The share and its interval, in whole percent, are None below the number of votes that a rank takes."""

    ships: int
    skips: int
    held: int
    ship_percent: int | None
    interval: tuple[int, int] | None


@dataclass(frozen=True)
class Tool:
    name: str
    tagline: str
    best_for: str
    skip_if: str
    pricing: str
    entry: str
    verdict: str
    ships: int
    reviews: int
    ship_percent: int | None
    score: str | None
    spread: int | None
    community: Community
    facts: tuple[Fact, ...]
    # The current reviews in panel order, each followed by the earlier ones of its reviewer, the newest first.
    scorecard: tuple[Review, ...]


@dataclass(frozen=True)
class Difference:
    reviewer: str
    # Of the first tool minus the second.
    points: int


@dataclass(frozen=True)
class Pair:
    """A paired result, from the side of the first tool; figures with one decimal."""

    mean: str
    interval: tuple[str, str] | None
    prefer_first: int
    prefer_second: int
    both: int
    either: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Comparison:
    tools: tuple[str, ...]
    bottom_line: str
    robustness: str
    pick: str | None
    differing: tuple[str, ...]
    # Those that at least one reviewer scored both of.
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Rank:
    rank: int
    is_shared: bool
    tool: str
    # What the table prints in the columns of the ranking.
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    among: int
    ranks: tuple[Rank, ...]
