"""What a schema cannot say of a catalogue: that what it names is there, once, and fits together."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from reviews.catalog.ledger_references import ledger_problems
from reviews.models import OldReviewerSlug, Review, Reviewer
from tools.models import Category, FactKind, OldCategorySlug, OldToolSlug, Tool
from web.validators import validate_web_address

LISTS = {"categories": Category, "fact_kinds": FactKind, "reviewers": Reviewer, "tools": Tool}
OWNERS = {
    "categories": (OldCategorySlug, "category"),
    "reviewers": (OldReviewerSlug, "reviewer"),
    "tools": (OldToolSlug, "tool"),
}
TYPES = {"text": str, "number": (int, float), "boolean": bool}


def reference_problems(document):
    """Sentences on rows of a well-formed document that cannot stand in the database."""
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
    """RFC 3339 words as an aware datetime; None stays None."""
    return words and datetime.fromisoformat(words).astimezone(UTC)


def known_ids(rows: list[dict[str, Any]]) -> dict[str, dict[Any, int]]:
    """The ids of all that the ledgers of `rows` may name: {field: {slug: id}}; reviews by their key."""
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


def _known_slugs(document, name):
    stored = LISTS[name].objects.values_list("slug", flat=True)
    return set(stored) | {row["slug"] for row in document.get(name, [])}


def _repeats(document, name):
    rows = document.get(name, [])
    fields = ["slug"] if name == "tools" else ["slug", "name"]
    for field in fields:
        counts = Counter(row[field] for row in rows)
        for value, count in counts.items():
            if count > 1:
                yield f'{name}: the {field} "{value}" stands {count} times.'


def _tool(tool, known):
    if tool["category"] not in known["categories"]:
        yield f'category: there is no "{tool["category"]}"'
    successor = tool.get("successor")
    if successor == tool["slug"]:
        yield "successor: a tool is not its own"
    elif successor and successor not in known["tools"]:
        yield f'successor: there is no "{successor}"'
    yield from _address(tool.get("website"), "website")
    if tool.get("published_at") and tool.get("withdrawn_at"):
        yield "withdrawn_at: a tool is not both published and withdrawn"
    if tool.get("withdrawn_at") and "ledger" not in tool:
        yield "withdrawn_at: a withdrawn tool needs its ledger, which says why"
    if tool.get("published_at"):
        needed = ["tagline", "description", "website", "entry", "best_for", "skip_if"]
        if missing := [name for name in needed if not tool.get(name)]:
            yield f"published_at: a published tool needs {', '.join(missing)}"


def _facts(tool, types):
    counts = Counter(fact["kind"] for fact in tool.get("facts", []))
    for number, fact in enumerate(tool.get("facts", [])):
        kind, where = fact["kind"], f"facts[{number}]"
        if kind not in types:
            yield f'{where}.kind: there is no "{kind}"'
            continue
        if counts[kind] > 1:
            yield f'{where}.kind: "{kind}" stands {counts[kind]} times'
        is_right = isinstance(fact["value"], TYPES[types[kind]])
        if not is_right or (types[kind] == "number" and isinstance(fact["value"], bool)):
            yield f'{where}.value: "{kind}" holds a {types[kind]}'
        if isinstance(fact["value"], float) and round(fact["value"], 4) != fact["value"]:
            yield f"{where}.value: at most four decimals are kept"
        yield from _address(fact["source_url"], f"{where}.source_url")
        if fact["observed_on"] > timezone.localdate().isoformat():
            yield f"{where}.observed_on: this day has not come yet"


def _reviews(tool, reviewers, stored):
    revisions = {}
    for number, review in enumerate(tool.get("reviews", [])):
        where = f"reviews[{number}]"
        if review["reviewer"] not in reviewers:
            yield f'{where}.reviewer: there is no "{review["reviewer"]}"'
        if review.get("revision", 1) > 1 and not review.get("reason", "").strip():
            yield f"{where}.reason: a revision needs one"
        if datetime.fromisoformat(review["published_at"]) > timezone.now():
            yield f"{where}.published_at: a review is not published in the future"
        days = [("reviewed_on", review["reviewed_on"])]
        days += [("reaffirmed_on", day) for day in review.get("reaffirmed_on", [])]
        for name, day in days:
            if day > timezone.localdate().isoformat():
                yield f"{where}.{name}: this day has not come yet"
        revisions.setdefault(review["reviewer"], []).append(review)
    for reviewer, rows in revisions.items():
        yield from _revisions(reviewer, rows, stored.get((tool["slug"], reviewer), 0))


def _revisions(reviewer, rows, stored):
    """`stored`: the highest revision in the database, after which the file may go on."""
    numbers = sorted(row.get("revision", 1) for row in rows)
    first = numbers[0]
    if numbers != list(range(first, first + len(rows))) or first > stored + 1:
        yield f'reviews: the revisions of "{reviewer}" are {numbers}, not in one line from {stored + 1}'
        return
    moments = [
        datetime.fromisoformat(row["published_at"])
        for row in sorted(rows, key=lambda row: row.get("revision", 1))
    ]
    if moments != sorted(moments):
        yield f'reviews: a revision of "{reviewer}" is published before the one that it replaces'


def _publications(document):
    """A file does not publish a withdrawn tool again unless its ledger says so."""
    publishing = [
        row["slug"] for row in document["tools"] if row.get("published_at") and "ledger" not in row
    ]
    withdrawn = Tool.objects.withdrawn().filter(slug__in=publishing)
    for slug in withdrawn.order_by("slug").values_list("slug", flat=True):
        yield (
            f'tools "{slug}": it was withdrawn. Publish it again in the admin, or leave out published_at.'
        )


def _published_revisions(document):
    """{(tool slug, reviewer slug): highest published revision in the database}."""
    slugs = [tool["slug"] for tool in document["tools"]]
    newest = Review.objects.published().filter(tool__slug__in=slugs)
    newest = newest.values_list("tool__slug", "reviewer__slug").annotate(newest=Max("revision"))
    return {(tool, reviewer): revision for tool, reviewer, revision in newest}


def _old_slugs(document, name, slugs):
    """An old slug leads to one thing, and is the slug of none."""
    model, owner = OWNERS[name]
    stored = dict(model.objects.values_list("slug", f"{owner}__slug"))
    for row in document.get(name, []):
        where = f'{name} "{row["slug"]}"'
        if stored.get(row["slug"], row["slug"]) != row["slug"]:
            yield f'{where}: slug: it is an old address of "{stored[row["slug"]]}".'
        for slug in row.get("old_slugs", []):
            if slug in slugs:
                yield f'{where}: old_slugs: "{slug}" is the slug of one of the {name}.'
            elif stored.setdefault(slug, row["slug"]) != row["slug"]:
                yield f'{where}: old_slugs: "{slug}" is an old address of "{stored[slug]}".'


def _address(address, where):
    if address:
        try:
            validate_web_address(address)
        except ValidationError as error:
            yield f"{where}: {error.messages[0].rstrip('.')}"
