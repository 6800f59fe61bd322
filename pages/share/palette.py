"""The colours of static/css/tokens.css for pictures and badges, which no stylesheet reaches, and the verdicts' shapes."""

from collections.abc import Mapping
from dataclasses import dataclass

# By the code of the verdict, as in templates/components/verdict.html, in a square of 16: {colour} and {paper}.
SHAPES: Mapping[str, str] = {
    "ship": (
        '<circle cx="8" cy="8" r="7.25" fill="{colour}"/>'
        '<path d="M4.6 8.3l2.3 2.3 4.5-4.9" fill="none" stroke="{paper}" stroke-width="1.9"/>'
    ),
    "skip": (
        '<rect x="1.5" y="1.5" width="13" height="13" fill="none" stroke="{colour}" stroke-width="2"/>'
        '<path d="M5 5l6 6M11 5l-6 6" fill="none" stroke="{colour}" stroke-width="2"/>'
    ),
    "split": (
        '<path d="M8 .9L15.1 8 8 15.1.9 8z" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        '<path d="M8 .9v14.2L.9 8z" fill="{colour}"/>'
    ),
    "none": (
        '<circle cx="8" cy="8" r="6.6" fill="none" stroke="{colour}" stroke-width="1.6" '
        'stroke-dasharray="2.4 2.2"/>'
    ),
}


@dataclass(frozen=True)
class Palette:
    paper: str
    raised: str
    ink: str
    soft: str
    rule: str
    verdicts: Mapping[str, str]

    def shape(self, verdict: str) -> str:
        return SHAPES[verdict].format(colour=self.verdicts[verdict], paper=self.raised)


LIGHT = Palette(
    paper="#fbf9f4",
    raised="#ffffff",
    ink="#15171c",
    soft="#555a64",
    rule="#dcd6c8",
    verdicts={"ship": "#0a6b3b", "skip": "#a62818", "split": "#7d5200", "none": "#555a64"},
)
DARK = Palette(
    paper="#131419",
    raised="#1b1d24",
    ink="#eeebe4",
    soft="#a9adb8",
    rule="#32353f",
    verdicts={"ship": "#5fd897", "skip": "#ff9b88", "split": "#f0bd5a", "none": "#a9adb8"},
)
PALETTES = {"light": LIGHT, "dark": DARK}
