"""What is one reader's own of the tools on a page: votes, bookmarks, and how many bookmarks there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from bookmarks.button import BookmarkButton
from bookmarks.queries import BOOKMARK_COUNTS
from votes.box import BoxPanel, BoxTally, BoxTool, MyVote, VoteBox
from votes.queries import all_offered_reasons
from web.replica import read_connection

# The counts are there without any tool, too.
PERSONAL = f"""
SELECT counts.kept, counts.changed, bookmark.id IS NOT NULL, tool.slug, tool.name,
    tally.ships, tally.skips, tally.held, panel.verdict, panel.ships, panel.skips,
    vote.choice, vote.rule, coalesce(reason.slug, '')
FROM ({BOOKMARK_COUNTS}) AS counts
LEFT JOIN (
    tools_tool AS tool
    JOIN votes_tally AS tally ON tally.tool_id = tool.id
    JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    LEFT JOIN votes_vote AS vote ON vote.tool_id = tool.id
        AND vote.reader_id = %(reader)s AND vote.state <> 'withdrawn'
    LEFT JOIN votes_reason AS reason ON reason.id = vote.reason_id
    LEFT JOIN bookmarks_bookmark AS bookmark ON bookmark.tool_id = tool.id
        AND bookmark.reader_id = %(reader)s AND bookmark.removed_at IS NULL
) ON tool.slug = ANY (%(slugs)s) AND tool.published_at <= %(now)s
ORDER BY tool.name, tool.id
"""  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class Personal:
    """`buttons` are of all tools; `kept` bookmarks, of which `changed` have news."""

    boxes: list[VoteBox]
    buttons: list[BookmarkButton]
    kept: int
    changed: int


def read_personal(reader_id: UUID, slugs: Sequence[str]) -> Personal:
    """Read it in one query, and the reasons in another one for a reader who voted on any of the tools."""
    values: dict[str, Any] = {"reader": reader_id, "slugs": list(slugs), "now": timezone.now()}
    with read_connection().cursor() as cursor:
        cursor.execute(PERSONAL, values)
        rows = cursor.fetchall()
    kept, changed = rows[0][:2]
    votes: list[tuple[BoxTool, MyVote]] = []
    buttons = []
    for _, _, is_bookmarked, slug, name, ships, skips, held, *panel, choice, rule, reason in rows:
        if slug:
            buttons.append(BookmarkButton(slug, name, is_bookmarked))
        if choice:
            tool = BoxTool(slug, name, BoxTally(ships, skips, held), BoxPanel(*panel))
            votes.append((tool, MyVote(choice, rule, reason)))
    reasons = all_offered_reasons() if votes else {}
    boxes = [VoteBox(tool, vote, reasons[vote.choice]) for tool, vote in votes]
    return Personal(boxes, buttons, kept, changed)
