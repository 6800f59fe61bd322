"""The digest of a period, built from the change log and the reviews.

A digest is stored as JSON. Of each highlight it holds a candidate per category, so that `filtered` makes
the digest of one subscriber from that of everybody without a database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from newsletter.digest import serialization
from newsletter.digest.changes import (
    changed_verdicts,
    includes_correction,
    new_verdicts,
    other_changes,
    status_changes,
)
from newsletter.digest.featured_pair import compared_pairs
from newsletter.digest.highlights import divisive, most_spread, widest_gaps
from newsletter.digest.items import (
    ChangedVerdict,
    ComparedPair,
    Divisive,
    Gap,
    NewVerdict,
    OtherChange,
    StatusChange,
    ToolName,
)
from newsletter.digest.ledger_history import read_record
from reviews.panel_at import scorecards_at

type NewsItem = ChangedVerdict | NewVerdict | StatusChange | OtherChange

# The parts that are news. The others are only sent together with news.
NEWS = ("changed", "new", "status", "other")


@dataclass(frozen=True)
class DigestFilter:
    """What a subscriber wants to read about, as primary keys; None: everything."""

    categories: frozenset[int] | None = None
    tools: frozenset[int] | None = None

    def includes(self, tool: ToolName) -> bool:
        return (self.categories is None or tool.category in self.categories) and (
            self.tools is None or tool.id in self.tools
        )

    def includes_category(self, tool: ToolName) -> bool:
        return self.categories is None or tool.category in self.categories


@dataclass(frozen=True)
class Digest:
    """All of `changed`, `new`, `status` and `other` is shown; of `comparisons`, `divisives` and `gaps` the best."""

    since: datetime
    until: datetime
    changed: tuple[ChangedVerdict, ...] = ()
    new: tuple[NewVerdict, ...] = ()
    status: tuple[StatusChange, ...] = ()
    other: tuple[OtherChange, ...] = ()
    comparisons: tuple[ComparedPair, ...] = ()
    divisives: tuple[Divisive, ...] = ()
    gaps: tuple[Gap, ...] = ()
    # The keys of the news that stands on top of the issue, before its parts.
    leads: tuple[str, ...] = ()
    # Whether the introduction is for all subscribers, also for those without news.
    is_announcement: bool = False
    # Whether any tool in the news is sample content, which the footer must say.
    holds_sample: bool = False

    @property
    def comparison(self) -> ComparedPair | None:
        return min(self.comparisons, key=lambda pair: pair.rank, default=None)

    @property
    def divisive(self) -> Divisive | None:
        return _best_of(self.divisives)

    @property
    def gap(self) -> Gap | None:
        return _best_of(self.gaps)

    @property
    def news(self) -> list[NewsItem]:
        return [*self.changed, *self.new, *self.status, *self.other]

    @property
    def parts(self) -> list[str]:
        """The names of the parts that are not empty (see `newsletter.digest.sections.PARTS`)."""
        names = [*NEWS, "comparison", "divisive", "gap"]
        return [name for name in names if getattr(self, name)]

    def filtered(self, choices: DigestFilter) -> Self | None:
        """Return the digest of a subscriber with these `choices`, or None if it would be empty. No queries.

        Highlights are chosen again within the categories. Tools (bookmarks) do not choose again: a
        highlight is kept if it is one of them, and the comparison if both its tools are.
        """
        by_category = replace(
            self,
            changed=tuple(item for item in self.changed if choices.includes(item.tool)),
            new=tuple(item for item in self.new if choices.includes(item.tool)),
            status=tuple(item for item in self.status if choices.includes(item.tool)),
            other=tuple(item for item in self.other if choices.includes(item.tool)),
            comparisons=tuple(
                pair for pair in self.comparisons if choices.includes_category(pair.first)
            ),
            divisives=tuple(
                item for item in self.divisives if choices.includes_category(item.tool)
            ),
            gaps=tuple(item for item in self.gaps if choices.includes_category(item.tool)),
        )
        kept = by_category if choices.tools is None else by_category._highlights_of(choices)
        return kept.unless_empty()

    def only(self, parts: Iterable[str]) -> Self | None:
        """Return the digest without the parts that staff left out, or None if it would be empty."""
        dropped: dict[str, Any] = {name: () for name in NEWS if name not in parts}
        for part, candidates in [
            ("comparison", "comparisons"),
            ("divisive", "divisives"),
            ("gap", "gaps"),
        ]:
            if part not in parts:
                dropped[candidates] = ()
        return replace(self, **dropped).unless_empty()

    @property
    def has_news(self) -> bool:
        return any(getattr(self, name) for name in NEWS)

    def unless_empty(self) -> Self | None:
        """Return the digest; without news None, or one without any item if it is an announcement."""
        if self.has_news:
            return self
        return (
            type(self)(self.since, self.until, is_announcement=True)
            if self.is_announcement
            else None
        )

    @property
    def lead_items(self) -> list[NewsItem]:
        by_key = {item.key: item for item in self.news}
        return [by_key[key] for key in self.leads if key in by_key]

    def to_json(self) -> Any:
        return serialization.to_json(self)

    @classmethod
    def from_json(cls, content: Any) -> Self:
        return serialization.from_json(cls, content)

    def _highlights_of(self, choices: DigestFilter) -> Self:
        pair, spread, gap = self.comparison, self.divisive, self.gap
        keeps_pair = pair and choices.includes(pair.first) and choices.includes(pair.second)
        return replace(
            self,
            comparisons=(pair,) if pair and keeps_pair else (),
            divisives=(spread,) if spread and choices.includes(spread.tool) else (),
            gaps=(gap,) if gap and choices.includes(gap.tool) else (),
        )


EVERYTHING = DigestFilter()


def build_digest(
    since: datetime, until: datetime, choices: DigestFilter = EVERYTHING
) -> Digest | None:
    """Return the digest from `since` to before `until` (aware times), or None without news.

    News are new and changed verdicts, changes of status, and other changes. A highlight or a comparison
    alone is not sent: it would be repeated every week. Tools that are not published now never appear;
    corrections count, including later ones. Verdicts are those of the change log and figures those of
    the reviews at `until`, so that a digest that is built again later is the same. One query when nothing
    changed, two when none of it is news, otherwise six, however many changes there are.
    """
    records = read_record(since, until, includes_correction=includes_correction)
    if not records:
        return None
    known = {record.tool.pk for record in records}
    cards = scorecards_at(known, until)
    news = Digest(
        since=since,
        until=until,
        changed=changed_verdicts(records, cards),
        new=new_verdicts(records, cards),
        status=status_changes(records),
        other=other_changes(records),
        holds_sample=any(record.tool.is_sample for record in records),
    )
    if not news.has_news:
        return None
    ended = {item.tool.id for item in news.status if item.is_discontinued}
    spread = most_spread([each for each in records if each.tool.pk not in ended], cards)
    digest = replace(
        news,
        comparisons=_comparisons(news),
        divisives=tuple(divisive(tool, among, cards[tool.pk]) for tool, among in spread),
        gaps=widest_gaps(until),
    )
    return digest.filtered(choices)


def _comparisons(news: Digest) -> tuple[ComparedPair, ...]:
    verdicts: list[NewVerdict | ChangedVerdict] = [*news.new, *news.changed]
    fresh = {item.tool.slug: item.tool.category for item in verdicts}
    return compared_pairs(fresh, news.until)


def _best_of[Highlight: (Divisive, Gap)](candidates: Iterable[Highlight]) -> Highlight | None:
    """Return the first by rank, with `among` counting the tools of all categories.

    None for a zero, and for a single candidate, which says nothing about the others.
    """
    listed = list(candidates)
    first = min(listed, key=lambda item: item.rank, default=None)
    best = first and replace(first, among=sum(item.among for item in listed))
    return best if best and best.stands_out else None
