from django import template

from pages.excerpts import excerpt_from, is_whole

register = template.Library()

# About two lines of a phone.
ENOUGH, LENGTH = 30, 80


@register.inclusion_tag("components/fold.html")
def fold(text: str) -> dict[str, object]:
    """Show the first sentence of `text` (Markdown), and all of it once it is opened."""
    excerpt = excerpt_from(text, ENOUGH, LENGTH)
    return {"text": text, "excerpt": excerpt, "is_whole": is_whole(excerpt, text)}
