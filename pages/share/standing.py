"""What a picture, a badge or an embedded card says about a tool, in words."""

from dataclasses import dataclass

from reviews.models import PanelVerdict
from tools.models import Tool


@dataclass(frozen=True)
class Standing:
    code: str  # of the verdict: its shape and colour
    word: str
    score: str  # "82.5"; empty without reviews
    counts: str  # "4 ship / 1 skip"; empty without reviews
    status: str  # "Discontinued"; empty for an active tool

    def sentence(self, name: str) -> str:
        """Return what a screen reader says in place of the picture."""
        parts = [f"{name}: {self.word}"]
        if self.score:
            parts.append(f"{self.score} out of 100")
        return ", ".join([*parts, *filter(None, [self.counts, self.status])])


NOT_LISTED = Standing(PanelVerdict.Word.NONE.value, "Not listed", "", "", "")
WITHDRAWN = Standing(PanelVerdict.Word.NONE.value, "Withdrawn", "", "", "")


def standing_of(tool: Tool) -> Standing:
    """Return the standing of a tool that is or was published, with its panel verdict."""
    if tool.is_withdrawn:
        return WITHDRAWN
    panel = tool.panel
    reviewed = panel.score is not None
    return Standing(
        code=panel.verdict,
        word=str(panel.get_verdict_display()),
        score=str(panel.score) if reviewed else "",
        counts=f"{panel.ships} ship / {panel.skips} skip" if reviewed else "",
        status="" if tool.status == Tool.Status.ACTIVE else str(tool.get_status_display()),
    )


def votes_text(tool: Tool) -> str:
    """Return the community's votes in the words of the tool's page; empty without votes."""
    tally = tool.tally
    if tool.is_withdrawn or not tally.votes:
        return ""
    if tally.is_ranked:
        return f"{tally.ship_percent}% ship of {tally.votes} votes"
    return f"{tally.ships} ship / {tally.skips} skip"
