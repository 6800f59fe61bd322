from django import template
from django.utils.safestring import SafeString

from bookmarks.button import BookmarkButton
from tools.models import Tool
from web.components import component, fill, placeholder

register = template.Library()

EVERYONES = BookmarkButton(placeholder("slug"), placeholder("name"))


@register.simple_tag
def bookmark_button(tool: Tool) -> SafeString:
    """The button as it is for everyone. /me/ puts a reader's own in its place."""
    return fill(
        component("bookmarks/button.html", button=EVERYONES), slug=tool.slug, name=tool.name
    )
