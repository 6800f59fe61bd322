from reviews.models import Review


def with_panel(tools):
    """Tools with their category and stored panel verdict, in one query: `tool.panel.verdict`."""
    return tools.select_related("category", "panel")


def scorecards(tools):
    """The current reviews of `tools` (an iterable of Tool), in panel order, in one query.

    Returns {tool.pk: [Review]}, with an empty list for a tool that nobody reviewed.
    """
    cards = {tool.pk: [] for tool in tools}
    reviews = Review.objects.current().filter(tool__in=cards).in_panel_order()
    for review in reviews.with_last_looked_on():
        cards[review.tool_id].append(review)
    return cards
