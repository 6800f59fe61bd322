from dataclasses import dataclass
from itertools import product

from django.utils import timezone

from tools.models import Category, Tool
from tools.panel_word import PanelWord
from web.replica import read_connection

COUNT = """
SELECT coalesce(sum(tools), 0) FROM reviews_listingcount
WHERE since <= %s AND entry = ANY (%s) AND verdict = ANY (%s) AND (%s::bigint IS NULL OR category_id = %s)
"""


@dataclass(frozen=True)
class Facets:
    """What a list is filtered by; None and "" stand for any."""

    category: Category | None = None
    entry: str = ""
    verdict: str = ""

    @property
    def entries(self) -> list[str]:
        return [self.entry] if self.entry else Tool.Entry.values

    @property
    def verdicts(self) -> list[str]:
        return [self.verdict] if self.verdict else PanelWord.values

    @property
    def branches(self) -> list[tuple[str, str]]:
        """Every entry with every verdict that a tool of the list may have."""
        return list(product(self.entries, self.verdicts))

    @property
    def query(self) -> str:
        """The facets as a tsquery on the columns `texts` and `names` of a Listing."""
        chosen = {
            "category": self.category.pk if self.category else "",
            "entry": self.entry,
            "verdict": self.verdict,
        }
        return " & ".join(f"'{name}:{value}'" for name, value in chosen.items() if value)

    def count(self) -> int:
        """Return how many tools are listed now."""
        category = self.category.pk if self.category else None
        with read_connection().cursor() as cursor:
            cursor.execute(COUNT, [timezone.now(), self.entries, self.verdicts, category, category])
            (total,) = cursor.fetchone()
        return int(total)
