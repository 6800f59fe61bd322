"""How far each tool of a comparison is ahead of its strongest rival."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviews.models import Review
from reviews.paired import paired_result
from reviews.rounding import short_decimal


@dataclass(frozen=True)
class Lead:
    """The mean difference to `rival` over the reviewers who scored both; negative is behind."""

    points: Decimal
    rival: str

    @property
    def text(self) -> str:
        """ "+6.3", "−6.3" or "0"."""
        sign = "" if not self.points else "+" if self.points > 0 else "−"
        return sign + short_decimal(abs(self.points))


def leads(names: Sequence[str], scorecards: Sequence[Sequence[Review]]) -> Iterator[Lead | None]:
    """Yield each tool's lead over the tool it does worst against; None if it shares no reviewer."""
    for place, card in enumerate(scorecards):
        pairs = [
            Lead(points, name)
            for other, (name, rival) in enumerate(zip(names, scorecards, strict=True))
            if other != place and (points := paired_result(card, rival).mean_difference) is not None
        ]
        yield min(pairs, key=lambda lead: lead.points, default=None)
