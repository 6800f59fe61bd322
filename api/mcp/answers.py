"""What the answers of several MCP tools have in common: their schemas, and figures in words."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.utils.translation import ngettext

from api.catalogue import Community, Panel, tool_data
from api.data import Data
from tools import models
from votes.interval import percent_interval
from votes.models import RANKED_FROM

UNKNOWN = "unknown"
MOST_LINES = 20


class Answer(Data):
    text: str
    """A summary of the answer."""
    source_url: str
    """The page with the same content. Cite it."""
    read_at: datetime
    """When the figures were read. They are the current ones."""


class ToolSummary(Data):
    """A tool without its facts: see get_tool."""

    slug: str
    name: str
    url: str
    tagline: str
    category: str
    """The slug of its category."""
    entry: str
    """What it costs to start: free, open_source, freemium, trial or paid."""
    status: str
    """active, paused, renamed, acquired or discontinued."""
    successor: str | None
    """The slug of the tool to use instead."""
    is_sample: bool
    """Whether it is demonstration content."""
    panel: Panel
    community: Community


SUMMARY = set(ToolSummary.model_fields)


def summaries(tools: Iterable[models.Tool]) -> list[ToolSummary]:
    """Describe `tools` (with category, panel, tally, successor) without a query."""
    return [ToolSummary(**tool_data(tool, ()).model_dump(include=SUMMARY)) for tool in tools]


def first_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines that the text of an answer has; the rest is in its lists."""
    left_out = len(lines) - MOST_LINES
    if left_out <= 0:
        return list(lines)
    return [
        *lines[:MOST_LINES],
        ngettext("… and %(n)d more.", "… and %(n)d more.", left_out) % {"n": left_out},
    ]


def read_at() -> datetime:
    return datetime.now(UTC)


def verdict_words(tool: models.Tool) -> str:
    """Return what the panel and the readers say: "Aider: Ship · 3 ship / 1 skip, score 72.8 …"."""
    return f"{tool.name}: {_panel_words(tool)} {_community_words(tool)}{_status_words(tool)}"


def _panel_words(tool: models.Tool) -> str:
    panel = tool.panel
    if not panel.review_count:
        return f"{panel.get_verdict_display()}."
    reviews = ngettext("%(n)d review", "%(n)d reviews", panel.review_count)
    return (
        f"{panel.get_verdict_display()} · {panel.ships} ship / {panel.skips} skip (n = "
        f"{reviews % {'n': panel.review_count}}), score {panel.score}, spread {panel.spread}, "
        f"last reviewed {panel.last_reviewed_on}."
    )


def _community_words(tool: models.Tool) -> str:
    tally = tool.tally
    if not tally.votes:
        return "No community votes yet."
    if not tally.is_ranked:
        return (
            f"Readers' votes: {tally.ships} ship / {tally.skips} skip (n = {tally.votes}), too few for a share: "
            f"{RANKED_FROM} are needed."
        )
    low, high = percent_interval(tally.ships, tally.votes)
    return f"Readers' votes: {tally.ship_percent}% ship, 95% interval {low}–{high}%, n = {tally.votes}."


def _status_words(tool: models.Tool) -> str:
    sample = " This is sample content." if tool.is_sample else ""
    if tool.status == models.Tool.Status.ACTIVE:
        return sample
    since = f"since {tool.status_date}" if tool.status_date else "date unknown"
    return f" Status: {tool.get_status_display()} ({since}).{_successor_words(tool)}{sample}"


def _successor_words(tool: models.Tool) -> str:
    successor = tool.successor
    if successor is None or not successor.is_on_record:
        return ""
    return f" Successor: {successor.name} (slug: {successor.slug})."
