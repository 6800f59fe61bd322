"""Real objects for tests, made the way staff make them: through the actions."""

from itertools import count

from reviews.actions import publish_reviews, publish_tool
from reviews.models import Review, Reviewer
from tools.actions import recorded_changes
from tools.models import Category, Fact, FactKind, Tool

_number = count(1)


def make_category(**fields):
    n = next(_number)
    return Category.objects.create(**({"name": f"Category {n}", "slug": f"category-{n}"} | fields))


def make_tool(*, published=True, **fields):
    n = next(_number)
    defaults = {
        "name": f"Tool {n}",
        "slug": f"tool-{n}",
        "tagline": "Does one thing.",
        "description": "It does one thing, and says so.",
        "website": "https://tool.example/",
        "entry": "free",
        "pricing": "Free of charge",
        "best_for": "Those who need one thing.",
        "skip_if": "You need two.",
    }
    fields.setdefault("category", Category.objects.first() or make_category())
    at = fields.pop("published_at", None)
    tool = Tool.objects.create(**(defaults | fields))
    if published:
        publish_tool(tool=tool, at=at)
    return tool


def make_reviewer(name=None, **fields):
    n = next(_number)
    name = name or f"Reviewer {n}"
    fields.setdefault("slug", name.lower().replace(" ", "-"))
    fields.setdefault("position", n)
    return Reviewer.objects.create(name=name, **fields)


def draft_review(tool, reviewer, score=80, verdict="ship", **fields):
    """A complete draft, not saved."""
    fields = {"basis": "hands_on", "body": "It held up."} | fields
    return Review(tool=tool, reviewer=reviewer, score=score, verdict=verdict, **fields)


def publish_review(tool, reviewer, score=80, verdict="ship", **fields):
    """Publish one review (a revision, if `reason` is given) and return it."""
    review = draft_review(tool, reviewer, score, verdict, **fields)
    publish_reviews(tool=tool, reviews=[review])
    tool.panel.refresh_from_db()
    return review


def make_fact(tool, kind, value, **fields):
    fact = Fact(tool=tool, kind=kind, source_url="https://source.example/", **fields)
    fact.value = value
    with recorded_changes(tool.pk):
        fact.save()
    return fact


def make_fact_kind(value_type="text", **fields):
    n = next(_number)
    defaults = {"name": f"Kind {n}", "slug": f"kind-{n}", "group": "General"}
    return FactKind.objects.create(value_type=value_type, **(defaults | fields))
