"""Ledger lines that one deed wrote together, told as one event."""

from dataclasses import dataclass
from itertools import groupby

# A published review writes at most this many lines: reviewed, verdict changed, score moved.
LINES_PER_EVENT = 3


@dataclass(frozen=True)
class Event:
    """What happened to one tool at one time. `reasons` says each only once."""

    lines: list

    @property
    def tool(self):
        return self.lines[0].tool

    @property
    def at(self):
        return self.lines[0].at

    @property
    def reasons(self):
        """The longest tellings: "Skeptic: it is stable." takes in "it is stable."."""
        told = {line.reason for line in self.lines if line.reason}
        return sorted(
            reason
            for reason in told
            if not any(reason != other and reason in other for other in told)
        )


def events(entries):
    """Group `entries`, newest first, into events, newest first; the lines of each in the order written."""
    by_deed = groupby(entries, key=lambda entry: (entry.tool_id, entry.at))
    return [Event(lines=list(lines)[::-1]) for _, lines in by_deed]
