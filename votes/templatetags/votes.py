from django import template

from votes.box import VoteBox
from votes.interval import percent_interval

register = template.Library()


@register.inclusion_tag("votes/box.html")
def vote_box(tool):
    """The vote box as everybody sees it: no token, nobody's vote. /me/ puts the reader's own in its place."""
    return {"box": VoteBox(tool)}


@register.filter
def ship_interval(tool):
    """(low, high) of a tool's ship share in whole percent; the tool has votes."""
    return percent_interval(tool.tally.ships, tool.tally.votes)
