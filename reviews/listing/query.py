"""What a reader typed, as queries for Postgres: words, what they stand for, and what they name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from tools.models.search_synonym import MOST_WORDS as LONGEST_TERM
from web.replica import read_connection

TEXT_LENGTH, MOST_WORDS, MOST_SYNONYMS, MOST_PARTS = 100, 12, 40, 8
# They say nothing where everything is an AI tool, and are left out beside other words.
EMPTY_WORDS = {
    "ai", "alternative", "alternatives", "app", "apps", "best", "compare", "compared", "good", "software",
    "tool", "tools", "top", "versus", "vs",
}  # fmt: skip
# Scripts that are written without spaces: `tools_folded` makes each character a word.
FIRST_CHARACTER_WITHOUT_SPACES = "\u2e80"

# The runs of words of a text that mean something, each with a query for the listed texts: the words as they were
# typed, and (not is_typed) what they stand for: synonyms, categories by a word of their name, and facts
# that are true by the whole name of their kind. Synonyms too may name a category or a fact.
MEANINGS = f"""
WITH typed AS MATERIALIZED (
    SELECT (string_to_array(tools_folded(%(text)s), ' '))[:{MOST_WORDS}] AS words
), run AS (
    SELECT first, last, array_to_string(words[first:last], ' ') AS words
    FROM typed CROSS JOIN generate_series(1, cardinality(words)) AS first
    CROSS JOIN generate_series(first, least(first + {LONGEST_TERM - 1}, cardinality(words))) AS last
), synonym AS (
    SELECT first, last, tools_folded(stands_for) AS words
    FROM run JOIN tools_searchsynonym ON tools_folded(term) = words
    UNION
    SELECT first, last, tools_folded(term)
    FROM run JOIN tools_searchsynonym ON is_two_way AND tools_folded(stands_for) = words
    ORDER BY first, last, words LIMIT {MOST_SYNONYMS}
), phrase AS MATERIALIZED (
    SELECT *, to_tsvector('english', words) AS vector, phraseto_tsquery('english', words) AS query
    FROM (SELECT *, true AS is_typed FROM run UNION ALL SELECT *, false FROM synonym) AS run
), category AS MATERIALIZED (
    SELECT '''category:' || id || '''' AS lexeme, to_tsvector('english', tools_folded(name)) AS vector
    FROM tools_category
), kind AS MATERIALIZED (
    SELECT '''fact:' || id || '''' AS lexeme, phraseto_tsquery('english', tools_folded(name)) AS query
    FROM tools_factkind WHERE value_type = 'boolean'
), meaning AS MATERIALIZED (
    SELECT first, last, query::text AS query FROM phrase WHERE NOT is_typed
    UNION SELECT first, last, lexeme FROM phrase JOIN category ON category.vector @@ phrase.query
        WHERE first = last OR NOT is_typed
    UNION SELECT first, last, lexeme FROM phrase JOIN kind ON phrase.vector @@ kind.query
)
SELECT first, last, words, query::text, true FROM phrase
    WHERE is_typed AND (first = last OR (first, last) IN (SELECT first, last FROM meaning))
UNION ALL SELECT first, last, '', query, false FROM meaning WHERE query <> ''
ORDER BY 1, 2 DESC, 5 DESC, 4
"""  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class SearchQuery:
    """A text as it is searched. `names`, `phrase` and `parts` are tsqueries, "" for none."""

    folded: str
    # Every word, the last one also unfinished, for the words of names.
    names: str
    # The words next to each other.
    phrase: str
    # Each word or term with all that it stands for.
    parts: tuple[str, ...]

    @property
    def every(self) -> str:
        return " & ".join(f"({part})" for part in self.parts)

    @property
    def any(self) -> str:
        return " | ".join(f"({part})" for part in self.parts)

    @property
    def fewer(self) -> list[str]:
        """The queries for all parts but one, and for each part."""
        all_but_one = [
            " & ".join(f"({part})" for part in [*self.parts[:place], *self.parts[place + 1 :]])
            for place in range(len(self.parts))
        ]
        return list(dict.fromkeys([*all_but_one, *self.parts])) if len(self.parts) > 1 else []


@dataclass
class Run:
    """Words `first` to `last` of a text."""

    first: int
    last: int
    words: str
    typed: str
    meanings: list[str]

    @property
    def part(self) -> str:
        return " | ".join(dict.fromkeys(query for query in [self.typed, *self.meanings] if query))

    @property
    def is_character(self) -> bool:
        return len(self.words) == 1 and self.words >= FIRST_CHARACTER_WITHOUT_SPACES


def storable(text: str) -> str:
    """Return an untrusted `text` as Postgres takes it: without NUL, and at most TEXT_LENGTH characters."""
    return text[:TEXT_LENGTH].replace("\0", " ")


def understand(text: str) -> SearchQuery:
    """Return an untrusted `text` as queries. One query; its cost does not depend on the number of tools."""
    with read_connection().cursor() as cursor:
        cursor.execute(MEANINGS, {"text": storable(text)})
        runs = list(_runs(cursor))
    words = [run for run in runs if run.first == run.last]
    parts = list(_parts(runs))
    return SearchQuery(
        folded=" ".join(run.words for run in words),
        names=_names(words),
        phrase=" <-> ".join(run.typed for run in words if run.typed) if len(words) > 1 else "",
        parts=tuple(dict.fromkeys(parts))[:MOST_PARTS],
    )


def _runs(rows: Iterable[tuple[int, int, str, str, bool]]) -> Iterator[Run]:
    for (first, last), group in groupby(rows, lambda row: row[:2]):
        (_, _, words, typed, _), *meanings = group
        yield Run(first, last, words, typed, [query for _, _, _, query, _ in meanings])


def _parts(runs: list[Run]) -> Iterator[str]:
    """Yield the queries that together cover the text: the longest known terms, then single words."""
    words = {run.first: run for run in runs if run.first == run.last}
    chosen, next_word = [], 1
    for run in runs:  # of those that begin with a word the longest comes first
        if run.first >= next_word:
            chosen.append(run)
            next_word = run.last + 1
    telling = [run for run in chosen if run.words not in EMPTY_WORDS and run.part] or chosen
    for is_character, group in groupby(telling, lambda run: run.is_character):
        if is_character:
            yield " <-> ".join(run.typed for run in group)
        else:
            yield from (_part(run, words) for run in group if run.part)


def _part(run: Run, words: dict[int, Run]) -> str:
    """Return the query for a word or a term; for a term also the one for all its words, apart from each other.

    But not with a stop word in it, which says in what order they are: "text to speech" is not "speech to text".
    """
    parts = [words[place].part for place in range(run.first, run.last + 1)]
    if len(parts) == 1 or not all(parts):
        return run.part
    return f"{run.part} | ({' & '.join(f'({part})' for part in parts)})"


def _names(words: list[Run]) -> str:
    """Return the words as a tsquery for names, also run together; characters stand next to each other."""
    if not words:
        return ""
    query = f"'{words[0].words}'"
    for before, word in pairwise(words):
        together = before.is_character and word.is_character
        query += f" {'<->' if together else '&'} '{word.words}'"
    joined = "".join(word.words for word in words)
    return f"{query}:* | '{joined}':*" if len(words) > 1 else f"{query}:*"
