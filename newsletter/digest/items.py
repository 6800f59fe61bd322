"""What a digest is made of. Frozen, and nothing in them needs the database: they are kept as JSON.

Verdicts are the stored words of PanelVerdict ("ship", "skip", "split", "none").
"""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from reviews.models import PanelVerdict
from reviews.rounding import percent
from votes.models import RANKED_FROM


def verdict_word(verdict):
    return PanelVerdict.Word(verdict).label


@dataclass(frozen=True)
class ToolName:
    """A tool as it was called when the digest was made; its old address leads on if it is renamed."""

    id: int
    name: str
    slug: str
    category: int
    category_name: str

    @property
    def path(self):
        return reverse("tool_detail", args=[self.slug])


@dataclass(frozen=True)
class PanelFigures:
    ships: int
    skips: int
    score: str  # one decimal

    @property
    def ship_percent(self):
        return percent(self.ships, self.ships + self.skips)


@dataclass(frozen=True)
class NewVerdict:
    tool: ToolName
    verdict: str
    tagline: str
    figures: PanelFigures | None  # None: the verdict has changed again since

    @property
    def word(self):
        return verdict_word(self.verdict)


@dataclass(frozen=True)
class ChangedVerdict:
    """`steps`: every verdict that it had in this time, in order; the first is what it was before."""

    tool: ToolName
    steps: tuple[str, ...]
    reasons: tuple[str, ...]
    figures: PanelFigures | None

    @property
    def was(self):
        return self.steps[0]

    @property
    def verdict(self):
        return self.steps[-1]

    @property
    def was_word(self):
        return verdict_word(self.was)

    @property
    def word(self):
        return verdict_word(self.verdict)

    @property
    def is_back(self):
        """Whether it went somewhere and returned."""
        return self.was == self.verdict

    @property
    def between(self):
        """The words of the verdicts between the first and the last."""
        return [verdict_word(step) for step in self.steps[1:-1]]


@dataclass(frozen=True)
class StatusChange:
    tool: ToolName
    was: str
    now: str
    is_discontinued: bool
    successor: ToolName | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class OtherChange:
    """`label`: what changed ("Price"). `was` is empty where there was nothing before."""

    tool: ToolName
    label: str
    was: str
    now: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Divisive:
    """The largest spread among `among` tools of its category that were reviewed in this time."""

    tool: ToolName
    verdict: str
    spread: int
    highest: str  # "Builder 88"
    lowest: str
    among: int

    @property
    def rank(self):
        return -self.spread, self.tool.slug

    @property
    def stands_out(self):
        return self.spread > 0

    @property
    def word(self):
        return verdict_word(self.verdict)

    @property
    def measured_over(self):
        if self.among == 1:
            return "The only tool reviewed in these days that two reviewers or more have scored."
        return f"The largest spread of {self.among} tools reviewed in these days."


@dataclass(frozen=True)
class Gap:
    """The widest gap among `among` tools of its category that have enough votes, in percent."""

    tool: ToolName
    verdict: str
    panel_percent: int
    community_percent: int
    votes: int
    among: int

    @property
    def points(self):
        return abs(self.panel_percent - self.community_percent)

    @property
    def rank(self):
        return -self.points, -self.votes, self.tool.slug

    @property
    def stands_out(self):
        return self.points > 0

    @property
    def word(self):
        return verdict_word(self.verdict)

    @property
    def measured_over(self):
        if self.among == 1:
            return f"The only tool so far with {RANKED_FROM} votes or more."
        return f"The widest gap of {self.among} tools with {RANKED_FROM} votes or more."


@dataclass(frozen=True)
class ComparedPair:
    """Two tools over the reviewers who scored both; `first` has the better panel score."""

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
    def path(self):
        """The canonical address: slugs in alphabetical order."""
        return reverse(
            "comparison", args=["-vs-".join(sorted([self.first.slug, self.second.slug]))]
        )

    @property
    def rank(self):
        gap = Decimal(self.first_score) - Decimal(self.second_score)
        return -self.in_the_news, gap, self.first.slug, self.second.slug

    @property
    def words(self):
        return _result_words(self, self.first.name, self.second.name)

    @property
    def html(self):
        """The same words; a name in another script keeps to itself."""
        names = (format_html("<bdi>{}</bdi>", tool.name) for tool in (self.first, self.second))
        return mark_safe(_result_words(self, *names))


def _result_words(pair, first, second):
    """ "4 reviewers scored both: 3 put A first, 1 puts B first. On average A is 2.5 points ahead."."""
    level = pair.both - pair.prefer_first - pair.prefer_second
    counts = [(pair.prefer_first, f"{first} first"), (pair.prefer_second, f"{second} first")]
    told = [f"{count} put{'s' * (count == 1)} {what}" for count, what in counts if count]
    if level:
        told.append(f"{level} score{'s' * (level == 1)} them the same")
    points = Decimal(pair.mean_difference)
    ahead = (
        f"{first if points > 0 else second} is {abs(points)} points ahead"
        if points
        else "they are level"
    )
    who = (
        f"{pair.both} reviewers"
        if pair.both == pair.either
        else f"{pair.both} of {pair.either} reviewers"
    )
    return f"{who} scored both: {', '.join(told)}. On average {ahead}."
