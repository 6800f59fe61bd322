from collections.abc import Iterable

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rapidfuzz import fuzz, process, utils

from tools.models import Fact, FactKind, Tool
from web.joined_rows import JoinedRows

# Below this likeness (of 100) a name is no help to who mistyped another.
ALIKE = 60

FACTS = JoinedRows(
    """
    SELECT {fact}, {kind}
    FROM tools_fact AS fact JOIN tools_factkind AS kind ON kind.id = fact.kind_id
    WHERE fact.tool_id = ANY(%s)
    ORDER BY kind.position, kind.name
    """,
    fact=Fact,
    kind=FactKind,
)


def facts_of(tools: Iterable[Tool]) -> list[Fact]:
    """Return the facts of `tools` with their kinds, in the kinds' order, in one query."""
    facts = []
    for fact, kind in FACTS.read([[tool.pk for tool in tools]]):
        fact.kind = kind
        facts.append(fact)
    return facts


def near_names(tools: QuerySet[Tool], asked: str, limit: int = 5) -> list[tuple[str, str]]:
    """The (name, slug) of those of `tools` that look most like `asked`, a name or slug; nearest first."""
    names = list(tools.values_list("name", "slug"))
    asked = asked.replace("-", " ")
    # A slug is asked for as often as a name, and spells other scripts in Latin letters.
    spellings = [spelling for name, slug in names for spelling in (name, slug.replace("-", " "))]
    found = process.extract(
        asked,
        spellings,
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        score_cutoff=ALIKE,
        limit=limit * 2,
    )
    return list(dict.fromkeys(names[place // 2] for _, _, place in found))[:limit]


def get_tool_or_404(tools: QuerySet[Tool], slug: str) -> Tool:
    """The one of `tools` that has `slug` in any case, or had it before it was renamed: an open page may not know."""
    slug = slug.lower()
    return tools.filter(slug=slug).first() or get_object_or_404(tools, old_slugs__slug=slug)
