"""The items of a digest. They are stored as JSON, and need no database to be printed.

Verdicts are codes of PanelVerdict ("ship", "skip", "split", "none"). `part` is the part that an item belongs to,
and `key` identifies a piece of news within its digest. `note` is the editor's.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from newsletter.digest.quotes import Quote
from reviews.models import PanelVerdict
from reviews.rounding import percent, points_text
from votes.models import RANKED_FROM


def verdict_word(verdict: str) -> str:
    return PanelVerdict.Word(verdict).label


@dataclass(frozen=True)
class ToolName:
    """A tool under the name that it had when the digest was made. Its old address redirects if it is renamed."""

    id: int
    name: str
    slug: str
    category: int
    category_name: str

    @property
    def path(self) -> str:
        return reverse("tool_detail", args=[self.slug])


@dataclass(frozen=True)
class PanelFigures:
    ships: int
    skips: int
    score: str  # one decimal

    @property
    def ship_percent(self) -> int | None:
        return percent(self.ships, self.ships + self.skips)


@dataclass(frozen=True)
class NewVerdict:
    part: ClassVar = "new"

    tool: ToolName
    verdict: str
    tagline: str
    figures: PanelFigures | None  # None: the verdict has changed again since
    best_for: str = ""
    skip_if: str = ""
    quotes: tuple[Quote, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.part}-{self.tool.id}"

    @property
    def word(self) -> str:
        return verdict_word(self.verdict)


@dataclass(frozen=True)
class ChangedVerdict:
    """`steps`: every verdict of the period in order; the first is the one before."""

    part: ClassVar = "changed"

    tool: ToolName
    steps: tuple[str, ...]
    reasons: tuple[str, ...]
    figures: PanelFigures | None
    best_for: str = ""
    skip_if: str = ""
    quotes: tuple[Quote, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.part}-{self.tool.id}"

    @property
    def was(self) -> str:
        return self.steps[0]

    @property
    def verdict(self) -> str:
        return self.steps[-1]

    @property
    def was_word(self) -> str:
        return verdict_word(self.was)

    @property
    def word(self) -> str:
        return verdict_word(self.verdict)

    @property
    def is_back(self) -> bool:
        """Whether it ends where it began, after changes."""
        return self.was == self.verdict

    @property
    def between(self) -> list[str]:
        """The labels of the verdicts between the first and the last."""
        return [verdict_word(step) for step in self.steps[1:-1]]


@dataclass(frozen=True)
class StatusChange:
    part: ClassVar = "status"

    tool: ToolName
    was: str
    now: str
    is_discontinued: bool
    successor: ToolName | None
    reasons: tuple[str, ...]
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.part}-{self.tool.id}"


@dataclass(frozen=True)
class OtherChange:
    """`label` is what changed ("Price"), `code` the same for programs. `was` is empty if there was nothing before."""

    part: ClassVar = "other"

    tool: ToolName
    label: str
    was: str
    now: str
    reasons: tuple[str, ...]
    # Not printed, so digests that differ in it alone make the same email.
    code: str = field(default="", compare=False)
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.part}-{self.tool.id}-{self.code}"


@dataclass(frozen=True)
class Divisive:
    """The tool with the largest spread of `among` tools of its category that were reviewed in the period."""

    part: ClassVar = "divisive"

    tool: ToolName
    verdict: str
    spread: int
    highest: str  # "Builder 88"
    lowest: str
    among: int

    @property
    def rank(self) -> tuple[int, str]:
        return -self.spread, self.tool.slug

    @property
    def stands_out(self) -> bool:
        return self.spread > 0 and self.among > 1

    @property
    def word(self) -> str:
        return verdict_word(self.verdict)

    @property
    def measured_over(self) -> str:
        text = ngettext(
            "The largest spread of {among} tool reviewed in this period.",
            "The largest spread of {among} tools reviewed in this period.",
            self.among,
        )
        return text.format(among=self.among)

    @property
    def sentence(self) -> str:
        text = gettext("{points} between {highest} and {lowest}.")
        points = points_text(Decimal(self.spread))
        return text.format(points=points, highest=self.highest, lowest=self.lowest)


@dataclass(frozen=True)
class Gap:
    """The tool with the widest gap of `among` tools of its category with enough votes, in percentage points."""

    part: ClassVar = "gap"

    tool: ToolName
    verdict: str
    panel_percent: int
    community_percent: int
    votes: int
    among: int

    @property
    def points(self) -> int:
        return abs(self.panel_percent - self.community_percent)

    @property
    def rank(self) -> tuple[int, int, str]:
        return -self.points, -self.votes, self.tool.slug

    @property
    def stands_out(self) -> bool:
        return self.points > 0 and self.among > 1

    @property
    def word(self) -> str:
        return verdict_word(self.verdict)

    @property
    def measured_over(self) -> str:
        text = ngettext(
            "The widest gap of {among} tool with {votes} votes or more.",
            "The widest gap of {among} tools with {votes} votes or more.",
            self.among,
        )
        return text.format(among=self.among, votes=RANKED_FROM)

    @property
    def sentence(self) -> str:
        text = gettext(
            "{points} apart: {panel}% of the panel and {community}% of readers say ship ({votes} votes)."
        )
        return text.format(
            points=points_text(Decimal(self.points)),
            panel=self.panel_percent,
            community=self.community_percent,
            votes=self.votes,
        )


@dataclass(frozen=True)
class ComparedPair:
    """Two tools, compared over the reviewers who scored both; `first` has the better panel score."""

    part: ClassVar = "comparison"

    first: ToolName
    second: ToolName
    first_score: str
    second_score: str
    prefer_first: int
    prefer_second: int
    mean_difference: str  # points, one decimal, first minus second
    both: int
    either: int
    in_the_news: int  # how many of the two

    @property
    def path(self) -> str:
        """The canonical address: slugs in alphabetical order."""
        return reverse(
            "comparison", args=["-vs-".join(sorted([self.first.slug, self.second.slug]))]
        )

    @property
    def rank(self) -> tuple[int, Decimal, str, str]:
        gap = Decimal(self.first_score) - Decimal(self.second_score)
        return -self.in_the_news, gap, self.first.slug, self.second.slug

    @property
    def words(self) -> str:
        return _result_words(self, self.first.name, self.second.name)

    @property
    def html(self) -> SafeString:
        """The same as `words`, with the direction of the names isolated."""
        names = (format_html("<bdi>{}</bdi>", tool.name) for tool in (self.first, self.second))
        return mark_safe(_result_words(self, *names))  # noqa: S308 - the names are escaped, the rest are figures


def _result_words(pair: ComparedPair, first: str, second: str) -> str:
    """ "4 reviewers scored both. 3 prefer A. 1 prefers B. On average A is 2.5 points ahead."."""
    sentences = [_coverage(pair)]
    for count, name in [(pair.prefer_first, first), (pair.prefer_second, second)]:
        if count:
            text = ngettext("{count} prefers {name}.", "{count} prefer {name}.", count)
            sentences.append(text.format(count=count, name=name))
    if level := pair.both - pair.prefer_first - pair.prefer_second:
        text = ngettext("{count} scores them the same.", "{count} score them the same.", level)
        sentences.append(text.format(count=level))
    sentences.append(_average_lead(pair, first, second))
    return " ".join(sentences)


def _coverage(pair: ComparedPair) -> str:
    if pair.both < pair.either:
        text = gettext("{both} of {either} reviewers scored both.")
        return text.format(both=pair.both, either=pair.either)
    text = ngettext("{count} reviewer scored both.", "{count} reviewers scored both.", pair.both)
    return text.format(count=pair.both)


def _average_lead(pair: ComparedPair, first: str, second: str) -> str:
    points = Decimal(pair.mean_difference)
    if not points:
        return gettext("On average they are level.")
    text = gettext("On average {name} is {points} ahead.")
    return text.format(name=first if points > 0 else second, points=points_text(abs(points)))
