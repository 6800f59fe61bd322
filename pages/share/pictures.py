"""What the pictures of a tool, a comparison and the site show."""

from collections.abc import Sequence
from io import BytesIO

from django.conf import settings
from PIL import Image

from pages.share.canvas import LINE_HEIGHT, MARGIN, WIDTH, Canvas, fitted_name
from pages.share.palette import LIGHT
from pages.share.standing import Standing, standing_of, votes_text
from tools.logo_image import LogoImage
from tools.models import Tool

LOGO = 132
GAP = 36
INNER = WIDTH - 2 * MARGIN
BOTTOM = 536  # the baseline of the lowest line above the footer
# By the number of lines that the name may take.
NAME_SIZES = {1: (92, 80, 70), 2: (66, 58, 50), 3: (46, 42)}
SITE_SIZES = (120, 96, 80, 64)
COLUMN_NAME_SIZES = {2: (72, 62, 54, 46, 40), 3: (52, 46, 40, 34), 4: (42, 36, 32, 28)}
COLUMN_SCORE_SIZE = {2: 76, 3: 64, 4: 52}


def site_picture() -> bytes:
    canvas = Canvas()
    canvas.frame(LIGHT.ink, "")
    canvas.text(settings.SITE_NAME, MARGIN, 300, width=INNER, sizes=SITE_SIZES, bold=True)
    canvas.text(
        "Named reviewers score AI tools: ship or skip.",
        MARGIN, 380, width=INNER, sizes=(44, 36), lines=2, colour=LIGHT.soft,
    )  # fmt: skip
    for code, word, left in (("ship", "Ship", MARGIN), ("skip", "Skip", MARGIN + 300)):
        canvas.verdict(code, word, left, 500, width=280, sizes=(64,))
    return canvas.png()


def tool_picture(tool: Tool, logo: LogoImage | None) -> bytes:
    standing, canvas = standing_of(tool), Canvas()
    canvas.frame(LIGHT.verdicts[standing.code], tool.category.name)
    if logo:
        _draw_logo(canvas, logo)
    width = INNER - LOGO - GAP if logo else INNER
    name = fitted_name(tool, width=width, sizes=NAME_SIZES)
    below = canvas.lines(name, MARGIN, 156 + name.style.size)
    canvas.text(
        tool.tagline, MARGIN, below - name.style.size * LINE_HEIGHT + 58, width=width, sizes=(34, 30),
        colour=LIGHT.soft,
    )  # fmt: skip
    _draw_standing(canvas, standing, votes_text(tool))
    return canvas.png()


def _draw_logo(canvas: Canvas, logo: LogoImage) -> None:
    image = Image.open(BytesIO(bytes(logo.content))).convert("RGBA").resize((LOGO, LOGO))
    left, top = WIDTH - MARGIN - LOGO, 166
    canvas.box(left - 8, top - 8, left + LOGO + 8, top + LOGO + 8, LIGHT.raised)
    canvas.image.paste(image, (left, top), image)


def _draw_standing(canvas: Canvas, standing: Standing, votes: str) -> None:
    half = INNER // 2
    canvas.box(MARGIN, 414, WIDTH - MARGIN, 416, LIGHT.rule)
    canvas.verdict(standing.code, standing.word, MARGIN, 492, width=half, sizes=(76, 60, 48))
    panel = " · ".join(filter(None, [standing.status, standing.counts]))
    canvas.text(panel, MARGIN, BOTTOM, width=half, sizes=(30, 26), colour=LIGHT.soft)
    if standing.score:
        canvas.text(
            f"{standing.score}/100",
            WIDTH - MARGIN,
            492,
            width=half,
            sizes=(76,),
            bold=True,
            align_right=True,
        )
    if votes:
        canvas.text(
            f"Community: {votes}", WIDTH - MARGIN, BOTTOM, width=half, sizes=(30, 26, 22), colour=LIGHT.soft,
            align_right=True,
        )  # fmt: skip


def comparison_picture(tools: Sequence[Tool]) -> bytes:
    canvas, count = Canvas(), len(tools)
    canvas.frame(LIGHT.ink, "AI tool comparison")
    column = (INNER - GAP * (count - 1)) // count
    for place, tool in enumerate(tools):
        _draw_column(canvas, tool, MARGIN + place * (column + GAP), column, count)
    return canvas.png()


def _draw_column(canvas: Canvas, tool: Tool, left: int, width: int, count: int) -> None:
    standing = standing_of(tool)
    canvas.box(left, 164, left + width, 172, LIGHT.verdicts[standing.code])
    name = fitted_name(tool, width=width, sizes={3: COLUMN_NAME_SIZES[count]})
    canvas.lines(name, left, 190 + name.style.size)
    if standing.score:
        size = COLUMN_SCORE_SIZE[count]
        canvas.text(standing.score, left, 446, width=width, sizes=(size,), bold=True)
    canvas.verdict(standing.code, standing.word, left, 500, width=width, sizes=(46, 38, 32, 26, 22))
    detail = standing.status or standing.counts
    canvas.text(detail, left, BOTTOM + 4, width=width, sizes=(28, 24, 20), colour=LIGHT.soft)
