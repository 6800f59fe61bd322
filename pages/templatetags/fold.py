from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from web.excerpts import SOURCE_LENGTH, first_sentences, plain_text
from web.markdown import KEPT_LENGTH, KEPT_TEXTS, render_markdown

register = template.Library()

# About two lines of a phone.
ENOUGH, LENGTH = 30, 80


@register.filter
def fold(text: str) -> SafeString:
    """Show the first sentence of `text` (Markdown), and all of it once it is opened."""
    return _fold_kept(text) if len(text) <= KEPT_LENGTH else _fold(text)


def _fold(text: str) -> SafeString:
    plain = plain_text(text[:SOURCE_LENGTH])
    excerpt = first_sentences(plain, ENOUGH, LENGTH)
    is_whole = excerpt == plain and len(text) <= SOURCE_LENGTH
    values = {"html": render_markdown(text), "excerpt": excerpt, "is_whole": is_whole}
    return render_to_string("components/fold.html", values)


_fold_kept = lru_cache(maxsize=KEPT_TEXTS)(_fold)
