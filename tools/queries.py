from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404

from tools.models import Fact, FactKind, Tool
from tools.slugs import find_by_any_slug
from web.joined_rows import JoinedRows

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
TOOLS = JoinedRows("SELECT {tool} FROM tools_tool AS tool WHERE id = ANY(%s)", tool=Tool)


def tool_rows(ids: Iterable[int]) -> dict[int, Tool]:
    """Return {id: tool} of those that exist, with nothing that stands beside a tool, in one query."""
    return {tool.pk: tool for (tool,) in TOOLS.read([list(ids)])}


def facts_of(tools: Iterable[Tool]) -> list[Fact]:
    """Return the facts of `tools` with their kinds, in the kinds' order, in one query."""
    facts = []
    for fact, kind in FACTS.read([[tool.pk for tool in tools]]):
        fact.kind = kind
        facts.append(fact)
    return facts


def get_tool_or_404(tools: QuerySet[Tool], slug: str) -> Tool:
    """Return the one of `tools` with `slug`, in any case or an old one: a page may be open since before a renaming."""
    tool = find_by_any_slug(tools, slug)
    if tool is None:
        raise Http404
    return tool
