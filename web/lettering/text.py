"""Text of any script in a picture: in which fonts, on which lines, in which size."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from PIL import Image, ImageDraw

from web.lettering.fonts import EMOJI_SIZE, FACES, Face, load_font

JOINER, EMOJI_STYLE = "\u200d", "\ufe0f"
JOINING = {"\u200c", JOINER, "\ufe0e", EMOJI_STYLE}
SKIN_TONES = range(0x1F3FB, 0x1F400)
RIGHT_TO_LEFT = {"R", "AL"}
ELLIPSIS = "…"
# The height of an emoji, as a multiple of the size of the text.
EMOJI_SCALE = 1.1


class CannotDrawError(ValueError):
    """No font has a glyph for a character of the text."""


@dataclass(frozen=True)
class Run:
    """A part of a line in one font."""

    text: str
    face: Face


@dataclass(frozen=True)
class Style:
    size: int
    bold: bool = False
    # The one font of right-to-left text: its order and its joined letters do not go across fonts.
    face: Face | None = None

    def runs(self, text: str) -> list[Run]:
        return [Run(text, self.face)] if self.face else runs_of(text, bold=self.bold)

    def width(self, text: str) -> float:
        return sum(_run_width(run, self) for run in self.runs(text))


@dataclass(frozen=True)
class FittedText:
    lines: Sequence[str]
    style: Style
    # Whether words were broken, or left out.
    is_cut: bool = False


def clean(text: str) -> str:
    """Return `text` on one line, without control characters, marks of direction and unassigned code points."""
    kept = (
        char
        for char in text
        if char in JOINING or unicodedata.category(char)[0] != "C" or char.isspace()
    )
    return " ".join("".join(kept).split())


def clusters_of(text: str) -> list[str]:
    """Return the parts of `text` that no font or line may separate: a letter with its marks, an emoji of several."""
    clusters: list[str] = []
    for char in text:
        if clusters and (_continues(char) or clusters[-1].endswith(JOINER)):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _continues(char: str) -> bool:
    return char in JOINING or unicodedata.category(char)[0] == "M" or ord(char) in SKIN_TONES


def runs_of(text: str, *, bold: bool) -> list[Run]:
    """Return the runs of left-to-right text. Raises CannotDrawError where a glyph is missing."""
    pairs = [(_face_for(cluster, bold), cluster) for cluster in clusters_of(text)]
    return [
        Run("".join(cluster for _, cluster in group), face)
        for face, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _face_of_all(text: str, bold: bool) -> Face | None:
    """Return the font of a text that needs a single one, else None. Raises CannotDrawError where a glyph is missing."""
    if any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text):
        return _face_for(text, bold)
    runs_of(text, bold=bold)
    return None


def _face_for(text: str, bold: bool) -> Face:
    needed = "".join(char for char in text if char not in JOINING)
    for face in FACES:
        if (face.is_emoji or EMOJI_STYLE not in text) and face.covers(needed, bold=bold):
            return face
    if EMOJI_STYLE in text:
        return _face_for(text.replace(EMOJI_STYLE, ""), bold)
    raise CannotDrawError(text)


def _run_width(run: Run, style: Style) -> float:
    length = load_font(run.face, style.size, style.bold).getlength(run.text)
    return length * style.size * EMOJI_SCALE / EMOJI_SIZE if run.face.is_emoji else length


def fit(
    text: str, *, width: int, sizes: Sequence[int], lines: int, bold: bool = False
) -> FittedText:
    """Break `text` into `lines` of at most `width` pixels, in the largest of `sizes` that needs no broken word.

    In the smallest size words are broken where they must be, and the last line ends in an ellipsis if text is
    left. Raises CannotDrawError where a glyph is missing.
    """
    face = _face_of_all(text + ELLIPSIS, bold)
    pieces = _pieces(text)
    for size in sizes:
        style = Style(size, bold, face)
        if max(map(style.width, pieces), default=0) > width:
            continue
        if len(broken := list(_break(pieces, style, width))) <= lines:
            return FittedText(broken, style)
    style = Style(sizes[-1], bold, face)
    broken = list(_break(_small_pieces(text, style, width), style, width))
    if len(broken) > lines:
        broken = [*broken[: lines - 1], _shortened(broken[lines - 1], style, width)]
    return FittedText(broken, style, is_cut=True)


def _pieces(text: str) -> list[str]:
    """Return what a line may end after: words with the space that follows, and each wide character."""
    pieces: list[str] = []
    for cluster in clusters_of(text):
        if (
            pieces
            and not pieces[-1].endswith(" ")
            and not (_is_wide(pieces[-1]) or _is_wide(cluster))
        ) or (pieces and cluster == " "):
            pieces[-1] += cluster
        else:
            pieces.append(cluster)
    return pieces


def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[0]) in {"W", "F"}


def _small_pieces(text: str, style: Style, width: int) -> Iterator[str]:
    for piece in _pieces(text):
        yield from [piece] if style.width(piece) <= width else clusters_of(piece)


def _break(pieces: Iterable[str], style: Style, width: int) -> Iterator[str]:
    line, used = "", 0.0
    for piece in pieces:
        if line and used + style.width(piece.rstrip()) > width:
            yield line.rstrip()
            line, used = "", 0.0
        line += piece
        used += style.width(piece)
    if line.strip():
        yield line.rstrip()


def _shortened(line: str, style: Style, width: int) -> str:
    clusters = clusters_of(line)
    while clusters and style.width(_with_ellipsis(clusters)) > width:
        clusters.pop()
    return _with_ellipsis(clusters)


def _with_ellipsis(clusters: Sequence[str]) -> str:
    return "".join(clusters).rstrip(" ,.;:-–—") + ELLIPSIS


def draw_line(
    image: Image.Image, position: tuple[float, float], text: str, style: Style, colour: str
) -> float:
    """Draw `text` from the left end of its baseline, and return where it ends."""
    x, y = position
    for run in style.runs(text):
        if run.face.is_emoji:
            _draw_emoji(image, (round(x), round(y)), run, style)
        else:
            font = load_font(run.face, style.size, style.bold)
            ImageDraw.Draw(image).text((x, y), run.text, font=font, fill=colour, anchor="ls")
        x += _run_width(run, style)
    return x


def _draw_emoji(image: Image.Image, position: tuple[int, int], run: Run, style: Style) -> None:
    """Draw bitmaps, which have one size, in the size of the text around them."""
    font = load_font(run.face, style.size, style.bold)
    drawn = Image.new("RGBA", (max(1, round(font.getlength(run.text))), EMOJI_SIZE * 5 // 4))
    ImageDraw.Draw(drawn).text(
        (0, EMOJI_SIZE), run.text, font=font, embedded_color=True, anchor="ls"
    )
    scale = style.size * EMOJI_SCALE / EMOJI_SIZE
    small = drawn.resize((max(1, round(drawn.width * scale)), round(drawn.height * scale)))
    image.paste(small, (position[0], position[1] - round(EMOJI_SIZE * scale)), small)
