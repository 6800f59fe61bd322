"""What a stretch of time has to say to a subscriber: a pure reader of the ledger and of stored figures.

A digest is frozen and kept as JSON. It holds more than it tells: of a superlative the candidate of each
category, so that `chosen` makes one subscriber's digest out of everybody's without a database.
"""

from dataclasses import dataclass, replace
from datetime import datetime

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
)
from newsletter.digest.ledger_history import read_record
from reviews.past import scorecards_at

# Parts that are news; the others only go along with some.
NEWS = ("changed", "new", "status", "other")


@dataclass(frozen=True)
class DigestFilter:
    """What a subscriber wants to hear of, as primary keys; None: all."""

    categories: frozenset[int] | None = None
    tools: frozenset[int] | None = None

    def takes(self, tool):
        return (self.categories is None or tool.category in self.categories) and (
            self.tools is None or tool.id in self.tools
        )

    def takes_category(self, tool):
        return self.categories is None or tool.category in self.categories


@dataclass(frozen=True)
class Digest:
    """`changed` … `other` are told whole; of `comparisons`, `divisives` and `gaps` the best one each."""

    since: datetime
    until: datetime
    changed: tuple[ChangedVerdict, ...] = ()
    new: tuple[NewVerdict, ...] = ()
    status: tuple[StatusChange, ...] = ()
    other: tuple[OtherChange, ...] = ()
    comparisons: tuple[ComparedPair, ...] = ()
    divisives: tuple[Divisive, ...] = ()
    gaps: tuple[Gap, ...] = ()
    # Whether any tool in the news is invented content, which the site's footer owns up to.
    holds_sample: bool = False

    @property
    def comparison(self):
        return min(self.comparisons, key=lambda pair: pair.rank, default=None)

    @property
    def divisive(self):
        return _best_of(self.divisives)

    @property
    def gap(self):
        return _best_of(self.gaps)

    @property
    def parts(self):
        """The names of the parts that have something to tell (see `newsletter.delivery.issue_email.PARTS`)."""
        names = [*NEWS, "comparison", "divisive", "gap"]
        return [name for name in names if getattr(self, name)]

    def chosen(self, choices):
        """What of it is for a subscriber with these `choices`; None when that is nothing. No queries.

        Categories choose anew: the most divisive tool is that of the chosen categories. Tools (bookmarks)
        only choose among what is told: a superlative stays if it fell on one of them, and the
        comparison if it is between two of them.
        """
        by_category = replace(
            self,
            **{name: tuple(filter(_takes(choices), getattr(self, name))) for name in NEWS},
            comparisons=tuple(
                pair for pair in self.comparisons if choices.takes_category(pair.first)
            ),
            divisives=tuple(item for item in self.divisives if choices.takes_category(item.tool)),
            gaps=tuple(item for item in self.gaps if choices.takes_category(item.tool)),
        )
        kept = by_category if choices.tools is None else by_category._best_only_of(choices)
        return kept if kept.has_news else None

    def only(self, parts):
        """The digest without the parts that staff took out; None when no news is left."""
        dropped = {name: () for name in NEWS if name not in parts}
        for part, candidates in [
            ("comparison", "comparisons"),
            ("divisive", "divisives"),
            ("gap", "gaps"),
        ]:
            if part not in parts:
                dropped[candidates] = ()
        kept = replace(self, **dropped)
        return kept if kept.has_news else None

    @property
    def has_news(self):
        return any(getattr(self, name) for name in NEWS)

    def to_json(self):
        return serialization.to_json(self)

    @classmethod
    def from_json(cls, content):
        return serialization.from_json(cls, content)

    def _best_only_of(self, choices):
        pair, spread, gap = self.comparison, self.divisive, self.gap
        both = pair and choices.takes(pair.first) and choices.takes(pair.second)
        return replace(
            self,
            comparisons=(pair,) if both else (),
            divisives=(spread,) if spread and choices.takes(spread.tool) else (),
            gaps=(gap,) if gap and choices.takes(gap.tool) else (),
        )


EVERYTHING = DigestFilter()


def build_digest(
    since: datetime, until: datetime, choices: DigestFilter = EVERYTHING
) -> Digest | None:
    """The Digest from `since` to before `until` (aware times), or None when there is nothing to say.

    News are new and changed verdicts, changes of status, and other changes. A superlative or a comparison
    alone is nothing to say: it would be repeated every week. Tools that are not published now never
    appear; corrections count, also later ones. Verdicts are those of the change log and figures those
    of the reviews at `until`, so a digest that is built again later is the same. One query when nothing
    changed, two when nothing of it is news, else six, however many there are.
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
    spread = most_spread(records, cards)
    digest = replace(
        news,
        comparisons=_comparisons(news),
        divisives=tuple(divisive(tool, among, cards[tool.pk]) for tool, among in spread),
        gaps=widest_gaps(until),
    )
    return digest.chosen(choices)


def _comparisons(news: Digest) -> tuple[ComparedPair, ...]:
    fresh = {item.tool.slug: item.tool.category for item in (*news.new, *news.changed)}
    return compared_pairs(fresh, news.until)


def _takes(choices):
    return lambda item: choices.takes(item.tool)


def _best_of(candidates):
    """The first by rank, measured over all that its rivals were measured over too; None for a zero."""
    best = min(candidates, key=lambda item: item.rank, default=None)
    if best is None or not best.stands_out:
        return None
    return replace(best, among=sum(item.among for item in candidates))
