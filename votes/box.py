"""What vote boxes print, as values: equal boxes are the same HTML, which a process keeps (`{% component %}`)."""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from tools.models import Tool
from tools.panel_word import PanelWord
from votes.models import Choice, Rule, TallyFigures, Vote

COUNTED = "Vote counted."
WITHDRAWN = "Vote withdrawn."
NO_VOTE = "You have no vote on this tool."


@dataclass(frozen=True)
class BoxTally(TallyFigures):
    ships: int
    skips: int
    held: int


@dataclass(frozen=True)
class BoxPanel:
    verdict: str
    ships: int
    skips: int

    @property
    def label(self) -> str:
        return str(PanelWord(self.verdict).label)


@dataclass(frozen=True)
class BoxTool:
    slug: str
    name: str
    tally: BoxTally
    panel: BoxPanel

    @classmethod
    def of(cls, tool: Tool) -> Self:
        """The `tool` has its tally and panel loaded."""
        tally, panel = tool.tally, tool.panel
        return cls(
            tool.slug,
            tool.name,
            BoxTally(tally.ships, tally.skips, tally.held),
            BoxPanel(panel.verdict, panel.ships, panel.skips),
        )


class OfferedReason(NamedTuple):
    slug: str
    label: str


@dataclass(frozen=True)
class MyVote:
    """A reader's vote. `reason` is a slug, or ""; without a `rule` the vote counts."""

    choice: str
    rule: str = ""
    reason: str = ""

    @classmethod
    def of(cls, vote: Vote) -> Self:
        return cls(vote.choice, vote.rule, vote.reason.slug if vote.reason else "")

    @property
    def choice_label(self) -> str:
        return str(Choice(self.choice).label)

    @property
    def rule_label(self) -> str:
        return str(Rule(self.rule).label)

    @property
    def outcome(self) -> str:
        """What became of the vote when it was cast, as a sentence."""
        return f"Not counted: {self.rule_label.lower()}." if self.rule else COUNTED


@dataclass(frozen=True)
class VoteBox:
    """What one vote box shows: the tally for everyone, and one reader's vote.

    `reasons` are those that are offered for a vote of its side. Without a `vote`, `undo` names the choice
    ("ship" or "skip") that was withdrawn just now, and `undo_reason` the slug of its reason.
    """

    tool: BoxTool
    vote: MyVote | None = None
    reasons: tuple[OfferedReason, ...] = ()
    message: str = ""
    undo: str = ""
    undo_reason: str = ""

    @property
    def agrees_with_panel(self) -> bool | None:
        """None when the reader or the panel takes no side."""
        if not self.vote or self.tool.panel.verdict not in {"ship", "skip"}:
            return None
        return self.vote.choice == self.tool.panel.verdict

    @property
    def readers_agreeing(self) -> int:
        """How many counted votes are the reader's side; 0 when the reader's own does not count."""
        if not self.vote or self.vote.rule:
            return 0
        tally = self.tool.tally
        return tally.ships if self.vote.choice == "ship" else tally.skips

    @property
    def result(self) -> str:
        """What became of the reader's vote, as a sentence; "" for a reader without one."""
        if self.vote:
            return self.vote.outcome
        return WITHDRAWN if self.undo else ""

    def with_message(self, message: str) -> Self:
        return replace(self, message=message)
