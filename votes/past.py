"""Tools at the end of a day, with all that pages and the API read beside them: facts, reviews, tally and reasons.

The shapes are those of the present, so that the same builders make a page of the past.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reviews.models import Review
from reviews.panel import panel_verdict_of
from reviews.past import Revision, revisions_then
from tools.models import Fact, Tool
from tools.past import tools_then
from tools.past_day import PastDay
from votes.models import Tally
from votes.queries import LeadingReasons, leading, no_reasons
from votes.vote_log import REASONS, TALLIES
from web.replica import read_connection

TALLIES_THEN = f"""
SELECT tool_id, {TALLIES} FROM votes_voteday WHERE tool_id = ANY (%s) AND day <= %s GROUP BY tool_id
"""  # noqa: S608 - made of constants of our own

REASONS_THEN = f"""
SELECT tool_id, reason.side, reason.label, sum(logged.count) FROM (
    SELECT tool_id, reason_id, sum({REASONS}) AS count FROM votes_voteday
    WHERE tool_id = ANY (%s) AND day <= %s AND reason_id IS NOT NULL GROUP BY tool_id, reason_id
) AS logged JOIN votes_reason AS reason ON reason.id = reason_id
WHERE logged.count > 0
GROUP BY tool_id, reason.side, reason.label ORDER BY sum(logged.count) DESC, reason.label
"""  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class Past:
    """What held at the end of a day. The tools have category, panel, tally and successor."""

    day: PastDay
    tools: Sequence[Tool]
    facts: Sequence[Fact]
    revisions: Mapping[int, Sequence[Revision]]

    @cached_property
    def scorecards(self) -> dict[int, list[Review]]:
        """{tool.pk: current reviews in panel order}, in the order of the tools."""
        return {tool.pk: _current(self.revisions[tool.pk]) for tool in self.tools}

    def leading_reasons(self) -> dict[int, LeadingReasons]:
        """Return the reasons that `votes.queries.leading_reasons` returned then; one query."""
        with read_connection().cursor() as cursor:
            cursor.execute(REASONS_THEN, [[tool.pk for tool in self.tools], self.day.day])
            return leading(no_reasons(self.tools), cursor)


def read_past(tools: Sequence[Tool], day: PastDay) -> Past:
    """Read what published `tools` (with category) were, in four to seven queries.

    Raises NothingThenError where one had not been added yet, or was withdrawn.
    """
    then, facts = tools_then(tools, day)
    revisions, tallies = revisions_then(then, day), _tallies(then, day)
    for tool in then:
        tool.panel = panel_verdict_of(tool.pk, _current(revisions[tool.pk]))
        tool.tally = tallies[tool.pk]
    return Past(day, then, facts, revisions)


def _current(revisions: Sequence[Revision]) -> list[Review]:
    return [revision.review for revision in revisions if revision.review.is_current]


def _tallies(tools: Sequence[Tool], day: PastDay) -> dict[int, Tally]:
    """Add up the public vote log."""
    tallies = {tool.pk: Tally(tool_id=tool.pk) for tool in tools}
    with read_connection().cursor() as cursor:
        cursor.execute(TALLIES_THEN, [list(tallies), day.day])
        for pk, ships, skips, held in cursor:
            tallies[pk] = Tally(tool_id=pk, ships=ships, skips=skips, held=held)
    return tallies
