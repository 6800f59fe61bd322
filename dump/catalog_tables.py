"""The catalogue: what readers can see of it. Drafts, and tools and reviews that are scheduled, are left out."""

from dump.table import (
    ANY,
    DAY,
    MOMENT,
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
from reviews.models import Review, Reviewer, Verdict
from tools.models import FactKind, Tool

PUBLIC = "tool.published_at <= %(now)s"
ON_RECORD = f"({PUBLIC} OR tool.withdrawn_at IS NOT NULL)"


def _old_slugs(table: str, owner: str) -> str:
    return (
        sorted_list('slug COLLATE "C"', 'slug COLLATE "C"', f"{table} WHERE {owner}")
        + " AS old_slugs"
    )


ID = described(WHOLE, "It never changes, unlike a slug. Other tables refer to it.")
OLD_SLUGS = described(list_of(TEXT), "Earlier slugs, whose addresses redirect.")
TOOL = described(WHOLE, "The id of a tool.")

CATEGORIES = Table(
    "categories",
    "The categories. A tool has exactly one.",
    {
        "id": ID,
        "slug": described(TEXT, "Its name in addresses."),
        "name": described(TEXT, "Its name."),
        "description": described(TEXT, "Markdown."),
        "position": described(WHOLE, "The categories are listed in this order, then by name."),
        "old_slugs": OLD_SLUGS,
    },
    selected(f"""
        SELECT id, slug, name, description, position,
            {_old_slugs("tools_oldcategoryslug", "category_id = category.id")}
        FROM tools_category AS category ORDER BY id
    """),  # noqa: S608 - made of constants of our own
)

FACT_KINDS = Table(
    "fact_kinds",
    "The kinds of facts, with the type of their values.",
    {
        "id": ID,
        "slug": described(TEXT, "Its name in the API."),
        "name": described(TEXT, "As pages print it."),
        "group": described(TEXT, "The heading under which pages list it."),
        "value_type": described(code(*FactKind.ValueType.values), "Which type the values have."),
        "unit": described(TEXT, "Of numbers; empty without one."),
        "better": described(code(*FactKind.Better.values), "Which values are better, if any."),
        "filter": described(YES_OR_NO, "Whether lists of tools can be filtered by it."),
        "position": described(WHOLE, "The kinds are listed in this order, then by name."),
    },
    selected("""
        SELECT id, slug, name, "group", value_type, unit, better, is_filter AS filter, position
        FROM tools_factkind ORDER BY id
    """),
)

REVIEWERS = Table(
    "reviewers",
    "The members of the panel, including those who have retired.",
    {
        "id": ID,
        "slug": described(TEXT, "The name in addresses."),
        "name": described(TEXT, "The name."),
        "motto": described(TEXT, "One line in their own words."),
        "bio": described(TEXT, "Markdown."),
        "excited_about": described(TEXT, "What they get excited about."),
        "tired_of": described(TEXT, "What they are tired of."),
        "position": described(WHOLE, "The panel is listed in this order, then by name."),
        "active": described(YES_OR_NO, "False: retired."),
        "kind": described(
            code(*Reviewer.Kind.values),
            "Whether a person writes the reviews alone, or with the help of AI.",
        ),
        "old_slugs": OLD_SLUGS,
    },
    selected(f"""
        SELECT id, slug, name, motto, bio, excited_about, tired_of, position, is_active AS active, kind,
            {_old_slugs("reviews_oldreviewerslug", "reviewer_id = reviewer.id")}
        FROM reviews_reviewer AS reviewer
        WHERE is_active OR EXISTS (
            SELECT FROM reviews_review WHERE reviewer_id = reviewer.id AND published_at <= %(now)s)
        ORDER BY id
    """),  # noqa: S608 - made of constants of our own
)

# Of a withdrawn tool the site shows its name, its change log and its vote log.
SHOWN = ["tagline", "description", "website", "entry", "pricing", "best_for", "skip_if", "status"]

TOOLS = Table(
    "tools",
    "The tools that are or were published. Of a withdrawn tool only what its page still shows.",
    {
        "id": ID,
        "slug": described(TEXT, "Its name in addresses."),
        "name": described(TEXT, "Its name."),
        "category": described(WHOLE, "The id of a category."),
        "tagline": described(optional(TEXT), "One line about it."),
        "description": described(optional(TEXT), "Markdown."),
        "website": described(optional(TEXT), "Its address."),
        "entry": described({"enum": [*Tool.Entry.values, "", None]}, "What it costs to start."),
        "pricing": described(optional(TEXT), "What it costs, in words."),
        "best_for": described(optional(TEXT), "Who it is best for."),
        "skip_if": described(optional(TEXT), "When to choose another tool."),
        "status": described(
            {"enum": [*Tool.Status.values, None]}, "Whether it is still offered under this name."
        ),
        "status_date": described(optional(DAY), "Since when it has this status; null if unknown."),
        "successor": described(optional(WHOLE), "The id of the tool to use instead."),
        "published_at": described(optional(MOMENT), "When it was published here."),
        "withdrawn_at": described(
            optional(MOMENT), "When it was withdrawn from this site; null if it is public."
        ),
        "sample": described(
            YES_OR_NO, "Whether its reviews and scores are made up to show how the site works."
        ),
        "old_slugs": OLD_SLUGS,
    },
    selected(f"""
        SELECT id, slug, name, category_id AS category,
            {", ".join(f"CASE WHEN {PUBLIC} THEN {name} END AS {name}" for name in SHOWN)},
            CASE WHEN {PUBLIC} THEN status_date END AS status_date,
            CASE WHEN {PUBLIC} THEN successor_id END AS successor,
            {utc("published_at")} AS published_at, {utc("withdrawn_at")} AS withdrawn_at, is_sample AS sample,
            {_old_slugs("tools_oldtoolslug", "tool_id = tool.id")}
        FROM tools_tool AS tool WHERE {ON_RECORD} ORDER BY id
    """),  # noqa: S608 - made of constants of our own
)

FACTS = Table(
    "facts",
    "The facts of the published tools. One that is missing is unknown.",
    {
        "id": ID,
        "tool": TOOL,
        "kind": described(WHOLE, "The id of a fact kind."),
        "value": described(
            {"type": ["string", "number", "boolean"]},
            "By the type of the kind. Package URLs are one text, with spaces between.",
        ),
        "source_url": described(TEXT, "The page that states the value."),
        "observed_on": described(DAY, "When the source was checked."),
    },
    selected(f"""
        SELECT fact.id, tool_id AS tool, kind_id AS kind,
            CASE value_type WHEN 'number' THEN to_json(number) WHEN 'boolean' THEN to_json(boolean)
                ELSE to_json(text) END AS value,
            source_url, observed_on
        FROM tools_fact AS fact JOIN tools_tool AS tool ON tool.id = tool_id WHERE {PUBLIC} ORDER BY tool_id, fact.id
    """),  # noqa: S608 - made of constants of our own
)

CORRECTIONS = sorted_list(
    f"json_build_object('at', {utc('at')}, 'old', old_body)",
    "at, id",
    "reviews_reviewcorrection WHERE review_id = review.id",
)

REVIEWS = Table(
    "reviews",
    "The published reviews of the published tools, with every revision.",
    {
        "id": ID,
        "tool": TOOL,
        "reviewer": described(WHOLE, "The id of a reviewer."),
        "revision": described(WHOLE, "1 for the first opinion of this reviewer on this tool."),
        "current": described(YES_OR_NO, "Whether it is the newest of its reviewer and tool."),
        "score": described(WHOLE, "0 to 100."),
        "verdict": described(code(*Verdict.values), "What the reviewer would do."),
        "basis": described(code(*Review.Basis.values), "What the opinion is based on."),
        "body": described(TEXT, "Markdown."),
        "tested_version": described(TEXT, "Of the tool; empty if it is not known."),
        "reviewed_on": described(DAY, "The day of the opinion."),
        "published_at": described(MOMENT, "When it was published."),
        "reason": described(TEXT, "Why the opinion changed."),
        "reaffirmed_on": described(
            list_of(DAY), "When the reviewer confirmed that it still stands."
        ),
        "corrections": described(
            list_of(
                {
                    "type": "object",
                    "properties": {"at": MOMENT, "old": TEXT},
                    "required": ["at", "old"],
                    "additionalProperties": False,
                }
            ),
            "Typing errors that were corrected: when, and the text before.",
        ),
        "handed_back_at": described(
            optional(MOMENT),
            "When a publisher handed it back: the reviewer could see the other scores before it was published.",
        ),
    },
    selected(f"""
        SELECT review.id, tool_id AS tool, reviewer_id AS reviewer, revision, is_current AS current, score, verdict,
            basis, body, tested_version, reviewed_on, {utc("review.published_at")} AS published_at, reason,
            {sorted_list('"on"', '"on"', "reviews_reaffirmation WHERE review_id = review.id")} AS reaffirmed_on,
            {CORRECTIONS} AS corrections, {utc("handed_back_at")} AS handed_back_at
        FROM reviews_review AS review JOIN tools_tool AS tool ON tool.id = tool_id
        WHERE {PUBLIC} AND review.published_at <= %(now)s ORDER BY tool_id, review.id
    """),  # noqa: S608 - made of constants of our own
)

LEDGER = Table(
    "ledger",
    "The change log, oldest first. The entries of each day (UTC) are hashed into the chain of ledger_days.",
    {
        "id": ID,
        "tool": TOOL,
        "kind": described(TEXT, "What changed."),
        "event": described(TEXT, "Entries of one action have the same one."),
        "at": described(MOMENT, "When it changed."),
        "old": described(ANY, "Before, in codes; null means nothing."),
        "new": described(
            ANY,
            "After, in codes. A publication holds the whole state of the tool, with its facts by the ids of their kinds.",
        ),
        "review": described(optional(WHOLE), "The id of a review."),
        "fact_kind": described(optional(WHOLE), "The id of the kind of the fact that changed."),
        "old_category": described(optional(WHOLE), "The id of the category before."),
        "new_category": described(optional(WHOLE), "The id of the category after."),
        "old_successor": described(optional(WHOLE), "The id of the tool to use instead, before."),
        "new_successor": described(optional(WHOLE), "The id of the tool to use instead, after."),
        "corrects": described(optional(WHOLE), "The id of the entry that this one corrects."),
        "reason": described(TEXT, "The reason; empty if there is none."),
    },
    selected(f"""
        SELECT entry.id, tool_id AS tool, kind, event, {utc("at")} AS at, old, new, review_id AS review,
            fact_kind_id AS fact_kind, old_category_id AS old_category, new_category_id AS new_category,
            old_successor_id AS old_successor, new_successor_id AS new_successor, corrects_id AS corrects, reason
        FROM tools_ledgerentry AS entry JOIN tools_tool AS tool ON tool.id = tool_id
        WHERE at <= %(now)s AND {ON_RECORD} ORDER BY entry.at, entry.id
    """),  # noqa: S608 - made of constants of our own
)
