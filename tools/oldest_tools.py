"""What staff work through in portions: the tools by age, so many at a time."""

from django.db.models import QuerySet

from tools.models import Tool

# All tools of most catalogues. Where little is to do, the others of a larger one would be read in vain.
MOST_TOOLS = 2000


def oldest_tools(*, after: int = 0) -> QuerySet[Tool]:
    """Return the oldest tools whose ids are greater than `after`, at most MOST_TOOLS."""
    return Tool.objects.filter(pk__gt=after).order_by("pk")[:MOST_TOOLS]


def last_of_oldest_tools(*, after: int = 0) -> int | None:
    """Return the id of the last of these tools, after which there are others; None if there are no others."""
    ids = Tool.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    last_and_next = ids[MOST_TOOLS - 1 : MOST_TOOLS + 1]
    return last_and_next[0] if len(last_and_next) == 2 else None
