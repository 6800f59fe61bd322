from django import template

register = template.Library()


@register.inclusion_tag("components/personal.html")
def personal(tools):
    """Ask once for what is this reader's own of `tools` (an iterable of Tool)."""
    return {"tools": ",".join(tool.slug for tool in tools)}
