"""The ledger of the whole site, newest first."""

from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from pages.paging import Paged, paged
from tools.ledger import events
from tools.models import LedgerEntry, Tool

PER_PAGE = 50
PARAMS = ["kind", "tool", "page"]


@dataclass(frozen=True)
class ChangeList:
    kind: str
    tool: Tool | None
    entries: Paged

    @property
    def days(self):
        """(date, [Event]) of the page's entries, newest first."""
        by_day = groupby(
            events(self.entries), key=lambda event: timezone.localtime(event.at).date()
        )
        return [(day, list(happened)) for day, happened in by_day]

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
