"""A review in one line."""

import html
import re

from django.utils.html import strip_tags
from django.utils.text import Truncator

from web.markdown import render_markdown

EXCERPT_LENGTH = 180
# Sentence marks of Latin, Arabic and Chinese script.
SENTENCE = re.compile(r".*?(?:[.!?؟](?=\s|$)|[。！？])", re.DOTALL)
# Shorter than this a sentence says too little alone, and takes the next one along.
ENOUGH = 60


def excerpt_from(body):
    """The first sentences of a review's Markdown `body` as plain text, at most EXCERPT_LENGTH long."""
    text = " ".join(html.unescape(strip_tags(render_markdown(body))).split())
    excerpt = ""
    for sentence in SENTENCE.findall(text):
        excerpt += sentence
        if len(excerpt) >= ENOUGH:
            break
    return Truncator((excerpt or text).strip()).chars(EXCERPT_LENGTH)
