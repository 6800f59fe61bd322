from typing import Annotated

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from django_mcpz.server import ToolError
from pydantic import Field

from accounts.read_limits import limit_expensive_read
from api.data import page_url
from api.mcp.answers import Answer, ToolSummary, read_at, summaries, verdict_words
from api.mcp.lookups import category_or_error, similar_words
from api.mcp.server import Params, mcp_tool
from reviews.listing.facets import Facets
from reviews.listing.near_names import near_names
from reviews.listing.query import TEXT_LENGTH
from reviews.listing.search import Found, search
from tools import models
from tools.slugs import SLUG_MAX_LENGTH
from votes.tools_on_record import published_by_id

MOST = 20


class SearchTools(Params):
    query: Annotated[str, Field(max_length=TEXT_LENGTH)]
    """What to look for: a name, a category, or words such as “agent that runs locally”; at most 100 characters."""
    category: Annotated[str, Field(max_length=SLUG_MAX_LENGTH)] = ""
    """The slug of a category, such as coding-assistants; empty for all."""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 10
    """How many tools at most, from 1 to 20."""


class SearchAnswer(Answer):
    tools: list[ToolSummary]
    """The best match first."""
    has_more: bool
    """Whether more tools match."""
    is_partial: bool
    """Whether no tool matches all of the query, so that these match only some of it."""


@mcp_tool(SearchTools, title="Search AI tools")
def search_tools(request: HttpRequest, given: SearchTools) -> SearchAnswer:
    """Find AI tools by name or by what they do, the best match first, each with the panel's verdict and readers' votes."""
    text = given.query.strip()
    if not text:
        raise ToolError("The query is empty. Enter a name, or what the tool should do.")
    limit_expensive_read(request)
    category = category_or_error(given.category) if given.category else None
    found = search(text, Facets(category=category), most=given.limit + 1, partially=True)
    shown = found.tool_ids[: given.limit]
    by_id = published_by_id(shown)
    tools = [by_id[pk] for pk in shown if pk in by_id]
    return SearchAnswer(
        text=_words(text, tools, found),
        source_url=_source_url(text, category),
        read_at=read_at(),
        tools=summaries(tools),
        has_more=len(found.tool_ids) > given.limit,
        is_partial=found.is_partial,
    )


def _words(text: str, tools: list[models.Tool], found: Found) -> str:
    if not tools:
        return f"No tool matches “{text}”. {similar_words(near_names(text))}"
    number = len(tools)
    if found.is_partial:
        heading = f"No tool matches all of “{text}”. These match some of it:"
    else:
        words = ngettext("%(n)d tool for “%(text)s”:", "%(n)d tools for “%(text)s”:", number)
        heading = words % {"n": number, "text": text}
    return "\n".join([heading, *(verdict_words(tool) for tool in tools)])


def _source_url(text: str, category: models.Category | None) -> str:
    chosen = {"category": category.slug} if category else {}
    return page_url(reverse("tool_list", query={"q": text} | chosen))
