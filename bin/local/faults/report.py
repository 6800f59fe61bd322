"""What a fault cost, as a table and as JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bin.local.faults.requests import Answer

HEADINGS = {
    "fault": "fault",
    "requests": "requests",
    "failed": "failed",
    "errors": "of these 500",
    "slowest": "slowest s",
    "recovered_after": "recovered s",
    "acknowledged": "acknowledged",
    "lost_votes": "lost votes",
    "lost_sign_ups": "lost sign-ups",
    "doubled": "doubled issues",
    "repeated": "repeated mails",
}


@dataclass
class Result:
    """`failed`: answers of 500 or more, and connections that were refused or cut. Times are in seconds.

    `errors`: answers of 500. `acknowledged`: votes and sign-ups, of which some may be lost. `doubled`: copies of an
    issue beyond one for a subscriber. `repeated`: further emails that answer one sign-up, as a killed worker may send.
    """

    fault: str
    requests: int = 0
    failed: int = 0
    slowest: float = 0.0
    acknowledged: int = 0
    lost_votes: int = 0
    lost_sign_ups: int = 0
    doubled: int = 0
    repeated: int = 0
    recovered_after: float = 0.0
    errors: int = 0
    not_tried: str = ""

    def count(self, answers: Sequence[Answer], *, ended: float) -> None:
        """Add what was answered; the cause was gone at `ended`."""
        self.requests = len(answers)
        self.failed = sum(answer.has_failed for answer in answers)
        self.errors = sum(answer.status == 500 for answer in answers)
        self.slowest = max((answer.took for answer in answers), default=0.0)
        late = [answer.ended - ended for answer in answers if not answer.is_well]
        self.recovered_after = max([0.0, *late])

    @property
    def is_broken_promise(self) -> bool:
        return bool(self.lost_votes or self.lost_sign_ups or self.doubled or self.errors)


def table(results: Iterable[Result]) -> str:
    """Return a table in Markdown."""
    lines = [_line(HEADINGS.values()), _line("---" for _ in HEADINGS)]
    for result in results:
        if result.not_tried:
            lines.append(_line([result.fault, f"not tried: {result.not_tried}"]))
        else:
            lines.append(_line(_text(getattr(result, name)) for name in HEADINGS))
    return "\n".join(lines)


def write(path: Path, results: Sequence[Result]) -> None:
    path.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(value: str | float) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
