from dataclasses import dataclass

from tools.models import Tool
from votes.models import Tally, Vote


@dataclass(frozen=True)
class VoteBox:
    """What one vote box shows: the tally for everyone, and what one reader did and may do."""

    tool: Tool
    vote: Vote | None = None
    reasons: dict | None = None
    token: str = ""
    message: str = ""
    undo: str = ""

    @property
    def tally(self) -> Tally:
        return self.tool.tally

    @property
    def offered_reasons(self):
        return (self.reasons or {}).get(self.vote.choice, []) if self.vote else []

    @property
    def agrees_with_panel(self):
        """True or False, or None when the reader or the panel takes no side."""
        if not self.vote or self.tool.panel.verdict not in {"ship", "skip"}:
            return None
        return self.vote.choice == self.tool.panel.verdict

    @property
    def readers_agreeing(self):
        """How many counted votes are the reader's side; 0 when the reader's own does not count."""
        if not self.vote or self.vote.state != Vote.State.COUNTED:
            return 0
        return self.tally.ships if self.vote.choice == "ship" else self.tally.skips


def personal_boxes(tools, token, votes, reasons):
    """A box per tool with its forms; `votes` is {tool.pk: Vote}. The token is the reader's own."""
    return [VoteBox(tool, votes.get(tool.pk), reasons, token) for tool in tools]
