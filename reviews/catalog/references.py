"""What a schema cannot say of a catalogue: that what it names is there, once, and fits together."""

from collections import Counter
from datetime import datetime

from django.utils import timezone

from reviews.models import Reviewer
from tools.models import Category, FactKind, OldToolSlug, Tool

LISTS = {"categories": Category, "fact_kinds": FactKind, "reviewers": Reviewer, "tools": Tool}
TYPES = {"text": str, "number": (int, float), "boolean": bool}


def reference_problems(document):
    """Sentences on rows of a well-formed document that cannot stand in the database."""
    known = {name: _known_slugs(document, name) for name in LISTS}
    types = dict(FactKind.objects.values_list("slug", "value_type")) | {
        kind["slug"]: kind["value_type"] for kind in document.get("fact_kinds", [])
    }
    problems = [problem for name in LISTS for problem in _repeats(document, name)]
    old_slugs = dict(OldToolSlug.objects.values_list("slug", "tool__slug"))
    for number, tool in enumerate(document["tools"]):
        where = f'tools[{number}] "{tool["slug"]}"'
        problems += [f"{where}: {problem}." for problem in _tool(tool, known, old_slugs)]
        problems += [f"{where}: {problem}." for problem in _facts(tool, types)]
        problems += [f"{where}: {problem}." for problem in _reviews(tool, known["reviewers"])]
    return problems


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


def _tool(tool, known, old_slugs):
    if tool["category"] not in known["categories"]:
        yield f'category: there is no "{tool["category"]}"'
    successor = tool.get("successor")
    if successor == tool["slug"]:
        yield "successor: a tool is not its own"
    elif successor and successor not in known["tools"]:
        yield f'successor: there is no "{successor}"'
    if old_slugs.get(tool["slug"], tool["slug"]) != tool["slug"]:
        yield f'slug: it is an old address of "{old_slugs[tool["slug"]]}"'
    for slug in tool.get("old_slugs", []):
        if slug in known["tools"]:
            yield f'old_slugs: "{slug}" is a tool'
        elif old_slugs.get(slug, tool["slug"]) != tool["slug"]:
            yield f'old_slugs: "{slug}" is an old address of "{old_slugs[slug]}"'
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
        if fact["observed_on"] > timezone.localdate().isoformat():
            yield f"{where}.observed_on: this day has not come yet"


def _reviews(tool, reviewers):
    revisions = {}
    for number, review in enumerate(tool.get("reviews", [])):
        where = f"reviews[{number}]"
        if review["reviewer"] not in reviewers:
            yield f'{where}.reviewer: there is no "{review["reviewer"]}"'
        if review.get("revision", 1) > 1 and not review.get("reason", "").strip():
            yield f"{where}.reason: a revision needs one"
        if datetime.fromisoformat(review["published_at"]) > timezone.now():
            yield f"{where}.published_at: a review is not published in the future"
        if review["reviewed_on"] > timezone.localdate().isoformat():
            yield f"{where}.reviewed_on: this day has not come yet"
        revisions.setdefault(review["reviewer"], []).append(review)
    for reviewer, rows in revisions.items():
        yield from _revisions(reviewer, rows)


def _revisions(reviewer, rows):
    numbers = sorted(row.get("revision", 1) for row in rows)
    if numbers != list(range(1, len(rows) + 1)):
        yield f'reviews: the revisions of "{reviewer}" are {numbers}, not 1 to {len(rows)}'
        return
    moments = [
        datetime.fromisoformat(row["published_at"])
        for row in sorted(rows, key=lambda row: row.get("revision", 1))
    ]
    if moments != sorted(moments):
        yield f'reviews: a revision of "{reviewer}" is published before the one that it replaces'
