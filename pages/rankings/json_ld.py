"""A ranking as JSON-LD (schema.org), for search engines."""

from django.urls import reverse

from pages.rankings.rankings_page import RankingPage
from pages.structured_data import Link, Node, breadcrumbs, item_list, json_ld


def ranking_data(screen: RankingPage) -> Node:
    trail = breadcrumbs(*_trail(screen))
    tools = [(row.tool.name, row.tool.get_absolute_url()) for row in screen.table.rows]
    return json_ld(item_list(screen.title, tools), trail) if tools else json_ld(trail)


def _trail(screen: RankingPage) -> list[Link]:
    ranking = screen.table.ranking
    links = [
        ("Rankings", reverse("rankings")),
        (ranking.label, reverse("ranking", args=[ranking])),
    ]
    if screen.category:
        path = reverse("category_ranking", args=[ranking, screen.category.slug])
        links.append((screen.category.name, path))
    return links
