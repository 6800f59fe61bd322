from django import template
from django.utils.safestring import SafeString

from tools.models import Tool
from votes.box import BoxTool, VoteBox
from votes.interval import percent_interval
from web.components import component

register = template.Library()


@register.simple_tag
def vote_box(tool: Tool) -> SafeString:
    """The vote box as it is for everyone. /me/ puts a reader's own in its place."""
    return component("votes/box.html", box=VoteBox(BoxTool.of(tool)))


@register.filter
def ship_interval(tool: Tool | BoxTool) -> tuple[int, int]:
    """(low, high) of a tool's ship share in whole percent; the tool has votes."""
    return percent_interval(tool.tally.ships, tool.tally.votes)
