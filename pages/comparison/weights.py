"""A reader's weights: how much each reviewer counts, and each fact whose kind has a direction.

They are in the URL (`?w=builder:2,skeptic:0,fact-context-window:1`) and nowhere else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter

from reviews.models import Reviewer
from tools.models import Fact, FactKind

PARAM = "w"
WEIGHT = re.compile(r"[0-9]{1,2}(\.[0-9])?")
HIGHEST = 10
# What the form offers; the URL takes every weight from 0 to 10 with one decimal.
OFFERED = [Fraction(weight) for weight in ("0", "0.5", "1", "2", "3", "5", "10")]
LONGEST = 2000  # letters in the URL
# Of what was not understood, so much is repeated to the reader.
QUOTED_PARTS, QUOTED_LENGTH = 5, 40


@dataclass(frozen=True)
class Criterion:
    """Something that can be weighted: a reviewer, who counts 1 unless said otherwise, or a fact, 0."""

    key: str
    label: str
    default: Fraction
    weight: Fraction
    # One of the two.
    reviewer: Reviewer | None = None
    kind: FactKind | None = None

    @property
    def is_default(self) -> bool:
        return self.weight == self.default

    @property
    def text(self) -> str:
        return weight_text(self.weight)

    @property
    def part(self) -> str:
        return f"{self.key}:{self.text}"

    @property
    def options(self) -> tuple[tuple[str, str, bool], ...]:
        """What the form offers: (value in the URL, label, whether it is chosen)."""
        return _options(self.key, self.text)


@dataclass(frozen=True)
class ChosenWeights:
    criteria: tuple[Criterion, ...]
    # What was not understood.
    ignored: tuple[str, ...] = ()

    @property
    def are_chosen(self) -> bool:
        return any(not criterion.is_default for criterion in self.criteria)

    @property
    def parameter(self) -> str:
        """The normal form: in the order of the page, without what is as it would be anyway."""
        return ",".join(item.part for item in self.criteria if not item.is_default)

    @property
    def of_reviewers(self) -> dict[int, Fraction]:
        return {item.reviewer.pk: item.weight for item in self.criteria if item.reviewer}


def criteria_of(reviewers: Iterable[Reviewer], facts: Iterable[Fact]) -> Iterator[Criterion]:
    """Yield what can be weighted, each with its default weight: `reviewers`, then kinds of `facts`."""
    one, none = Fraction(1), Fraction(0)
    for reviewer in reviewers:
        yield Criterion(reviewer.slug, reviewer.name, one, one, reviewer=reviewer)
    kinds = {fact.kind for fact in facts if fact.kind.better}
    for kind in sorted(kinds, key=attrgetter("position", "name")):
        yield Criterion(f"fact-{kind.slug}", kind.name, none, none, kind=kind)


def choose_weights(criteria: Iterable[Criterion], values: Sequence[str]) -> ChosenWeights:
    """Read `values` (untrusted: repeated parameters or comma-separated); the last of a key counts."""
    known = {criterion.key: criterion for criterion in criteria}
    ignored = []
    text = ",".join(values)
    if len(text) > LONGEST:
        text = ""
        ignored.append(f"{values[0][:QUOTED_LENGTH]}…")
    for part in filter(None, text.split(",")):
        key, _, number = part.partition(":")
        weight = read_weight(number)
        if key in known and weight is not None:
            known[key] = replace(known[key], weight=weight)
        else:
            ignored.append(part[:QUOTED_LENGTH])
    return ChosenWeights(tuple(known.values()), tuple(ignored[:QUOTED_PARTS]))


def read_weight(text: str) -> Fraction | None:
    if not WEIGHT.fullmatch(text) or (weight := Fraction(text)) > HIGHEST:
        return None
    return weight


@lru_cache(maxsize=4096)
def _options(key: str, chosen: str) -> tuple[tuple[str, str, bool], ...]:
    weights = sorted({*OFFERED, Fraction(chosen)})
    texts = map(weight_text, weights)
    return tuple((f"{key}:{text}", text, text == chosen) for text in texts)


def weight_text(weight: Fraction) -> str:
    return f"{float(weight):g}"
