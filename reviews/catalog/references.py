"""Checks that a schema cannot express: that what a catalogue refers to exists, once, and is consistent."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from reviews.catalog.ledger_references import ledger_problems
from reviews.models import OldReviewerSlug, Review, Reviewer
from tools.models import Category, FactKind, OldCategorySlug, OldToolSlug, Tool
from tools.slugs import OldSlug
from web.validators import validate_web_address

type Row = dict[str, Any]

LISTS: dict[str, type[Category] | type[FactKind] | type[Reviewer] | type[Tool]] = {
    "categories": Category,
    "fact_kinds": FactKind,
    "reviewers": Reviewer,
    "tools": Tool,
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
}


def reference_problems(document: Row) -> list[str]:
    """Return sentences on rows of a well-formed document that the database cannot hold."""
    known = {name: _known_slugs(document, name) for name in LISTS}
    types = dict(FactKind.objects.values_list("slug", "value_type")) | {
        kind["slug"]: kind["value_type"] for kind in document.get("fact_kinds", [])
    }
    problems = [problem for name in LISTS for problem in _repeats(document, name)]
    problems += [problem for name in OWNERS for problem in _old_slugs(document, name, known[name])]
    stored = _published_revisions(document)
    problems += _publications(document)
    for number, tool in enumerate(document["tools"]):
        where = f'tools[{number}] "{tool["slug"]}"'
        problems += [f"{where}: {problem}." for problem in _tool(tool, known)]
        problems += [f"{where}: {problem}." for problem in _facts(tool, types)]
        problems += [
            f"{where}: {problem}." for problem in _reviews(tool, known["reviewers"], stored)
        ]
        problems += [f"{where}: {problem}." for problem in ledger_problems(tool, known, stored)]
    return problems


def moment(words: str | None) -> Any:
    """Return RFC 3339 text as an aware datetime; None stays None."""
    return words and datetime.fromisoformat(words).astimezone(UTC)


def known_ids(rows: list[dict[str, Any]]) -> dict[str, dict[Any, int]]:
    """Return the ids of all that the ledgers of `rows` refer to: {field: {slug: id}}; reviews by their key."""
    categories = dict(Category.objects.values_list("slug", "pk"))
    named = {
        entry.get(side)
        for row in rows
        for entry in row["ledger"]
        for side in ("old_successor", "new_successor")
    }
    tools = dict(Tool.objects.filter(slug__in=named - {None}).values_list("slug", "pk"))
    reviews = Review.objects.published().filter(tool__slug__in=[row["slug"] for row in rows])
    return {
        "fact_kind": dict(FactKind.objects.values_list("slug", "pk")),
        "old_category": categories,
        "new_category": categories,
        "old_successor": tools,
        "new_successor": tools,
        "review": {
            (tool, reviewer, revision): pk
            for pk, tool, reviewer, revision in reviews.values_list(
                "pk", "tool__slug", "reviewer__slug", "revision"
            )
        },
    }


def _known_slugs(document: Row, name: str) -> set[str]:
    stored = LISTS[name].objects.values_list("slug", flat=True)
    return set(stored) | {row["slug"] for row in document.get(name, [])}


def _repeats(document: Row, name: str) -> Iterator[str]:
    rows = document.get(name, [])
    fields = ["slug"] if name == "tools" else ["slug", "name"]
    for field in fields:
        counts = Counter(row[field] for row in rows)
        for value, count in counts.items():
            if count > 1:
                yield f'{name}: the {field} "{value}" occurs {count} times.'


def _tool(tool: Row, known: dict[str, set[str]]) -> Iterator[str]:
    if tool["category"] not in known["categories"]:
        yield f'category: there is no "{tool["category"]}"'
    successor = tool.get("successor")
    if successor == tool["slug"]:
        yield "successor: a tool cannot be its own successor"
    elif successor and successor not in known["tools"]:
        yield f'successor: there is no "{successor}"'
    yield from _address(tool.get("website"), "website")
    if tool.get("published_at") and tool.get("withdrawn_at"):
        yield "withdrawn_at: a tool cannot be both published and withdrawn"
    if tool.get("withdrawn_at") and "ledger" not in tool:
        yield "withdrawn_at: a withdrawn tool needs its ledger, which says why"
    if tool.get("published_at"):
        needed = ["tagline", "description", "website", "entry", "best_for", "skip_if"]
        if missing := [name for name in needed if not tool.get(name)]:
            yield f"published_at: a published tool needs {', '.join(missing)}"


def _facts(tool: Row, types: dict[str, str]) -> Iterator[str]:
    counts = Counter(fact["kind"] for fact in tool.get("facts", []))
    for number, fact in enumerate(tool.get("facts", [])):
        kind, where = fact["kind"], f"facts[{number}]"
        if kind not in types:
            yield f'{where}.kind: there is no "{kind}"'
            continue
        if counts[kind] > 1:
            yield f'{where}.kind: "{kind}" occurs {counts[kind]} times'
        is_right = isinstance(fact["value"], TYPES[types[kind]])
        if not is_right or (types[kind] == "number" and isinstance(fact["value"], bool)):
            yield f'{where}.value: "{kind}" holds a {types[kind]}'
        if isinstance(fact["value"], float) and round(fact["value"], 4) != fact["value"]:
            yield f"{where}.value: at most four decimals are kept"
        yield from _address(fact["source_url"], f"{where}.source_url")
        if fact["observed_on"] > timezone.localdate().isoformat():
            yield f"{where}.observed_on: the date is in the future"


def _reviews(tool: Row, reviewers: set[str], stored: dict[tuple[str, str], int]) -> Iterator[str]:
    revisions: dict[str, list[Row]] = {}
    for number, review in enumerate(tool.get("reviews", [])):
        where = f"reviews[{number}]"
        if review["reviewer"] not in reviewers:
            yield f'{where}.reviewer: there is no "{review["reviewer"]}"'
        if review.get("revision", 1) > 1 and not review.get("reason", "").strip():
            yield f"{where}.reason: a revision needs one"
        if datetime.fromisoformat(review["published_at"]) > timezone.now():
            yield f"{where}.published_at: the date is in the future"
        days = [("reviewed_on", review["reviewed_on"])]
        days += [("reaffirmed_on", day) for day in review.get("reaffirmed_on", [])]
        for name, day in days:
            if day > timezone.localdate().isoformat():
                yield f"{where}.{name}: the date is in the future"
        revisions.setdefault(review["reviewer"], []).append(review)
    for reviewer, rows in revisions.items():
        yield from _revisions(reviewer, rows, stored.get((tool["slug"], reviewer), 0))


def _revisions(reviewer: str, rows: list[Row], stored: int) -> Iterator[str]:
    """`stored` is the highest revision in the database, after which the file may continue."""
    numbers = sorted(row.get("revision", 1) for row in rows)
    first = numbers[0]
    if numbers != list(range(first, first + len(rows))) or first > stored + 1:
        yield (
            f'reviews: the revisions of "{reviewer}" are {numbers}; they must be consecutive and '
            f"start at {stored + 1} or below"
        )
        return
    moments = [
        datetime.fromisoformat(row["published_at"])
        for row in sorted(rows, key=lambda row: row.get("revision", 1))
    ]
    if moments != sorted(moments):
        yield f'reviews: a revision of "{reviewer}" is published before the one that it replaces'


def _publications(document: Row) -> Iterator[str]:
    """A file cannot publish a withdrawn tool again unless its ledger says so."""
    publishing = [
        row["slug"] for row in document["tools"] if row.get("published_at") and "ledger" not in row
    ]
    withdrawn = Tool.objects.withdrawn().filter(slug__in=publishing)
    for slug in withdrawn.order_by("slug").values_list("slug", flat=True):
        yield (
            f'tools "{slug}": it was withdrawn. Publish it again in the admin, or leave out published_at.'
        )


def _published_revisions(document: Row) -> dict[tuple[str, str], int]:
    """Return {(tool slug, reviewer slug): highest published revision in the database}."""
    slugs = [tool["slug"] for tool in document["tools"]]
    reviews = Review.objects.published().filter(tool__slug__in=slugs)
    newest = reviews.values_list("tool__slug", "reviewer__slug").annotate(newest=Max("revision"))
    return {(tool, reviewer): revision for tool, reviewer, revision in newest}


def _old_slugs(document: Row, name: str, slugs: set[str]) -> Iterator[str]:
    """An old slug redirects to one row, and is not the slug of another."""
    model, owner = OWNERS[name]
    stored = dict(model._default_manager.values_list("slug", f"{owner}__slug"))
    for row in document.get(name, []):
        where = f'{name} "{row["slug"]}"'
        if stored.get(row["slug"], row["slug"]) != row["slug"]:
            yield f'{where}: slug: it is an old address of "{stored[row["slug"]]}".'
        for slug in row.get("old_slugs", []):
            if slug in slugs:
                yield f'{where}: old_slugs: "{slug}" is the slug of one of the {name}.'
            elif stored.setdefault(slug, row["slug"]) != row["slug"]:
                yield f'{where}: old_slugs: "{slug}" is an old address of "{stored[slug]}".'


def _address(address: str | None, where: str) -> Iterator[str]:
    if address:
        try:
            validate_web_address(address)
        except ValidationError as error:
            yield f"{where}: {error.messages[0].rstrip('.')}"
