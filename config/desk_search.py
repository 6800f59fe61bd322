"""The search over the admin: the groups of all apps, as the role may see them."""

from collections.abc import Callable, Iterable

import newsletter.desk_search
import reviews.desk_search
import tools.desk_search
from accounts.models import User
from web.desk_search import DeskQuery, FoundGroup, HitGroup, found

# In the order of the page.
SEARCHES: list[Callable[[User, DeskQuery], Iterable[HitGroup]]] = [
    tools.desk_search.search,
    reviews.desk_search.search,
    newsletter.desk_search.search,
]


def search_desk(user: User, query: DeskQuery) -> list[FoundGroup]:
    """Return the groups with hits, and those that took too long. A query without words finds nothing."""
    if not query.words:
        return []
    groups = [found(group) for search in SEARCHES for group in search(user, query)]
    return [group for group in groups if group.hits or group.is_late]
