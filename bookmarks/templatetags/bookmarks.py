from django import template

from bookmarks.button import BookmarkButton

register = template.Library()


@register.inclusion_tag("bookmarks/button.html")
def bookmark_button(tool):
    """The button as everybody sees it: no token. /me/ puts the reader's own in its place."""
    return {"button": BookmarkButton(tool)}
