"""Tools and categories by the slugs that an agent names, with errors that say what to do."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django_mcpz.server import ToolError

from accounts.read_limits import limit_expensive_read
from comparisons.compared_tools import compared_tools
from reviews.listing.near_names import near_names
from tools.models import Category, Tool
from tools.slugs import find_by_any_slug


def published_tools(request: HttpRequest, slugs: Sequence[str]) -> dict[str, Tool]:
    """Return {slug: tool} for `slugs`, current or old, with what stands beside a tool. Raises ToolError."""
    slugs = [slug.lower() for slug in slugs]
    found = compared_tools(slugs)
    problems = [_unknown(request, slug) for slug in slugs if slug not in found]
    problems += [_withdrawn(slug) for slug, tool in found.items() if tool.is_withdrawn]
    if problems:
        raise ToolError(" ".join(problems))
    return found


def moved(found: Mapping[str, Tool]) -> dict[str, str]:
    """Return {old slug: present slug} of those that were asked for by an old one."""
    return {slug: tool.slug for slug, tool in found.items() if slug != tool.slug}


def moved_words(moved: Mapping[str, str]) -> str:
    return "".join(f"“{old}” is now called “{new}”. " for old, new in moved.items())


def category_or_error(slug: str) -> Category:
    category = find_by_any_slug(Category.objects.all(), slug)
    if category is None:
        slugs = ", ".join(Category.objects.values_list("slug", flat=True))
        raise ToolError(f"No category has the slug “{slug}”. The categories are: {slugs}.")
    return category


def similar_words(near: Sequence[tuple[str, str]]) -> str:
    """Say which tools have similar names; `near` has their names and slugs."""
    if not near:
        return "Find tools with search_tools."
    names = ", ".join(f"{name} (slug: {slug})" for name, slug in near)
    return f"Similar names: {names}."


def _unknown(request: HttpRequest, slug: str) -> str:
    limit_expensive_read(request)
    return f"No tool has the slug “{slug}”. {similar_words(near_names(slug))}"


def _withdrawn(slug: str) -> str:
    return f"The tool “{slug}” was withdrawn from the catalogue. Leave it out."
