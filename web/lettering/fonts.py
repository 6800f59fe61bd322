"""Which fonts draw a text in a picture: the site's own for Latin, the system's for other scripts.

`settings.FONTS_DIR` is searched for the files of Debian's packages fonts-noto-core, fonts-noto-cjk,
fonts-noto-color-emoji, fonts-dejavu-core and fonts-droid-fallback. None of them is required.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTCollection, TTFont
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

STATIC = settings.BASE_DIR / "static"
OWN_FONTS = STATIC / "fonts"
# The only size, in pixels, of the bitmaps in Noto Color Emoji.
EMOJI_SIZE = 109
FONT_SUFFIXES = {".ttf", ".ttc", ".otf", ".woff2"}


@dataclass(frozen=True)
class Face:
    """A font in two weights. A variable one is a single file."""

    regular: str
    bold: str
    is_variable: bool = False
    is_emoji: bool = False
    # Of the font in a collection.
    index: int = 0

    def file(self, *, bold: bool) -> Path | None:
        name = self.bold if bold else self.regular
        return OWN_FONTS / name if self.is_variable else _system_fonts(settings.FONTS_DIR).get(name)

    def covers(self, text: str, *, bold: bool) -> bool:
        """Return whether the font has a glyph for each character of `text`."""
        path = self.file(bold=bold)
        return path is not None and all(ord(char) in characters(path, self.index) for char in text)


def _variable(name: str) -> Face:
    return Face(name, name, is_variable=True)


def _noto(script: str = "") -> Face:
    return Face(f"NotoSans{script}-Regular.ttf", f"NotoSans{script}-Bold.ttf")


SCRIPTS = (
    "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu", "Thai", "Georgian", "Armenian", "Ethiopic",
)  # fmt: skip
# In the order of preference. Emoji before the fonts that have black and white ones.
FACES = (
    _variable("schibsted-grotesk-latin-wght-normal.woff2"),
    _variable("schibsted-grotesk-latin-ext-wght-normal.woff2"),
    Face("NotoColorEmoji.ttf", "NotoColorEmoji.ttf", is_emoji=True),
    _noto(),
    *(_noto(script) for script in SCRIPTS),
    # Its third font has the forms of simplified Chinese, and all kana and hangul.
    Face("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc", index=2),
    # Latin, Cyrillic, Greek, Arabic and Hebrew in one font, for lines that mix them.
    Face("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    Face("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
)
WEIGHTS: Mapping[bool, int] = {False: 500, True: 800}


@cache
def _system_fonts(folder: Path) -> dict[str, Path]:
    files = sorted(folder.rglob("*")) if folder.is_dir() else []
    return {path.name: path for path in files if path.suffix in FONT_SUFFIXES}


@cache
def characters(path: Path, index: int) -> frozenset[int]:
    """Return the code points that the font has glyphs for. Read once: it takes up to 0.6 seconds."""
    if path.suffix == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return frozenset(collection.fonts[index].getBestCmap() or {})
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


@lru_cache(maxsize=128)
def load_font(face: Face, size: int, bold: bool) -> FreeTypeFont:
    """Return the font, which the system has, in a size in pixels."""
    path = face.file(bold=bold)
    assert path is not None, face  # noqa: S101 - it covers a text
    font = ImageFont.truetype(
        path,
        EMOJI_SIZE if face.is_emoji else size,
        index=face.index,
        layout_engine=ImageFont.Layout.RAQM,
    )
    if face.is_variable:
        font.set_variation_by_axes([WEIGHTS[bold]])
    return font
