"""What the ledger told of each tool in a stretch of time, with what was wrong put right.

A correction names the line that it answers by that line's kind and words (`tools.actions.correct_ledger`);
the latest such line of the tool before it is meant. A correction may be corrected itself. It counts as
soon as it is known, also when it came after the time asked for.
"""

from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from tools.models import LedgerEntry, Tool

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Line:
    """A ledger entry; `new` and `reasons` as they stand after the correction, if there is one."""

    entry: LedgerEntry
    correction: LedgerEntry | None = None

    @property
    def new(self):
        return self.correction.new if self.correction else self.entry.new

    @property
    def reasons(self):
        told = [self.entry.reason]
        if self.correction:
            told.append(f"Corrected from “{self.entry.new}”: {self.correction.reason}")
        return [reason for reason in told if reason.strip()]


@dataclass(frozen=True)
class ToolRecord:
    """The lines of one tool, oldest first."""

    tool: Tool
    lines: list[Line]
    # Corrections that no other line tells.
    corrections: list[Line] = field(default_factory=list)

    def of_kind(self, kind):
        return [line for line in self.lines if line.entry.kind == kind]

    @property
    def was_published(self):
        """Whether it was shown for the first time."""
        return any(not line.entry.was_known for line in self.of_kind(Kind.PUBLISHED))

    @property
    def was_reviewed(self):
        return bool(self.of_kind(Kind.REVIEWED))


def read_record(since, until, *, tells):
    """The ToolRecords of published tools from `since` to before `until`, newest change first; one query.

    A tool that came out only after `until` is left to the time after. `tells(line)` says whether a
    corrected line will be told with its correction; where it will not be, the correction is one of the
    record's own.
    """
    earlier = LedgerEntry.objects.filter(
        tool=OuterRef("tool"), kind=Kind.PUBLISHED, at__lt=OuterRef("at")
    )
    entries = (
        LedgerEntry.objects.public()
        .filter(
            Q(at__lt=until) | Q(kind=Kind.CORRECTED), at__gte=since, tool__published_at__lt=until
        )
        .select_related("tool__category", "tool__panel", "tool__successor__category")
        .annotate(was_known=Exists(earlier))
    )
    by_tool = {}
    for entry in entries:
        by_tool.setdefault(entry.tool_id, []).append(entry)
    records = [_record(newest_first, until, tells) for newest_first in by_tool.values()]
    return [record for record in records if record.lines or record.corrections]


def _record(newest_first, until, tells):
    answers, standing = _corrections(newest_first)
    lines = [
        Line(entry, standing.get(entry.pk)) for entry in reversed(newest_first) if entry.at < until
    ]
    told_elsewhere = {
        line.correction.pk
        for line in lines
        if line.correction and line.entry.kind != Kind.CORRECTED and tells(line)
    }
    return ToolRecord(
        tool=newest_first[0].tool,
        lines=lines,
        corrections=[
            line
            for line in lines
            if line.entry.kind == Kind.CORRECTED
            and answers.get(line.entry.pk) != Kind.CORRECTED
            and (line.correction or line.entry).pk not in told_elsewhere
        ],
    )


def _corrections(newest_first):
    """({correction: kind of the line it answers}, {line: the correction that stands}), by primary key."""
    answers, standing = {}, {}
    for place, entry in enumerate(newest_first):
        if entry.kind != Kind.CORRECTED:
            continue
        for wrong in newest_first[place + 1 :]:
            if wrong.get_kind_display() == entry.subject and wrong.new == entry.old:
                answers[entry.pk] = wrong.kind
                standing.setdefault(wrong.pk, standing.get(entry.pk, entry))
                break
    return answers, standing


def steps(lines, read=lambda words: words):
    """What a value was before the first of `lines` and after each, without repeats."""
    values = [lines[0].entry.old, *[line.new for line in lines]] if lines else []
    return [value for value, _ in groupby(read(words) for words in values)]
