"""Categories, kinds of facts, and tools with their facts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path

from api.data import (
    PAGING,
    SLUG,
    CategorySlug,
    Data,
    Limit,
    Page,
    RowCursor,
    number,
    page,
    page_url,
)
from api.endpoints import Gone, Moved, endpoint, find_or_404
from api.past_day import OnDay, asked_day
from tools import models
from tools.facts import display_value
from tools.past_day import ON, PastDay
from tools.queries import facts_of
from votes.interval import wilson_interval
from votes.page_validators import SHARED_PAGE, TALLIES_PAGE, TOOL_PAGE
from votes.past import read_past
from votes.tools_on_record import published_after, tools_on_record

ToolSlug = Annotated[str, Path(description="The slug of a tool.", pattern=SLUG, examples=["aider"])]


class Category(Data):
    slug: str
    name: str
    description: str
    """Markdown."""
    url: str


class FactKind(Data):
    id: int
    """The change log uses it for the facts in the entry of a publication."""
    slug: str
    name: str
    group: str
    value_type: Literal["text", "number", "boolean", "packages"]
    unit: str
    better: Literal["", "higher", "lower"]
    """Which values are better, if any are."""


class Fact(Data):
    """A fact that is missing is unknown, not "no"."""

    kind: str
    """The slug of its kind."""
    value: bool | int | float | str | list[str]
    """Its type depends on the kind; packages are a list of package URLs."""
    text: str
    """As pages print it."""
    source_url: str
    observed_on: date


class Panel(Data):
    """The verdict and figures of the panel, computed from its current reviews."""

    verdict: Literal["ship", "skip", "split", "none"]
    verdict_text: Literal["Ship", "Skip", "Split", "Not reviewed yet"]
    reviews: int
    ships: int
    skips: int
    ship_percent: int | None
    score: float | None
    """The mean, one decimal, rounded half up."""
    spread: int | None
    """The highest score minus the lowest."""
    last_reviewed_on: date | None


class Community(Data):
    """Readers' votes. They are volunteers, not a sample. Lists may be five seconds behind."""

    votes: int
    ships: int
    skips: int
    held: int
    """Votes that a public rule holds; they do not count."""
    ship_percent: int | None
    """Whole percent. Null with too few votes for a share; see `is_ranked`."""
    interval: tuple[float, float] | None
    """The 95 % Wilson interval of the ship share, from 0 to 1. Null where `ship_percent` is."""
    is_ranked: bool
    """Whether it has enough votes for a share and a rank: `min_votes` of the rules."""


class Tool(Data):
    id: int
    """Stays the same when the slug changes."""
    slug: str
    name: str
    url: str
    tagline: str
    description: str
    """Markdown."""
    category: str
    """The slug of its category."""
    website: str
    entry: str
    """What it costs to start: free, open_source, freemium, trial or paid."""
    pricing: str
    best_for: str
    skip_if: str
    status: Literal["active", "paused", "renamed", "acquired", "discontinued"]
    status_date: date | None
    successor: str | None
    """The slug of the tool to use instead."""
    published_at: datetime
    is_sample: bool
    """Whether it is demonstration content."""
    panel: Panel
    community: Community
    facts: list[Fact]
    on: date | None
    """The day (UTC) given by the parameter of this name: the answer is as it was at its end."""


@endpoint("categories/", name="api_categories", answer=list[Category], validator=SHARED_PAGE)
def categories(request: HttpRequest) -> list[Category]:
    """All categories, in the order of the site."""
    return [
        Category(
            slug=category.slug,
            name=category.name,
            description=category.description,
            url=page_url(category.get_absolute_url()),
        )
        for category in models.Category.objects.all()
    ]


@endpoint("fact-kinds/", name="api_fact_kinds", answer=list[FactKind], validator=SHARED_PAGE)
def fact_kinds(request: HttpRequest) -> list[FactKind]:
    """All kinds of facts, in the order of the site."""
    return [
        FactKind.of(
            id=kind.pk,
            slug=kind.slug,
            name=kind.name,
            group=kind.group,
            value_type=kind.value_type,
            unit=kind.unit,
            better=kind.better,
        )
        for kind in models.FactKind.objects.all()
    ]


@endpoint(
    "tools/",
    name="api_tools",
    answer=Page[Tool],
    validator=TALLIES_PAGE,
    params=(*PAGING, "category"),
)
def tools(
    request: HttpRequest,
    category: CategorySlug = "",
    cursor: RowCursor = "0",
    limit: Limit = 50,
) -> Page[Tool]:
    """The published tools with their facts, in the order in which they were entered."""
    chosen = find_or_404(models.Category.objects.all(), category) if category else None
    found = list(published_after(int(cursor), limit + 1, chosen))
    shown, following = page(request, found, limit, lambda tool: tool.pk)
    return Page(items=tools_data(shown), next=following)


@endpoint(
    "tools/{any_slug:slug}/",
    name="api_tool",
    answer=Tool,
    validator=TOOL_PAGE,
    uncached_params=(ON,),
)
def tool(request: HttpRequest, slug: ToolSlug, on: OnDay = "") -> Tool:
    """One tool with its facts. An old slug is answered with 301, a withdrawn tool with 410."""
    found = published_tool(slug, "api_tool")
    if day := asked_day(request):
        past = read_past([found], day)
        return tool_data(past.tools[0], past.facts, day)
    return tools_data([found])[0]


def published_tool(slug: str, url_name: str) -> models.Tool:
    """Return the published tool (with category, panel, tally, successor) for the endpoint `url_name`."""
    found = next(tools_on_record([slug]), None)
    if found is None:
        moved = find_or_404(models.Tool.objects.on_record(), slug)
        raise Moved(reverse(url_name, args=[moved.slug]))
    if found.is_withdrawn:
        raise Gone("This tool was withdrawn from the catalogue.")
    return found


def tools_data(tools: Sequence[models.Tool]) -> list[Tool]:
    """Describe `tools` (with category, panel, tally, successor) in one query."""
    facts: dict[int, list[models.Fact]] = {tool.pk: [] for tool in tools}
    for fact in facts_of(tools) if tools else []:
        facts[fact.tool_id].append(fact)
    return [tool_data(tool, facts[tool.pk]) for tool in tools]


def tool_data(tool: models.Tool, facts: Iterable[models.Fact], day: PastDay | None = None) -> Tool:
    return Tool(
        **{
            name: getattr(tool, name)
            for name in (
                "id", "slug", "name", "tagline", "description", "website", "entry", "pricing", "best_for",
                "skip_if", "status", "status_date", "published_at", "is_sample",
            )
        },
        url=page_url(tool.get_absolute_url(), day),
        category=tool.category.slug,
        successor=tool.successor.slug if tool.successor and tool.successor.is_on_record else None,
        panel=panel_data(tool),
        community=_community_data(tool),
        facts=[_fact_data(fact) for fact in facts],
        on=day.day if day else None,
    )  # fmt: skip


def panel_data(tool: models.Tool) -> Panel:
    panel = tool.panel
    return Panel.of(
        verdict=panel.verdict,
        verdict_text=panel.get_verdict_display(),
        reviews=panel.review_count,
        ships=panel.ships,
        skips=panel.skips,
        ship_percent=panel.ship_percent,
        score=number(panel.score),
        spread=panel.spread,
        last_reviewed_on=panel.last_reviewed_on,
    )


def _community_data(tool: models.Tool) -> Community:
    tally = tool.tally
    is_ranked = tally.is_ranked
    return Community(
        votes=tally.votes,
        ships=tally.ships,
        skips=tally.skips,
        held=tally.held,
        ship_percent=tally.ship_percent if is_ranked else None,
        interval=wilson_interval(tally.ships, tally.votes) if is_ranked else None,
        is_ranked=is_ranked,
    )


def _fact_data(fact: models.Fact) -> Fact:
    return Fact(
        kind=fact.kind.slug,
        value=fact_value(fact),
        text=display_value(fact.value, fact.kind),
        source_url=fact.source_url,
        observed_on=fact.observed_on,
    )


def fact_value(fact: models.Fact) -> bool | int | float | str | list[str]:
    if fact.value_type == models.FactKind.ValueType.PACKAGES:
        return fact.text.split()
    if fact.value_type == models.FactKind.ValueType.NUMBER:
        return number(fact.number) or 0
    return fact.text if fact.boolean is None else fact.boolean
