"""Digests for tests, made by hand: no database."""

from newsletter.digest.digest import Digest
from newsletter.digest.items import (
    ChangedVerdict,
    ComparedPair,
    Divisive,
    Gap,
    NewVerdict,
    OtherChange,
    PanelFigures,
    StatusChange,
    ToolName,
)
from newsletter.digest.quotes import Quote
from tests.newsletter.ledger_factory import SINCE, UNTIL


def name(number=1, label=None, category=1):
    return ToolName(number, label or f"Tool {number}", f"tool-{number}", category, "Things")


def changed(number=1, label=None, **fields):
    defaults = {
        "tool": name(number, label),
        "steps": ("split", "ship"),
        "reasons": ("Builder: It was fixed.",),
        "figures": PanelFigures(3, 1, "69.8"),
    }
    return ChangedVerdict(**(defaults | fields))


def digest_of(**parts):
    return Digest(since=SINCE, until=UNTIL, **parts)


def full_digest():
    """One of everything."""
    return digest_of(
        changed=(
            changed(1, quotes=(Quote("Builder", False, "ship", 88, "It works every day now."),)),
        ),
        new=(
            NewVerdict(
                name(2),
                "skip",
                "Does two things.",
                PanelFigures(0, 2, "31.5"),
                best_for="Two things at once.",
                skip_if="One is enough.",
                quotes=(Quote("Skeptic", True, "skip", 12, "It does neither of them well."),),
                note="We asked the makers.",
            ),
        ),
        status=(StatusChange(name(3), "Active", "Discontinued", True, name(4), ("Sold.",)),),
        comparisons=(ComparedPair(name(6), name(5), "80.0", "79.0", 3, 1, "1.0", 4, 4, 1),),
        divisives=(Divisive(name(7), "split", 60, "Builder 90", "Skeptic 30", 5),),
        gaps=(Gap(name(8), "ship", 100, 15, 20, 3),),
        other=(OtherChange(name(9), "Price", "9 a month", "12 a month", (), "pricing"),),
    )
