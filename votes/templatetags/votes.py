from django import template
from django.utils.safestring import SafeString

from tools.models import Tool
from votes.box import BoxPanel, BoxTally, BoxTool, VoteBox
from votes.interval import percent_interval
from web.components import component, fill, placeholder

register = template.Library()

# The panel is named beside a reader's own vote only.
NO_PANEL = BoxPanel("none", 0, 0)


@register.simple_tag
def vote_box(tool: Tool) -> SafeString:
    """The vote box as it is for everyone. /me/ puts a reader's own in its place."""
    tally = BoxTally(tool.tally.ships, tool.tally.skips, tool.tally.held)
    box = VoteBox(BoxTool(placeholder("slug"), placeholder("name"), tally, NO_PANEL))
    return fill(component("votes/box.html", box=box), slug=tool.slug, name=tool.name)


@register.filter
def ship_interval(tool: Tool | BoxTool) -> tuple[int, int]:
    """(low, high) of a tool's ship share in whole percent; the tool has votes."""
    return percent_interval(tool.tally.ships, tool.tally.votes)
