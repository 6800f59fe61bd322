from django import template
from django.utils.safestring import SafeString

from bookmarks.button import BookmarkButton
from tools.models import Tool
from web.components import component

register = template.Library()


@register.simple_tag
def bookmark_button(tool: Tool) -> SafeString:
    """The button as it is for everyone. /me/ puts a reader's own in its place."""
    return component("bookmarks/button.html", button=BookmarkButton(tool.slug, tool.name))
