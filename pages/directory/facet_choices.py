"""The facets that the directory offers, with how many tools each choice would list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pages.directory.filters import Selection, value_label
from reviews.listing.facet_counts import FacetCounts
from reviews.listing.facets import fact_value
from tools.models import Category, FactKind, Tool
from tools.panel_word import PanelWord

# Of a fact with many values, the most frequent ones.
MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """`tools`: how many the choice would list; None if that was not counted."""

    value: str
    label: str
    tools: int | None
    is_chosen: bool


@dataclass(frozen=True)
class FacetChoices:
    """`param` is the query parameter. With `is_more` the counts are lower bounds."""

    id: str
    param: str
    label: str
    any_label: str
    choices: list[Choice]
    is_more: bool
    help: str = ""


@dataclass(frozen=True)
class FacetBuilder:
    selection: Selection
    categories: Sequence[Category]
    kinds: Sequence[FactKind]
    counts: FacetCounts | None

    def all(self) -> list[FacetChoices]:
        """Return the facets with something to choose. A choice that lists no tool is left out, unless it is chosen."""
        facets = [*self._fixed(), *map(self._of_kind, self.kinds)]
        return [facet for facet in facets if facet.choices]

    def _fixed(self) -> Iterator[FacetChoices]:
        by_slug = {row.slug: str(row.pk) for row in self.categories}
        names = [(row.slug, row.name) for row in self.categories]
        yield self._facet("category", "Category", "All categories", names, keys=by_slug)
        yield self._facet("verdict", "Panel verdict", "Any verdict", PanelWord.choices)
        cost = "What it costs to start"
        yield self._facet("entry", "Entry", "Any price", Tool.Entry.choices, help=cost)
        yield self._facet("status", "Status", "Any status", Tool.Status.choices)

    def _facet(
        self,
        name: str,
        label: str,
        any_label: str,
        labels: Sequence[tuple[str, str]],
        *,
        keys: dict[str, str] | None = None,
        help: str = "",
    ) -> FacetChoices:
        chosen = getattr(self.selection.filters, name)
        choices = [
            Choice(value, text, self._tools(name, (keys or {}).get(value, value)), value == chosen)
            for value, text in labels
        ]
        return FacetChoices(
            name, name, label, any_label, _worth_showing(choices), self._is_more(name), help
        )

    def _of_kind(self, kind: FactKind) -> FacetChoices:
        chosen = {fact.kind.pk: fact.value for fact in self.selection.facts}.get(kind.pk, "")
        choices = [
            Choice(
                f"{kind.slug}:{value}",
                value_label(kind, value),
                self._tools(str(kind.pk), fact_value(kind, value)),
                value == chosen,
            )
            for value in self._values(kind, chosen)
        ]
        return FacetChoices(
            f"fact-{kind.slug}",
            "fact",
            kind.name,
            "Any",
            _worth_showing(choices),
            self._is_more(str(kind.pk)),
        )

    def _values(self, kind: FactKind, chosen: str) -> list[str]:
        if kind.value_type == FactKind.ValueType.BOOLEAN:
            return ["yes", "no"]
        counted = self.counts.by_facet.get(str(kind.pk), {}) if self.counts else {}
        most_frequent = sorted(counted, key=lambda value: (-counted[value], value))[:MOST_CHOICES]
        values = [value.removeprefix(fact_value(kind, "")) for value in most_frequent]
        return values if chosen in ["", *values] else [*values, chosen]

    def _tools(self, facet: str, choice: str) -> int | None:
        return self.counts.by_facet.get(facet, {}).get(choice, 0) if self.counts else None

    def _is_more(self, facet: str) -> bool:
        return bool(self.counts and facet in self.counts.lower_bounds)


def _worth_showing(choices: Sequence[Choice]) -> list[Choice]:
    return [choice for choice in choices if choice.tools != 0 or choice.is_chosen]
