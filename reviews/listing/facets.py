from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Self

from django.utils import timezone

from tools.models import Category, FactKind, Tool
from tools.panel_word import PanelWord
from web.replica import read_connection

COUNT = """
SELECT coalesce(sum(tools), 0) FROM reviews_listingcount
WHERE value = %s AND category_id = %s AND since <= %s AND entry = ANY (%s) AND verdict = ANY (%s) AND status = ANY (%s)
"""


@dataclass(frozen=True)
class Facets:
    """What a list is filtered by; None and "" stand for any.

    `values` are lexemes of the values of facts ("value:12:MIT", see `fact_value`), at most one of each kind.
    """

    category: Category | None = None
    entry: str = ""
    verdict: str = ""
    status: str = ""
    values: tuple[str, ...] = ()

    @property
    def entries(self) -> list[str]:
        return [self.entry] if self.entry else Tool.Entry.values

    @property
    def verdicts(self) -> list[str]:
        return [self.verdict] if self.verdict else PanelWord.values

    @property
    def statuses(self) -> list[str]:
        return [self.status] if self.status else Tool.Status.values

    @property
    def branches(self) -> list[tuple[str, str]]:
        """Every entry with every verdict that a tool of the list may have."""
        return list(product(self.entries, self.verdicts))

    @property
    def is_in_index(self) -> bool:
        """Whether the indexes of the lists hold all that is chosen."""
        return not (self.status or self.values)

    @property
    def lexemes(self) -> list[str]:
        """What is chosen, as lexemes of the columns `texts` and `names` of a Listing."""
        chosen = {
            "category": self.category.pk if self.category else "",
            "entry": self.entry,
            "verdict": self.verdict,
            "status": self.status,
        }
        return [f"{name}:{value}" for name, value in chosen.items() if value] + list(self.values)

    @property
    def chosen(self) -> list[str]:
        """The names of the facets with a choice: category, entry, verdict, status, and the ids of kinds of facts."""
        names = [name for name in ["category", "entry", "verdict", "status"] if getattr(self, name)]
        return names + [kind_of(value) for value in self.values]

    @property
    def query(self) -> str:
        """The facets as a tsquery on the columns `texts` and `names` of a Listing."""
        return " & ".join(map(_quoted, self.lexemes))

    def count(self) -> int:
        """Return how many tools are listed now, with at most one value; one query."""
        value = self.values[0] if self.values else ""
        category = self.category.pk if self.category else 0
        with read_connection().cursor() as cursor:
            cursor.execute(
                COUNT,
                [value, category, timezone.now(), self.entries, self.verdicts, self.statuses],
            )
            (total,) = cursor.fetchone()
        return int(total)

    @property
    def only_values(self) -> "Facets":
        return Facets(values=self.values)

    def without(self, value: str) -> Self:
        return replace(self, values=tuple(kept for kept in self.values if kept != value))

    def each_without_a_value(self) -> Iterator[Self]:
        return (self.without(value) for value in self.values)


def fact_value(kind: FactKind, value: str) -> str:
    """Return the lexeme of a value, as `reviews_fact_value` in Postgres makes it."""
    return f"value:{kind.pk}:{value}"


def kind_of(value: str) -> str:
    """Return the id of the kind of a lexeme that `fact_value` made, "" of no value."""
    return value.split(":", 2)[1] if value else ""


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
