"""The colours of static/css/tokens.css for pictures and badges, which no stylesheet reaches."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Palette:
    paper: str
    raised: str
    ink: str
    soft: str
    rule: str
    verdicts: Mapping[str, str]

    def shape(self, verdict: str) -> SafeString:
        """Return the shape of a verdict as SVG, in a square of 16."""
        context = {"verdict": verdict, "colour": self.verdicts[verdict], "paper": self.raised}
        return render_to_string("components/verdict_shape.html", context)


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
