"""The ledger of the whole site, newest first."""

from dataclasses import dataclass

from pages.paging import Paged, paged
from tools.models import LedgerEntry, Tool

PER_PAGE = 50
PARAMS = ["kind", "tool", "page"]


@dataclass(frozen=True)
class ChangeList:
    kind: str
    tool: Tool | None
    entries: Paged

    kinds = LedgerEntry.Kind.choices


def build_change_list(asked):
    """Build the list that `asked` (the query parameters, from a stranger) describes."""
    entries = LedgerEntry.objects.public().select_related("tool")
    query = {}
    kind = asked.get("kind") if asked.get("kind") in LedgerEntry.Kind.values else ""
    if kind:
        entries = entries.filter(kind=kind)
        query["kind"] = kind
    tool = None
    if slug := asked.get("tool"):
        tool = Tool.objects.published().filter(slug=slug).first()
    if tool:
        entries = entries.filter(tool=tool)
        query["tool"] = tool.slug
    return ChangeList(
        kind=kind,
        tool=tool,
        entries=paged(entries, asked.get("page"), per_page=PER_PAGE, query=query),
    )
