"""The SVG badge of a tool's verdict, in two sizes, for light and dark pages. Text is outlines: no font is needed."""

from dataclasses import dataclass
from itertools import product

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pages.share.palette import PALETTES, Palette
from pages.share.standing import Standing
from web.lettering.outlines import Outline, has_glyph, outline
from web.lettering.text import clean

SIZES = ("small", "large")
STYLES = tuple(f"{size}-{theme}" for size, theme in product(SIZES, PALETTES))
PADDING = 8


@dataclass(frozen=True)
class Text:
    x: float
    baseline: float
    path: str
    colour: str


@dataclass(frozen=True)
class Shape:
    x: float
    y: float
    size: float
    markup: SafeString


@dataclass(frozen=True)
class Badge:
    title: str
    width: int
    height: int
    palette: Palette
    # The part with the name of the site, in the colour of ink; 0 without one.
    label_width: float
    shape: Shape
    texts: tuple[Text, ...]


def badge_svg(style: str, standing: Standing, name: str) -> str:
    size, theme = style.split("-")
    build = {"small": _small, "large": _large}[size]
    title = (
        f"{settings.SITE_NAME}, panel verdict on {standing.sentence(clean(name))}"
        if name
        else standing.word
    )
    return render_to_string("share/badge.svg", {"badge": build(title, standing, PALETTES[theme])})


def _small(title: str, standing: Standing, palette: Palette) -> Badge:
    """One line: the site, the shape and word of the verdict, and the score, or the status if it is not active."""
    label = outline(_drawable(settings.SITE_NAME), size=12)
    label_width = label.width + 2 * PADDING
    verdict = outline(
        " · ".join(filter(None, [standing.word, standing.status or standing.score])),
        size=13,
        weight=800,
    )
    shape = Shape(label_width + PADDING, 7, 14, palette.shape(standing.code))
    text_x = shape.x + shape.size + 5
    return Badge(
        title=title,
        width=round(text_x + verdict.width + PADDING),
        height=28,
        palette=palette,
        label_width=label_width,
        shape=shape,
        texts=(
            Text(PADDING, 18.5, label.path, palette.paper),
            Text(text_x, 18.7, verdict.path, palette.verdicts[standing.code]),
        ),
    )


def _large(title: str, standing: Standing, palette: Palette) -> Badge:
    """Three lines: the site, the verdict beside its shape, and what it is made of."""
    label = outline(_drawable(settings.SITE_NAME), size=11, weight=650)
    verdict = outline(standing.word, size=21, weight=850)
    score = f"{standing.score}/100" if standing.score else ""
    detail = outline(
        " · ".join(filter(None, [standing.status, score, standing.counts])), size=12, weight=600
    )
    left = 2 * PADDING + 40
    lower = 0 if detail.width else 8
    return Badge(
        title=title,
        width=max(180, round(left + _widest(label, verdict, detail) + PADDING + 4)),
        height=72,
        palette=palette,
        label_width=0,
        shape=Shape(PADDING + 3, 19, 34, palette.shape(standing.code)),
        texts=(
            Text(left, 19 + lower, label.path, palette.soft),
            Text(left, 42 + lower, verdict.path, palette.verdicts[standing.code]),
            Text(left, 60, detail.path, palette.ink),
        ),
    )


def _widest(*outlines: Outline) -> float:
    return max(one.width for one in outlines)


def _drawable(text: str) -> str:
    """Return `text` without what the font of the outlines lacks."""
    return "".join(char for char in text if has_glyph(char))
