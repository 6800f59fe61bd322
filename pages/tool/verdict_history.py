"""The panel verdicts that a tool has had, with their dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pages.charts.score_history import Moment
from tools.panel_word import PanelWord


@dataclass(frozen=True)
class PastVerdict:
    """A panel verdict and when it began to hold."""

    verdict: str
    since: datetime

    @property
    def label(self) -> str:
        return PanelWord(self.verdict).label


def verdict_history(moments: Iterable[Moment]) -> list[PastVerdict]:
    """Return the verdicts after `moments`, which are oldest first: newest first, from the first review on."""
    verdicts: list[PastVerdict] = []
    last = PanelWord.NONE.value
    for moment in moments:
        if moment.verdict != last:
            verdicts.append(PastVerdict(moment.verdict, moment.at))
            last = moment.verdict
    return verdicts[::-1]
