from dataclasses import dataclass, replace
from typing import Self

from tools.models import Tool
from votes.models import Reason, Tally, Vote

COUNTED = "Vote counted."
WITHDRAWN = "Vote withdrawn."
NO_VOTE = "You have no vote on this tool."


@dataclass(frozen=True)
class VoteBox:
    """What one vote box shows: the tally for everyone, and one reader's vote.

    Without a `vote`, `undo` names the choice ("ship" or "skip") that was withdrawn just now, and
    `undo_reason` the slug of its reason.
    """

    tool: Tool
    vote: Vote | None = None
    reasons: dict[str, list[Reason]] | None = None
    message: str = ""
    undo: str = ""
    undo_reason: str = ""

    @property
    def tally(self) -> Tally:
        return self.tool.tally

    @property
    def offered_reasons(self) -> list[Reason]:
        return (self.reasons or {}).get(self.vote.choice, []) if self.vote else []

    @property
    def agrees_with_panel(self) -> bool | None:
        """None when the reader or the panel takes no side."""
        if not self.vote or self.tool.panel.verdict not in {"ship", "skip"}:
            return None
        return self.vote.choice == self.tool.panel.verdict

    @property
    def readers_agreeing(self) -> int:
        """How many counted votes are the reader's side; 0 when the reader's own does not count."""
        if not self.vote or self.vote.state != Vote.State.COUNTED:
            return 0
        return self.tally.ships if self.vote.choice == "ship" else self.tally.skips

    @property
    def result(self) -> str:
        """What became of the reader's vote, as a sentence; "" for a reader without one."""
        if self.vote:
            return outcome(self.vote)
        return WITHDRAWN if self.undo else ""

    def with_message(self, message: str) -> Self:
        return replace(self, message=message)


def outcome(vote: Vote) -> str:
    """What became of a vote that was cast, as a sentence."""
    return f"Not counted: {vote.get_rule_display().lower()}." if vote.rule else COUNTED
