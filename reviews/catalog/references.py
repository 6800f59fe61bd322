"""Checks that a schema cannot express: that what a catalogue refers to exists, once, and is consistent."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from reviews.catalog.document import Contents, ToolRow
from reviews.catalog.ledger_references import ledger_problems
from reviews.catalog.published_reviews import changed_reviews, published_reviews
from reviews.catalog.review_references import day_problems, review_problems
from reviews.models import OldReviewerSlug, Reviewer
from tools.models import Category, FactKind, OldCategorySlug, OldToolSlug, Tool
from tools.package_urls import read_package_urls
from tools.slugs import OldSlug
from tools.successors import chain_words, endless_chain
from web.validators import validate_web_address

type Row = dict[str, Any]

MODELS: dict[str, type[Category] | type[FactKind] | type[Reviewer]] = {
    "categories": Category,
    "fact_kinds": FactKind,
    "reviewers": Reviewer,
}
OWNERS: dict[str, tuple[type[OldSlug], str]] = {
    "categories": (OldCategorySlug, "category"),
    "reviewers": (OldReviewerSlug, "reviewer"),
    "tools": (OldToolSlug, "tool"),
}
TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "number": (int, float),
    "boolean": bool,
    "packages": str,
}
SLUGS = " Change a slug in the admin: an import matches rows by it."
HELD = {"text": "a text", "number": "a number", "boolean": "a boolean", "packages": "package URLs"}


@dataclass(frozen=True)
class Known:
    """What the rows of a file may refer to: what exists in the database, or is in the file."""

    # {list: slugs}
    slugs: dict[str, Container[str]]
    # {slug of a fact kind: type of its values, None where the file names no valid one}
    types: dict[str, str | None]


def known_rows(contents: Contents) -> Known:
    """Return what exists, apart from tools that are only in the database (`tool_problems` looks for them)."""
    slugs: dict[str, Container[str]] = {"tools": contents.slugs}
    for name, model in MODELS.items():
        stored = model.objects.values_list("slug", flat=True)
        slugs[name] = {*stored, *(row["slug"] for row in contents.shared[name])}
    types: dict[str, str | None] = dict(FactKind.objects.values_list("slug", "value_type"))
    types |= {row["slug"]: row.get("value_type") for row in contents.shared["fact_kinds"]}
    return Known(slugs, types)


def shared_problems(contents: Contents, known: Known) -> Iterator[str]:
    """Yield sentences on slugs and names of shared rows that are taken."""
    for name, rows in contents.shared.items():
        for field in ["slug", "name"]:
            yield from _repeats(name, field, Counter(row.get(field) for row in rows))
        if name in MODELS:
            yield from _taken_names(name, {row["slug"]: row.get("name") for row in rows})
    for name in ["categories", "reviewers"]:
        old_slugs = {row["slug"]: row.get("old_slugs") or [] for row in contents.shared[name]}
        yield from (words for _, words in _old_slugs(name, old_slugs, known))


def _taken_names(name: str, names: dict[str, str | None]) -> Iterator[str]:
    """Yield sentences on names that a stored row has which the file does not mention. `names` are by slug."""
    others = MODELS[name].objects.filter(name__in=[*names.values()]).exclude(slug__in=names)
    for slug, other in others.values_list("slug", "name"):
        yield f'{name}: the name "{other}" is that of the stored row "{slug}".'


def slug_problems(contents: Contents, known: Known) -> Iterator[tuple[str, str]]:
    """Yield (slug of a tool, sentence) on slugs that occur twice or are taken, and on endless successors."""
    for slug, count in contents.slugs.items():
        if count > 1:
            yield slug, f'tools: the slug "{slug}" occurs {count} times.'
    old_slugs = {slug: contents.old_slugs.get(slug, ()) for slug in contents.slugs}
    yield from _old_slugs("tools", old_slugs, known)
    yield from _endless_successors(contents.successors)


def _endless_successors(of_file: dict[str, str]) -> Iterator[tuple[str, str]]:
    rows = Tool.objects.filter(successor__isnull=False)
    successors = {slug: to for slug, to in rows.values_list("slug", "successor__slug") if to}
    successors |= of_file
    successors = {slug: to for slug, to in successors.items() if to and to != slug}
    for slug in of_file:
        if chain := endless_chain(slug, successors):
            yield slug, f'tools "{slug}": successor: {chain_words(chain)}'


def tool_problems(rows: Sequence[ToolRow], known: Known) -> list[list[str]]:
    """Return for each of `rows` the sentences on what the database cannot hold."""
    tools = [row.tool for row in rows]
    slugs = [tool["slug"] for tool in tools if tool.get("slug")]
    stored = published_reviews(slugs)
    revisions = {key: max(reviews) for key, reviews in stored.items()}
    withdrawn = set(Tool.objects.withdrawn().filter(slug__in=slugs).values_list("slug", flat=True))
    exist = Known(known.slugs | {"tools": _named_tools(tools, known)}, known.types)
    return [
        [
            f"{row.where}: {problem}."
            for problem in [
                *_problems_of(row.tool, exist, revisions, withdrawn),
                *changed_reviews(row.tool, stored),
            ]
        ]
        for row in rows
    ]


def _problems_of(
    tool: Row, known: Known, stored: dict[tuple[str, str], int], withdrawn: set[str]
) -> Iterator[str]:
    yield from _tool(tool, known.slugs)
    if tool.get("slug") in withdrawn and tool.get("published_at") and "ledger" not in tool:
        yield "it was withdrawn. Publish it again in the admin, or leave out published_at"
    yield from _facts(tool, known.types)
    yield from review_problems(tool, known.slugs["reviewers"], stored)
    yield from ledger_problems(tool, known.slugs, stored)


def _named_tools(tools: Sequence[Row], known: Known) -> set[str]:
    """Return the slugs of existing tools that `tools` name as successors."""
    named = {row.get("successor") for row in tools}
    for row in tools:
        for entry in row.get("ledger", []):
            named |= {entry.get("old_successor"), entry.get("new_successor")}
    in_file = {slug for slug in named if slug and slug in known.slugs["tools"]}
    stored = Tool.objects.filter(slug__in=named - in_file - {None}).values_list("slug", flat=True)
    return in_file | set(stored)


def _repeats(name: str, field: str, counts: Counter[Any]) -> Iterator[str]:
    for value, count in counts.items():
        if count > 1 and value is not None:
            yield f'{name}: the {field} "{value}" occurs {count} times.'


def _tool(tool: Row, known: dict[str, Container[str]]) -> Iterator[str]:
    category, successor = tool.get("category"), tool.get("successor")
    if category and category not in known["categories"]:
        yield f'category: there is no "{category}"'
    if successor and successor == tool.get("slug"):
        yield "successor: a tool cannot be its own successor"
    elif successor and successor not in known["tools"]:
        yield f'successor: there is no "{successor}"'
    yield from _address(tool.get("website"), "website")
    yield from day_problems(tool.get("status_date"), "status_date")
    if tool.get("published_at") and tool.get("withdrawn_at"):
        yield "withdrawn_at: a tool cannot be both published and withdrawn"
    if tool.get("withdrawn_at") and "ledger" not in tool:
        yield "withdrawn_at: a withdrawn tool needs its ledger, which says why"
    if tool.get("published_at"):
        needed = ["tagline", "description", "website", "entry", "best_for", "skip_if"]
        # None is what the schema already refused.
        if missing := [name for name in needed if tool.get(name, "") == ""]:
            yield f"published_at: a published tool needs {', '.join(missing)}"


def _facts(tool: Row, types: dict[str, str | None]) -> Iterator[str]:
    facts = tool.get("facts") or []
    counts = Counter(fact.get("kind") for fact in facts)
    today = timezone.localdate().isoformat()
    for number, fact in enumerate(facts):
        kind, where = fact.get("kind"), f"facts[{number}]"
        if kind and kind not in types:
            yield f'{where}.kind: there is no "{kind}"'
        elif kind and counts[kind] > 1:
            yield f'{where}.kind: "{kind}" occurs {counts[kind]} times'
        yield from _value(fact.get("value"), kind, types.get(kind or ""), f"{where}.value")
        yield from _address(fact.get("source_url"), f"{where}.source_url")
        if (fact.get("observed_on") or "") > today:
            yield f"{where}.observed_on: the date is in the future"


def _value(value: Any, kind: str | None, value_type: str | None, where: str) -> Iterator[str]:
    if value is None or value_type is None:
        return
    is_right = isinstance(value, TYPES[value_type])
    if not is_right or (value_type == "number" and isinstance(value, bool)):
        yield f'{where}: "{kind}" holds {HELD[value_type]}'
    elif value_type == "packages":
        yield from _package_urls(value, where)
    if isinstance(value, float) and round(value, 4) != value:
        yield f"{where}: at most four decimals are kept"


def _package_urls(text: str, where: str) -> Iterator[str]:
    try:
        is_empty = not read_package_urls(text)
    except ValueError as error:
        yield f"{where}: {error}"
    else:
        if is_empty:
            yield f"{where}: there is no package URL"


def _old_slugs(
    name: str, rows: Mapping[str, Sequence[str]], known: Known
) -> Iterator[tuple[str, str]]:
    """Yield (slug, sentence). An old slug redirects to one row, and is not the slug of another. `rows` is {slug: old slugs}."""
    model, owner = OWNERS[name]
    stored = dict(model._default_manager.values_list("slug", f"{owner}__slug"))
    taken = _taken(name, rows, known)
    for slug, old_slugs in rows.items():
        if stored.get(slug, slug) != slug:
            yield slug, f'{name} "{slug}": slug: it is an old address of "{stored[slug]}".'
        for old in old_slugs:
            if old in taken:
                yield (
                    slug,
                    f'{name} "{slug}": old_slugs: "{old}" is the slug of one of the {name}.{SLUGS}',
                )
            elif stored.setdefault(old, slug) != slug:
                words = f'{name} "{slug}": old_slugs: "{old}" is an old address of "{stored[old]}".'
                yield slug, words


def _taken(name: str, rows: Mapping[str, Sequence[str]], known: Known) -> Container[str]:
    """Return which of the old slugs are slugs of present rows."""
    if name != "tools":
        return known.slugs[name]
    old = {slug for old_slugs in rows.values() for slug in old_slugs}
    stored = Tool.objects.filter(slug__in=old).values_list("slug", flat=True)
    return {*stored, *(slug for slug in old if slug in rows)}


def _address(address: str | None, where: str) -> Iterator[str]:
    if address:
        try:
            validate_web_address(address)
        except ValidationError as error:
            yield f"{where}: {error.messages[0].rstrip('.')}"
