"""Short Latin text as SVG outlines of the site's font, so that a badge looks the same without any font."""

from dataclasses import dataclass
from functools import cache, lru_cache
from threading import RLock
from typing import Any

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from web.lettering.fonts import OWN_FONTS

# fontTools reads the tables of a font when they are first used, which two threads cannot do at once.
_one_at_a_time = RLock()
FONT = "schibsted-grotesk-latin-wght-normal.woff2"


@dataclass(frozen=True)
class Outline:
    path: str  # the value of `d`, from the left end of the baseline
    width: float


@cache
def _font() -> Any:
    return TTFont(OWN_FONTS / FONT)


@cache
def _glyphs(weight: int) -> Any:
    return _font().getGlyphSet(location={"wght": weight})


@lru_cache(maxsize=512)
def outline(text: str, *, size: float, weight: int = 700) -> Outline:
    """Return the outline of `text`, of characters that the font has, in a size in pixels."""
    with _one_at_a_time:
        return _outline(text, size, weight)


def _outline(text: str, size: float, weight: int) -> Outline:
    glyphs, names = _glyphs(weight), _font().getBestCmap()
    scale = size / _font()["head"].unitsPerEm
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
    x = 0.0
    for char in text:
        glyph = glyphs[names[ord(char)]]
        glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, 0)))
        x += glyph.width * scale
    return Outline(pen.getCommands(), x)


def has_glyph(char: str) -> bool:
    with _one_at_a_time:
        return ord(char) in _font().getBestCmap()
