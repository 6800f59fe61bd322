"""What the site computed, so that it can be computed again: panel, agreement, tallies, vote log and ranks."""

from dump.catalog_tables import ON_RECORD, PUBLIC, TOOL
from dump.table import (
    DAY,
    MOMENT,
    NUMBER,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Table,
    code,
    described,
    list_of,
    optional,
    selected,
    sorted_list,
    utc,
)
from tools.panel_word import PanelWord
from votes.models import Choice, Intervention, Rule, Vote, VoteDay
from votes.queries import REASONS_SHOWN_FROM
from votes.rankings.models import Ranking

PANEL = Table(
    "panel",
    "The panel verdict and its figures, of every published tool.",
    {
        "tool": TOOL,
        "verdict": described(
            code(*PanelWord.values),
            "Ship if more say ship than skip, skip if fewer do, split if equal, none without reviews.",
        ),
        "ships": described(WHOLE, "How many current reviews say ship."),
        "skips": described(WHOLE, "How many current reviews say skip."),
        "ship_percent": described(optional(WHOLE), "Whole percent, rounded half up."),
        "score": described(optional(NUMBER), "The mean, one decimal, rounded half up."),
        "spread": described(optional(WHOLE), "The highest score minus the lowest."),
        "last_reviewed_on": described(optional(DAY), "The newest day of a current review."),
    },
    selected(f"""
        SELECT tool_id AS tool, verdict, ships, skips, ship_percent, score, spread, last_reviewed_on
        FROM reviews_panelverdict JOIN tools_tool AS tool ON tool.id = tool_id WHERE {PUBLIC} ORDER BY tool_id
    """),  # noqa: S608 - made of constants of our own
)

LENIENCY = Table(
    "leniency",
    "How far each reviewer's scores lie above the panel's, over tools with three or more reviews.",
    {
        "reviewer": described(WHOLE, "The id of a reviewer."),
        "tools": described(WHOLE, "Over how many tools."),
        "residual": described(NUMBER, "The mean of score minus panel score."),
        "points": described(NUMBER, "The same, shrunk towards 0."),
    },
    selected("""
        SELECT reviewer_id AS reviewer, tools, residual, points FROM reviews_leniency ORDER BY reviewer_id
    """),
)

AGREEMENT = Table(
    "agreement",
    "How far each pair of reviewers agrees on the tools that both reviewed.",
    {
        "first": described(WHOLE, "The id of a reviewer, the lower one of the two."),
        "second": described(WHOLE, "The id of the other reviewer."),
        "tools": described(WHOLE, "How many tools both reviewed."),
        "same_verdict": described(WHOLE, "On how many of them their verdicts are the same."),
        "verdict_alpha": described(
            optional(NUMBER),
            "Krippendorff's alpha of the verdicts, two decimals, rounded half away from 0; null where all are the same.",
        ),
        "score_alpha": described(optional(NUMBER), "The same of the scores, with (a − b)²."),
    },
    selected("""
        SELECT first_id AS first, second_id AS second, tools, same_verdict, verdict_alpha, score_alpha
        FROM reviews_agreement ORDER BY first_id, second_id
    """),
)

REASONS = Table(
    "reasons",
    "The reasons that a reader may add to a vote.",
    {
        "id": described(WHOLE, "It never changes. Other tables refer to it."),
        "side": described(code(*Choice.values), "With which votes it can be given."),
        "slug": described(TEXT, "Its name in the API."),
        "label": described(TEXT, "As pages print it."),
        "position": described(
            WHOLE, "The reasons of a side are listed in this order, then by label."
        ),
        "offered": described(YES_OR_NO, "Whether readers can still choose it."),
    },
    selected("""
        SELECT id, side, slug, label, position, is_active AS offered FROM votes_reason ORDER BY id
    """),
)

# The sides of a tool on which enough counted votes have a reason to say which, as on its page.
PUBLIC_SIDES = f"""
    SELECT tally.tool_id, side FROM votes_reasontally AS tally JOIN votes_reason AS reason ON reason.id = reason_id
    GROUP BY tally.tool_id, side HAVING sum(count) >= {REASONS_SHOWN_FROM}
"""  # noqa: S608 - made of constants of our own

TALLIES = Table(
    "tallies",
    "Readers' counted and held votes on each tool that is or was published.",
    {
        "tool": TOOL,
        "ships": described(WHOLE, "Counted votes for ship."),
        "skips": described(WHOLE, "Counted votes for skip."),
        "held": described(WHOLE, "Votes that a public rule holds; they do not count."),
        "rank_bound": described(
            optional(NUMBER),
            "The lower bound of the 95 % Wilson interval (z = 1.96) of the ship share; null below ten votes.",
        ),
        "reasons": described(
            list_of(
                {
                    "type": "object",
                    "properties": {"reason": WHOLE, "count": WHOLE},
                    "required": ["reason", "count"],
                    "additionalProperties": False,
                }
            ),
            "How many counted votes have each reason; empty for a side where fewer than ten have one.",
        ),
    },
    selected(f"""
        WITH public_sides AS ({PUBLIC_SIDES})
        SELECT tool_id AS tool, ships, skips, held, rank_bound, {
        sorted_list(
            "json_build_object('reason', reason_id, 'count', count)",
            "reason_id",
            "votes_reasontally AS given JOIN votes_reason AS reason ON reason.id = reason_id "
            "WHERE given.tool_id = tally.tool_id AND count > 0 "
            "AND (given.tool_id, reason.side) IN (SELECT * FROM public_sides)",
        )
    } AS reasons
        FROM votes_tally AS tally JOIN tools_tool AS tool ON tool.id = tool_id WHERE {
        ON_RECORD
    } ORDER BY tool_id
    """),  # noqa: S608 - made of constants of our own
)

VOTE_DAYS = Table(
    "vote_days",
    "The vote log: what happened to votes on a tool on one day (UTC). It adds up to the tallies.",
    {
        "tool": TOOL,
        "day": described(DAY, "The day (UTC)."),
        "event": described(code(*VoteDay.Event.values), "What happened to the votes."),
        "side": described(code("", *Choice.values), "Of the votes; of a change, the new one."),
        "state": described(
            code("", *Vote.State.values), "Before the event; empty for a first vote."
        ),
        "rule": described(code("", *Rule.values), "Which public rule held or voided the votes."),
        "reason": described(
            optional(WHOLE), "Null without one, and for a side where fewer than ten votes have one."
        ),
        "count": described(WHOLE, "How many votes this happened to."),
    },
    selected(f"""
        WITH public_sides AS ({PUBLIC_SIDES})
        SELECT log.tool_id AS tool, day, event, log.side, state, rule,
            CASE WHEN public_sides.side IS NOT NULL THEN reason_id END AS reason, sum(count)::integer AS count
        FROM votes_voteday AS log JOIN tools_tool AS tool ON tool.id = log.tool_id
        LEFT JOIN public_sides ON (public_sides.tool_id, public_sides.side) = (log.tool_id, log.side)
        WHERE {ON_RECORD} GROUP BY 1, 2, 3, 4, 5, 6, 7
        ORDER BY 1, 2, event COLLATE "C", log.side COLLATE "C", state COLLATE "C", rule COLLATE "C", 7 NULLS FIRST
    """),  # noqa: S608 - made of constants of our own
)

INTERVENTIONS = Table(
    "interventions",
    "What publishers did with votes, and why. Who it was is not public.",
    {
        "id": described(WHOLE, "In the order in which they were made."),
        "tool": TOOL,
        "at": described(MOMENT, "When it was done."),
        "role": described(code("publisher"), "The role of the member of staff."),
        "act": described(code(*Intervention.Act.values), "What was done with the votes."),
        "reason": described(TEXT, "Why."),
        "since": described(
            optional(MOMENT), "The votes from this time on; null if no beginning was chosen."
        ),
        "until": described(
            optional(MOMENT), "The votes before this time; null if no end was chosen."
        ),
        "votes": described(WHOLE, "How many votes it affected."),
        "ships_before": described(WHOLE, "The counted votes for ship before it."),
        "skips_before": described(WHOLE, "The counted votes for skip before it."),
        "ships_after": described(WHOLE, "The counted votes for ship after it."),
        "skips_after": described(WHOLE, "The counted votes for skip after it."),
    },
    selected(f"""
        SELECT done.id, tool_id AS tool, {utc("at")} AS at, 'publisher' AS role, act, reason, {utc("since")} AS since,
            {utc("until")} AS until, votes, ships_before, skips_before, ships_after, skips_after
        FROM votes_intervention AS done JOIN tools_tool AS tool ON tool.id = tool_id
        WHERE {ON_RECORD} ORDER BY tool_id, done.id
    """),  # noqa: S608 - made of constants of our own
)

RANKS = Table(
    "ranks",
    "The first places of each ranking, of all tools and of each category, with the figures they were computed from.",
    {
        "ranking": described(code(*Ranking.values), "By what the tools are ranked."),
        "category": described(
            optional(WHOLE), "The id of a category; null for the ranking of all tools."
        ),
        "place": described(WHOLE, "The place in the list, without ties."),
        "rank": described(
            WHOLE,
            "Several places share a rank where the data cannot tell them apart: see shared_rank in the manifest.",
        ),
        "shared": described(YES_OR_NO, "Whether another tool has the same rank."),
        "among": described(WHOLE, "How many tools have a rank."),
        "tool": TOOL,
        "score": described(
            optional(NUMBER), "The panel score; null with fewer than three reviews."
        ),
        "score_low": described(
            optional(NUMBER),
            "The lower end of the 95 % interval of the mean score, within 0 and 100, one decimal.",
        ),
        "score_high": described(optional(NUMBER), "The upper end of it."),
        "lowest": described(optional(WHOLE), "The lowest score of a review."),
        "highest": described(optional(WHOLE), "The highest score of a review."),
        "reviews": described(WHOLE, "How many current reviews it has."),
        "panel_ships": described(WHOLE, "How many of them say ship."),
        "corrected_score": described(
            optional(NUMBER),
            "The mean without the leniency of each reviewer: see corrected_score in the manifest.",
        ),
        "corrected_place": described(optional(WHOLE), "The place by the corrected score."),
        "rise": described(
            optional(WHOLE),
            "How many places higher that is than by the panel score; negative: lower.",
        ),
        "ships": described(optional(WHOLE), "Readers' votes; null with fewer than ten."),
        "skips": described(optional(WHOLE), "Readers' votes; null with fewer than ten."),
    },
    selected(f"""
        SELECT ranking, rank.category_id AS category, place, rank, is_shared AS shared, among, tool_id AS tool, score,
            score_low, score_high, lowest, highest, reviews, panel_ships, corrected_score, corrected_place, rise,
            ships, skips
        FROM votes_rank AS rank JOIN votes_rankedtool AS ranked ON ranked.tool_id = ranked_tool_id
        JOIN tools_tool AS tool ON tool.id = ranked_tool_id
        WHERE {PUBLIC} ORDER BY ranking COLLATE "C", rank.category_id NULLS FIRST, place
    """),  # noqa: S608 - made of constants of our own
)
