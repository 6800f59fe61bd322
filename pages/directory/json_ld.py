"""Lists of tools as JSON-LD (schema.org), for search engines."""

from django.urls import reverse

from pages.directory.category_page import CategoryPage
from pages.directory.directory import Directory
from pages.structured_data import Node, breadcrumbs, item_list, json_ld
from tools.models import Tool
from web.paging import Paged


def directory_data(directory: Directory) -> Node | None:
    """Return the list; None for one that search engines do not index."""
    if directory.is_filtered or not directory.tools:
        return None
    return json_ld(_tools(directory.title, directory.tools))


def category_data(screen: CategoryPage) -> Node:
    category = screen.category
    trail = breadcrumbs(
        ("Tools", reverse("tool_list")), (category.name, category.get_absolute_url())
    )
    if not screen.tools:
        return json_ld(trail)
    return json_ld(_tools(category.name, screen.tools), trail)


def _tools(name: str, tools: Paged[Tool]) -> Node:
    links = [(tool.name, tool.get_absolute_url()) for tool in tools]
    return item_list(name, links, first=tools.first_place)
