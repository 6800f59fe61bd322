"""The picture that pages of other sites show beside a link (Open Graph): 1200 × 630 pixels, on the site's paper."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from urllib.parse import urlsplit

import resvg_py
from django.conf import settings
from PIL import Image, ImageDraw

from pages.share.palette import LIGHT
from tools.models import Tool
from web.lettering.fonts import STATIC
from web.lettering.text import CannotDrawError, FittedText, Style, clean, draw_line, fit

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
LINE_HEIGHT = 1.17
# Of the palette of the PNG: enough for the antialiasing of a few flat colours, and a third of the bytes.
COLOURS = 128
SITE_MARK = (STATIC / "img" / "icon.svg").read_text()


class Canvas:
    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), LIGHT.paper)
        self._draw = ImageDraw.Draw(self.image)

    def png(self) -> bytes:
        output = BytesIO()
        small = self.image.quantize(
            COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        small.save(output, "PNG", compress_level=6)
        return output.getvalue()

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._draw.rectangle((left, top, right, bottom), fill=colour)

    def frame(self, colour: str, eyebrow: str) -> None:
        """Draw what all pictures have: a band, the name of the site, `eyebrow`, and the address of the site."""
        self.box(0, 0, WIDTH, 14, colour)
        self.svg(SITE_MARK, MARGIN, 52, 52)
        self.text(settings.SITE_NAME, MARGIN + 70, 92, width=520, sizes=(36, 24), bold=True)
        self.box(MARGIN, 132, WIDTH - MARGIN, 135, LIGHT.ink)
        self.text(
            eyebrow,
            WIDTH - MARGIN,
            90,
            width=440,
            sizes=(30, 24),
            colour=LIGHT.soft,
            align_right=True,
        )
        host = urlsplit(settings.SITE_URL).netloc
        self.text(host, MARGIN, 590, width=WIDTH - 2 * MARGIN, sizes=(26, 20), colour=LIGHT.soft)

    def svg(self, markup: str, left: int, top: int, size: int) -> None:
        drawn = svg_image(markup, size)
        self.image.paste(drawn, (left, top), drawn)

    def verdict(
        self, code: str, word: str, left: int, baseline: int, *, width: int, sizes: Sequence[int]
    ) -> None:
        """Draw a verdict by its shape, its word and its colour."""
        fitted = fit(word, width=width - round(sizes[0] * 1.05), sizes=sizes, lines=1, bold=True)
        size = fitted.style.size
        markup = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{LIGHT.shape(code)}</svg>'
        )
        self.svg(markup, left, baseline - round(size * 0.78), round(size * 0.82))
        self._line(
            (left + round(size * 1.05), baseline),
            fitted.lines[0],
            fitted.style,
            LIGHT.verdicts[code],
        )

    def text(
        self,
        text: str,
        left: float,
        baseline: float,
        *,
        width: int,
        sizes: Sequence[int],
        lines: int = 1,
        bold: bool = False,
        colour: str = LIGHT.ink,
        align_right: bool = False,
    ) -> float:
        """Draw what fits of `text`, nothing where a glyph is missing; return the baseline below it.

        `baseline` is that of the first line. `left` is the right end of the lines with `align_right`.
        """
        fitted = fitted_or_none(text, width=width, sizes=sizes, lines=lines, bold=bold)
        if fitted is None:
            return baseline
        return self.lines(fitted, left, baseline, colour=colour, align_right=align_right)

    def lines(
        self,
        fitted: FittedText,
        left: float,
        baseline: float,
        *,
        colour: str = LIGHT.ink,
        align_right: bool = False,
    ) -> float:
        for line in fitted.lines:
            start = left - fitted.style.width(line) if align_right else left
            self._line((start, baseline), line, fitted.style, colour)
            baseline += fitted.style.size * LINE_HEIGHT
        return baseline

    def _line(self, position: tuple[float, float], text: str, style: Style, colour: str) -> None:
        draw_line(self.image, position, text, style, colour)


@lru_cache(maxsize=64)
def svg_image(markup: str, size: int) -> Image.Image:
    """Return an SVG of our own, drawn `size` pixels wide and high."""
    png = resvg_py.svg_to_bytes(svg_string=markup, width=size, height=size, skip_system_fonts=True)
    return Image.open(BytesIO(bytes(png))).convert("RGBA")


def fitted_or_none(
    text: str, *, width: int, sizes: Sequence[int], lines: int, bold: bool
) -> FittedText | None:
    """Return `text` fitted, or None where no font of the system can draw it."""
    try:
        return fit(clean(text), width=width, sizes=sizes, lines=lines, bold=bold)
    except CannotDrawError:
        return None


def fitted_name(tool: Tool, *, width: int, sizes: Mapping[int, Sequence[int]]) -> FittedText:
    """Return the name of a tool in the fewest lines that hold it whole, by {number of lines: sizes}.

    Where no font can draw it, it is the monogram of the slug, which is in Latin letters.
    """
    most = max(sizes)
    for lines, some in sizes.items():
        fitted = fitted_or_none(tool.name, width=width, sizes=some, lines=lines, bold=True)
        if fitted is None:
            return fit(slug_monogram(tool.slug), width=width, sizes=some, lines=1, bold=True)
        if lines == most or not fitted.is_cut:
            return fitted
    raise ValueError("No sizes were given.")


def slug_monogram(slug: str) -> str:
    return "".join(word[0] for word in slug.split("-")[:2]).upper()
