from django import template

from web.markdown import render_markdown

register = template.Library()

register.filter("markdown", render_markdown, is_safe=True)
