"""What a name that is being typed may become: tools, categories and reviewers, in one statement of bounded cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone

from reviews.listing.query import FIRST_CHARACTER_WITHOUT_SPACES, storable
from reviews.listing.search import ONE, SEVERAL
from web.replica import read_connection

# So many of each are suggested.
TOOLS, CATEGORIES, REVIEWERS = 5, 2, 1
# So many tools by the beginning of their name, and by a word in it, are ranked.
CANDIDATES = 48

# NULL, which finds nothing, for a text without a letter or digit.
FOLDED = "nullif(tools_folded(%({name})s), '')"
# The words next to each other, the last one unfinished.
WORDS = "to_tsquery('simple', replace({folded}, ' ', ' <-> ') || ':*')"

# `with_word` is planned with its limit only where that is safe: see `reviews.listing.search`.
TOOLS_OF = f"""
(WITH begins AS MATERIALIZED (
    SELECT tool_id FROM reviews_listing
    WHERE folded LIKE {{folded}} || '%%' AND published_at <= %(now)s
    ORDER BY folded USING ~<~ LIMIT {CANDIDATES}
), with_word AS {{fence}} (
    SELECT tool_id FROM reviews_listing WHERE names @@ {{words}} AND published_at <= %(now)s
), holds AS MATERIALIZED (
    SELECT tool_id FROM with_word WHERE (SELECT count(*) FROM begins) < {TOOLS} LIMIT {CANDIDATES}
), best AS MATERIALIZED (
    SELECT tool_id, row_number() OVER (
        ORDER BY folded = {{folded}} DESC, folded LIKE {{folded}} || '%%' DESC, status = 'discontinued',
            ranking_score DESC NULLS LAST, name, tool_id
    ) AS place
    FROM reviews_listing
    WHERE tool_id = ANY (ARRAY(SELECT tool_id FROM begins UNION SELECT tool_id FROM holds))
    ORDER BY place LIMIT {TOOLS}
)
SELECT {{number}} AS number, 1 AS kind, place, 'tool', tool.name, tool.slug, category.name
FROM best JOIN tools_tool AS tool ON tool.id = tool_id JOIN tools_category AS category ON category.id = category_id)
"""  # noqa: S608 - made of constants of our own
# Categories and reviewers are few: these tables are read whole.
ROWS_OF = """
(SELECT 0, {order}, row_number() OVER (ORDER BY {first}tools_folded(name) LIKE {folded} || '%%' DESC, position, name)
    AS place, '{kind}', name, slug, ''
FROM {table} WHERE {shown}to_tsvector('simple', tools_folded(name)) @@ {words}
ORDER BY place LIMIT {most})
"""
# As `reviews.queries.public_reviewers`.
PUBLIC_REVIEWER = """
(is_active OR EXISTS (SELECT FROM reviews_review WHERE reviewer_id = reviews_reviewer.id AND is_current)) AND
"""


class Kind(StrEnum):
    TOOL = "tool"
    CATEGORY = "category"
    REVIEWER = "reviewer"


@dataclass(frozen=True)
class Named:
    kind: Kind
    name: str
    slug: str
    # The name of the tool's category.
    category: str


def suggest_names(text: str, other_names: Sequence[str]) -> list[list[Named]]:
    """Return what `text` may become, and for each of `other_names` the tools that it may; all untrusted.

    Names that begin with the text come before those with words that do. One query, for a handful of names.
    """
    texts = [text, *other_names]
    branches = [_tools(number, text) for number, text in enumerate(texts)]
    branches += [
        _rows(2, Kind.CATEGORY, "tools_category", CATEGORIES),
        _rows(
            3,
            Kind.REVIEWER,
            "reviews_reviewer",
            REVIEWERS,
            first="is_active DESC, ",
            shown=PUBLIC_REVIEWER,
        ),
    ]
    params: dict[str, Any] = {
        _parameter(number): storable(text) for number, text in enumerate(texts)
    }
    with read_connection().cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(branches) + " ORDER BY 1, 2, 3", params | {"now": timezone.now()}
        )
        rows = cursor.fetchall()
    found: list[list[Named]] = [[] for _ in texts]
    for number, _, _, kind, *named in rows:
        found[number].append(Named(Kind(kind), *named))
    return found


def is_too_short(text: str) -> bool:
    """One letter is too short; one character of a script without spaces is a word."""
    return len(text) < 2 and text < FIRST_CHARACTER_WITHOUT_SPACES


def _parameter(number: int) -> str:
    return f"name{number}"


def _conditions(number: int) -> dict[str, str]:
    folded = FOLDED.format(name=_parameter(number))
    return {"folded": folded, "words": WORDS.format(folded=folded)}


def _tools(number: int, text: str) -> str:
    is_one_word = text.isascii() and text.isalnum()
    fence = ONE if is_one_word else SEVERAL
    return TOOLS_OF.format(number=number, fence=fence, **_conditions(number))


def _rows(order: int, kind: Kind, table: str, most: int, first: str = "", shown: str = "") -> str:
    return ROWS_OF.format(
        order=order, kind=kind, table=table, most=most, first=first, shown=shown, **_conditions(0)
    )
