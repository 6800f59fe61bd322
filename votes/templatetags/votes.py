from django import template

from tools.models import Tool
from votes.box import VoteBox
from votes.interval import percent_interval

register = template.Library()


@register.inclusion_tag("votes/box.html")
def vote_box(tool: Tool) -> dict[str, VoteBox]:
    """The vote box as it is for everyone. /me/ puts a reader's own in its place."""
    return {"box": VoteBox(tool)}


@register.filter
def ship_interval(tool: Tool) -> tuple[int, int]:
    """(low, high) of a tool's ship share in whole percent; the tool has votes."""
    return percent_interval(tool.tally.ships, tool.tally.votes)
