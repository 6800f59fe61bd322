from django import template

from bookmarks.button import BookmarkButton
from tools.models import Tool

register = template.Library()


@register.inclusion_tag("bookmarks/button.html")
def bookmark_button(tool: Tool) -> dict[str, BookmarkButton]:
    """The button as it is for everyone. /me/ puts a reader's own in its place."""
    return {"button": BookmarkButton(tool)}
