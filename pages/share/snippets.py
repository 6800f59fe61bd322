"""HTML and Markdown that embed a tool's badge or card on another site."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from pages.share.badge import SIZES
from tools.models import Tool
from web.lettering.text import clean

# What Markdown reads as more than text.
MARKDOWN = re.compile(r"([\\`*_\[\]()<>&!#|~])")
HEIGHTS = {"small": 28, "large": 72}
CARD_SIZE = (360, 250)


@dataclass(frozen=True)
class Snippet:
    id: str
    label: str
    code: str


@dataclass(frozen=True)
class EmbeddedBadge:
    label: str
    light_path: str
    dark_path: str
    alt: str
    html: Snippet
    markdown: Snippet


@dataclass(frozen=True)
class Snippets:
    url: str
    badges: tuple[EmbeddedBadge, ...]
    card: Snippet


LABELS = {"small": "Small badge", "large": "Large badge"}


def snippets(tool: Tool) -> Snippets:
    return Snippets(
        url=settings.SITE_URL + tool.get_absolute_url(),
        badges=tuple(_badge(tool, size) for size in SIZES),
        card=Snippet("card-html", "HTML of the card", _card_html(tool)),
    )


def _badge(tool: Tool, size: str) -> EmbeddedBadge:
    light, dark = (_badge_url(tool, f"{size}-{theme}") for theme in ("light", "dark"))
    alt, url = _alt(tool), settings.SITE_URL + tool.get_absolute_url()
    html = format_html(
        '<a href="{}"><picture><source media="(prefers-color-scheme: dark)" srcset="{}">'
        '<img src="{}" alt="{}" height="{}"></picture></a>',
        url, dark, light, alt, HEIGHTS[size],
    )  # fmt: skip
    markdown = f"[![{MARKDOWN.sub(r'\\\1', alt)}]({light})]({url})"
    label = LABELS[size]
    return EmbeddedBadge(
        label=label,
        light_path=light.removeprefix(settings.SITE_URL),
        dark_path=dark.removeprefix(settings.SITE_URL),
        alt=alt,
        html=Snippet(f"{size}-html", f"{label}, HTML", str(html)),
        markdown=Snippet(f"{size}-markdown", f"{label}, Markdown", markdown),
    )


def _badge_url(tool: Tool, style: str) -> str:
    return settings.SITE_URL + reverse("badge", args=[tool.slug, style])


def _alt(tool: Tool) -> str:
    """Return the alternative text. It does not say the verdict, which may change after it was copied."""
    return f"Panel verdict on {clean(tool.name)} by {settings.SITE_NAME}"


def _card_html(tool: Tool) -> str:
    width, height = CARD_SIZE
    url = settings.SITE_URL + reverse("tool_card", args=[tool.slug])
    html = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>',
        url, _alt(tool), width, height,
    )  # fmt: skip
    return str(html)
