from typing import Annotated

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext
from pydantic import Field

from api.catalogue import Tool, tools_data
from api.data import page_url
from api.mcp.answers import Answer, read_at, verdict_words
from api.mcp.lookups import moved, moved_words, published_tools
from api.mcp.server import Params, mcp_tool
from reviews.listing.models import FactCount
from tools import models
from tools.slugs import SLUG_MAX_LENGTH

ToolSlug = Annotated[str, Field(min_length=1, max_length=SLUG_MAX_LENGTH)]


class GetTool(Params):
    slug: ToolSlug
    """The slug of a tool, such as aider. search_tools finds it."""


class ToolAnswer(Answer):
    tool: Tool
    unknown: list[str]
    """The kinds of facts that are known for other tools of the category, but not for this one."""
    moved: dict[str, str]
    """The slug in the request, if it is an old one, with the current one."""


@mcp_tool(GetTool, title="Get a tool")
def get_tool(request: HttpRequest, given: GetTool) -> ToolAnswer:
    """Get everything that is known about one AI tool: the panel's verdict, score and spread with the number of
    reviews, readers' votes with n and the 95% interval, price, status with successor, and facts, each with its
    source and the date when it was checked."""
    found = published_tools(request, [given.slug])
    (tool,) = found.values()
    (data,) = tools_data([tool])
    unknown = _unknown_kinds(tool)
    old_slugs = moved(found)
    return ToolAnswer(
        text=f"{moved_words(old_slugs)}{verdict_words(tool)} {_fact_words(data, unknown)}",
        source_url=page_url(tool.get_absolute_url()),
        read_at=read_at(),
        tool=data,
        unknown=unknown,
        moved=old_slugs,
    )


def _unknown_kinds(tool: models.Tool) -> list[str]:
    """Return the names of the kinds that the tool's page prints as unknown."""
    counts = FactCount.objects.filter(category=tool.category_id, since__lte=timezone.now())
    known = counts.values("kind").annotate(known=Sum("tools")).filter(known__gt=0)
    kinds = models.FactKind.objects.filter(pk__in=known.values("kind"))
    return list(kinds.exclude(facts__tool=tool).values_list("name", flat=True))


def _fact_words(tool: Tool, unknown: list[str]) -> str:
    number = len(tool.facts)
    words = ngettext("%(n)d fact has a source.", "%(n)d facts have sources.", number) % {
        "n": number
    }
    return f"{words} Unknown: {', '.join(unknown)}." if unknown else words
