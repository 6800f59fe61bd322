from django import template

from newsletter.subscribers.consent_text import SIGN_UP_TEXT

register = template.Library()


@register.simple_tag
def sign_up_text() -> str:
    return SIGN_UP_TEXT
