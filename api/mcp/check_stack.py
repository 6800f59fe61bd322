from typing import Annotated

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from django_mcpz.server import ToolError
from pydantic import Field

from accounts.visitors import Visitor
from accounts.write_limits import STACKS
from api.data import Data, page_url
from api.mcp.answers import Answer, ToolSummary, first_lines, read_at, summaries, verdict_words
from api.mcp.server import Params, mcp_tool
from stack.manifests.manifest import Manifest
from stack.manifests.reading import read_manifest
from stack.stack import Stack, build_stack
from tools import models
from tools.ledger_words import EventText
from tools.package_urls import LONGEST, normalised
from votes.tools_on_record import published_by_id

MOST_PACKAGES = 1_000
LONGEST_MANIFEST = 200_000
MOST_UNKNOWN = 100  # that are named


class CheckStack(Params):
    manifest: Annotated[str, Field(max_length=LONGEST_MANIFEST)] = ""
    """The text of a requirements.txt, pyproject.toml, package.json or CycloneDX SBOM in JSON; at most 200,000 characters."""
    packages: Annotated[
        list[Annotated[str, Field(max_length=LONGEST)]], Field(max_length=MOST_PACKAGES)
    ] = []
    """Instead of a manifest: package URLs, such as pkg:pypi/langchain; at most 1,000."""


class StackTool(Data):
    tool: ToolSummary
    packages: list[str]
    """The packages of the stack that belong to it, as package URLs."""
    changes: list[str]
    """Its newest changes of the last year, in words."""


class StackAnswer(Answer):
    tools: list[StackTool]
    """Discontinued ones first; at most 200."""
    found: int
    """How many tools were found."""
    packages: int
    """How many packages were read."""
    skipped: int
    """How many entries name no package that can be looked up."""
    unknown: int
    """How many packages belong to no tool of this site."""
    unknown_packages: list[str]
    """The first 100 of them."""


@mcp_tool(CheckStack, title="Check a stack")
def check_stack(request: HttpRequest, given: CheckStack) -> StackAnswer:
    """Find the AI tools among a project's packages, with verdicts, status and recent changes; discontinued tools
    come first. Give the text of a manifest, or package URLs. Neither is stored."""
    if bool(given.manifest) == bool(given.packages):
        raise ToolError("Give either the text of a manifest, or packages.")
    Visitor(request).consume(STACKS)
    stack = build_stack(
        read_manifest(given.manifest) if given.manifest else _listed(given.packages)
    )
    tools = published_by_id([row.tool.pk for row in stack.tools])
    return StackAnswer(
        text=_words(stack, tools),
        source_url=page_url(reverse("stack")),
        read_at=read_at(),
        tools=_rows(stack, tools),
        found=stack.found,
        packages=stack.packages,
        skipped=stack.skipped,
        unknown=len(stack.unknown),
        unknown_packages=stack.unknown[:MOST_UNKNOWN],
    )


def _listed(packages: list[str]) -> Manifest:
    manifest = Manifest("package URLs")
    for url in packages:
        try:
            manifest.add(normalised(url))
        except ValueError as error:
            raise ToolError(
                f"“{url}” is not a package URL. Write it like pkg:pypi/langchain or pkg:npm/langchain."
            ) from error
    return manifest


def _rows(stack: Stack, tools: dict[int, models.Tool]) -> list[StackTool]:
    return [
        StackTool(
            tool=summaries([tools[row.tool.pk]])[0],
            packages=row.packages,
            changes=[_change_words(text) for text in row.changes],
        )
        for row in stack.tools
        if row.tool.pk in tools
    ]


def _change_words(text: EventText) -> str:
    return f"{text.at:%Y-%m-%d} {'; '.join(line.sentence for line in text.lines)}"


def _words(stack: Stack, tools: dict[int, models.Tool]) -> str:
    read = ngettext("%(n)d package was read", "%(n)d packages were read", stack.packages)
    found = ngettext("%(n)d tool of this site", "%(n)d tools of this site", stack.found)
    heading = (
        f"{read % {'n': stack.packages}} ({stack.label}). Found: {found % {'n': stack.found}}."
    )
    lines = [verdict_words(tools[row.tool.pk]) for row in stack.tools if row.tool.pk in tools]
    return "\n".join([heading, *first_lines(lines)])
