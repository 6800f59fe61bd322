from collections.abc import Iterator
from typing import Annotated

from django.http import HttpRequest
from django_mcpz.server import ToolError
from pydantic import Field

from api.comparisons import Comparison, PairedResult, comparison_data
from api.mcp.answers import UNKNOWN, Answer, ToolSummary, read_at, summaries, verdict_words
from api.mcp.get_tool import ToolSlug
from api.mcp.lookups import moved, moved_words, published_tools
from api.mcp.server import Params, mcp_tool
from comparisons.basis import read_basis
from tools.comparison_urls import FEWEST, MOST


class Compare(Params):
    slugs: Annotated[list[ToolSlug], Field(min_length=FEWEST, max_length=MOST)]
    """2 to 4 slugs of tools, such as aider and cline, each once. search_tools finds them."""


class CompareAnswer(Answer):
    comparison: Comparison
    tools: list[ToolSummary]
    moved: dict[str, str]
    """The slugs in the request that are old ones, with the current ones."""


@mcp_tool(Compare, title="Compare 2 to 4 tools")
def compare(request: HttpRequest, given: Compare) -> CompareAnswer:
    """Compare 2 to 4 AI tools: the bottom line by published rules, and each pair over the reviewers who scored both, with every
    difference, the mean difference, its 95% interval, n, and how often each tool wins under other weightings of the reviewers."""
    found = published_tools(request, given.slugs)
    tools = sorted(set(found.values()), key=lambda tool: tool.slug)
    if len(tools) < len(given.slugs):
        raise ToolError("The slugs name the same tool twice. Give 2 to 4 different tools.")
    data = comparison_data(tools, read_basis(tools))
    old_slugs = moved(found)
    return CompareAnswer(
        text="\n".join(
            [
                moved_words(old_slugs) + data.bottom_line.sentence,
                *_pair_words(data),
                *(verdict_words(tool) for tool in tools),
            ]
        ),
        source_url=data.url,
        read_at=read_at(),
        comparison=data,
        tools=summaries(tools),
        moved=old_slugs,
    )


def _pair_words(comparison: Comparison) -> Iterator[str]:
    pairs = len(comparison.pairs)
    widened = f" (widened, because {pairs} pairs are compared)" if pairs > 1 else ""
    for pair in comparison.pairs:
        yield (
            f"{pair.first} minus {pair.second}: mean difference {_points(pair)}, 95% interval{widened} {_interval(pair)}, "
            f"n = {pair.both} of {pair.either} reviewers scored both."
        )


def _points(pair: PairedResult) -> str:
    return UNKNOWN if pair.mean_difference is None else f"{pair.mean_difference:+.1f} points"


def _interval(pair: PairedResult) -> str:
    return f"{pair.interval[0]:+.1f} to {pair.interval[1]:+.1f}" if pair.interval else UNKNOWN
