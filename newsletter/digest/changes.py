"""The news of a digest: what the ledger told of each tool, first → last."""

from newsletter.digest.items import (
    ChangedVerdict,
    NewVerdict,
    OtherChange,
    PanelFigures,
    StatusChange,
    ToolName,
)
from newsletter.digest.ledger_history import Kind, steps
from newsletter.digest.plain_text import one_line, shortened
from reviews.models import PanelVerdict
from tools.models import Tool

VERDICTS = {word.label: word.value for word in PanelVerdict.Word}
NONE = PanelVerdict.Word.NONE.value
DISCONTINUED = Tool.Status.DISCONTINUED.label
ADDED = "Added to the catalogue"
# What is told as one line each, besides verdicts and status.
LABELS = {Kind.RENAMED: "Name", Kind.ENTRY_CHANGED: "Entry", Kind.PRICE_CHANGED: "Price"}
NOTHING = "nothing"


def tells(line):
    """Whether a line that was corrected is told with its correction. A verdict is one of four words."""
    if line.entry.kind == Kind.VERDICT_CHANGED:
        return line.new in VERDICTS
    return line.entry.kind in {Kind.STATUS_CHANGED, *LABELS}


def tool_name(tool):
    category = tool.category
    return ToolName(tool.pk, one_line(tool.name), tool.slug, category.pk, one_line(category.name))


def new_verdicts(records):
    """First panel verdicts, and tools shown for the first time that have one; best panel score first."""
    told = [_new_verdict(record) for record in records if _is_new(record)]
    return tuple(
        sorted(
            (item for item in told if item.verdict != NONE),
            key=lambda item: (-float(item.figures.score) if item.figures else 0, item.tool.slug),
        )
    )


def changed_verdicts(records):
    """Verdicts that changed, newest first. What was corrected to no change at all is left out."""
    told = []
    for record in records:
        went = _verdict_steps(record)
        if len(went) > 1 and not _is_new(record):
            name, figures = tool_name(record.tool), _figures(record.tool, went[-1])
            told.append(ChangedVerdict(name, tuple(went), _verdict_reasons(record), figures))
    return tuple(told)


def status_changes(records):
    """Discontinued tools first, then the other changes of status, newest first."""
    told = []
    for record in records:
        lines = record.of_kind(Kind.STATUS_CHANGED)
        went = steps(lines, _status_word)
        if len(went) > 1 and went[0] != went[-1]:
            told.append(_status_change(record.tool, went, lines))
    return tuple(sorted(told, key=lambda item: not item.is_discontinued))


def other_changes(records):
    """Tools added without a verdict, then names, entries, prices and corrections, by the tool's name."""
    told = []
    for record in records:
        name = tool_name(record.tool)
        if record.was_published and _new_verdict(record).verdict == NONE:
            told.append(OtherChange(name, ADDED, "", shortened(record.tool.tagline), ()))
        for kind, label in LABELS.items():
            lines = record.of_kind(kind)
            went = steps(lines, one_line)
            if len(went) > 1 and went[0] != went[-1]:
                told.append(OtherChange(name, label, went[0], went[-1] or NOTHING, _reasons(lines)))
        told += [_correction(name, line) for line in record.corrections]
    return tuple(sorted(told, key=lambda item: (item.tool.name.casefold(), item.tool.slug)))


def _is_new(record):
    """A tool shown for the first time, or one whose verdict is its first, or lacked one before."""
    return record.was_published or _verdict_steps(record)[:1] == [NONE]


def _new_verdict(record):
    tool = record.tool
    went = _verdict_steps(record)
    verdict = went[-1] if went else tool.panel.verdict
    return NewVerdict(tool_name(tool), verdict, one_line(tool.tagline), _figures(tool, verdict))


def _verdict_steps(record):
    lines = [line for line in record.of_kind(Kind.VERDICT_CHANGED) if tells(line)]
    return steps([line for line in lines if line.entry.old in VERDICTS], VERDICTS.get)


def _figures(tool, verdict):
    """The stored figures, unless the verdict has changed again since the time that is told of."""
    panel = tool.panel
    if panel.verdict != verdict or panel.score is None:
        return None
    return PanelFigures(panel.ships, panel.skips, str(panel.score))


def _verdict_reasons(record):
    """Why, in the reviewers' words; where a new reviewer turned it, who and with what score."""
    reasons = []
    for line in record.of_kind(Kind.VERDICT_CHANGED):
        reasons += line.reasons or [
            f"{review.entry.subject} reviewed it: {review.new}"
            for review in record.of_kind(Kind.REVIEWED)
            if review.entry.at == line.entry.at
        ]
    return _told_once(reasons)


def _status_change(tool, went, lines):
    successor = tool.successor
    shown = successor if successor and successor.is_published else None
    return StatusChange(
        tool=tool_name(tool),
        was=went[0],
        now=went[-1],
        is_discontinued=went[-1] == DISCONTINUED,
        successor=tool_name(shown) if shown and went[-1] != Tool.Status.ACTIVE.label else None,
        reasons=_reasons(lines),
    )


def _status_word(told):
    """ "Discontinued" of "Discontinued, use X": X may have been withdrawn since."""
    word, _, _ = told.partition(", use ")
    return word if word in Tool.Status.labels else one_line(told)


def _correction(name, line):
    label = f"Correction of “{line.entry.subject}”" if line.entry.subject else "Correction"
    was, now = one_line(line.entry.old), one_line(line.new)
    return OtherChange(name, label, was, now, _told_once([line.entry.reason, *line.reasons]))


def _reasons(lines):
    return _told_once([reason for line in lines for reason in line.reasons])


def _told_once(reasons):
    return tuple(dict.fromkeys(shortened(reason) for reason in reasons if reason.strip()))
