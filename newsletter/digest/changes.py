"""The news of a digest: what the change log says of each tool, from the first step to the last."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext

from newsletter.digest.items import (
    ChangedVerdict,
    NewVerdict,
    OtherChange,
    PanelFigures,
    StatusChange,
    ToolName,
)
from newsletter.digest.ledger_history import ToolRecord, steps
from newsletter.digest.plain_text import one_line, shortened
from reviews.models import PanelVerdict, Review
from reviews.panel import panel_of_reviews
from tools.ledger import Change
from tools.ledger_state import Kind
from tools.ledger_words import (
    correction_reason,
    describe,
    label_of,
    new_words,
    old_words,
    reason_words,
    status_label,
)
from tools.models import LedgerEntry, Tool

NONE = PanelVerdict.Word.NONE.value
# What a digest says in one line each, besides verdicts and status.
OTHERS = (Kind.NAME, Kind.ENTRY, Kind.PRICING)

Cards = Mapping[int, list[Review]]


def includes_correction(entry: LedgerEntry) -> bool:
    """Whether the item on an entry that was corrected says so."""
    return entry.kind in {Kind.VERDICT, Kind.STATUS, *OTHERS}


def tool_name(tool: Tool) -> ToolName:
    category = tool.category
    return ToolName(tool.pk, one_line(tool.name), tool.slug, category.pk, one_line(category.name))


def new_verdicts(records: Iterable[ToolRecord], cards: Cards) -> tuple[NewVerdict, ...]:
    """First panel verdicts, and added tools that have one; best panel score first.

    `cards`: the reviews of each tool at the end of the period.
    """
    told = [_new_verdict(record, cards) for record in records if _is_new(record)]
    return tuple(
        sorted(
            (item for item in told if item.verdict != NONE),
            key=lambda item: (-float(item.figures.score) if item.figures else 0, item.tool.slug),
        )
    )


def changed_verdicts(records: Iterable[ToolRecord], cards: Cards) -> tuple[ChangedVerdict, ...]:
    """Verdicts that changed, newest first. What was corrected to no change at all is left out."""
    told = []
    for record in records:
        went = _verdict_steps(record)
        if len(went) > 1 and not _is_new(record):
            name, figures = tool_name(record.tool), _figures(record.tool, went[-1], cards)
            told.append(ChangedVerdict(name, tuple(went), _verdict_reasons(record), figures))
    return tuple(told)


def status_changes(records: Iterable[ToolRecord]) -> tuple[StatusChange, ...]:
    """Discontinued tools first, then the other changes of status, newest first."""
    told = []
    for record in records:
        entries = record.of_kind(Kind.STATUS)
        went = steps(entries, lambda codes: codes["status"])
        if len(went) > 1 and went[0] != went[-1]:
            told.append(_status_change(record.tool, went, entries))
    return tuple(sorted(told, key=lambda item: not item.is_discontinued))


def other_changes(records: Iterable[ToolRecord]) -> tuple[OtherChange, ...]:
    """Tools added without a verdict, then names, entries, prices and corrections, by the tool's name."""
    told = []
    for record in records:
        name = tool_name(record.tool)
        told += _publications(name, record)
        for kind in OTHERS:
            entries = record.of_kind(kind)
            if entries and not Change(entries).is_back and len(steps(entries)) > 1:
                told.append(_other_change(name, entries))
        told += [_correction(name, entry) for entry in record.corrections]
    return tuple(sorted(told, key=lambda item: (item.tool.name.casefold(), item.tool.slug)))


def _publications(name: ToolName, record: ToolRecord) -> list[OtherChange]:
    """Its addition, unless a verdict says it, and that it was published again."""
    added = [] if _verdict_steps(record)[-1:] not in ([], [NONE]) else record.of_kind(Kind.ADDED)
    tagline = shortened(record.tool.tagline)
    return [
        OtherChange(name, describe(entry).sentence, "", tagline, ())
        for entry in [*added, *record.of_kind(Kind.RESTORED)]
    ]


def _other_change(name: ToolName, entries: list[LedgerEntry]) -> OtherChange:
    was, now = one_line(old_words(entries[0])), one_line(new_words(entries[-1]))
    label = label_of(entries[0])
    return OtherChange(name, label, was, now or gettext("not stated"), _reasons(entries))


def _is_new(record: ToolRecord) -> bool:
    """A tool that was added, or one that had no verdict before."""
    return record.added is not None or _verdict_steps(record)[:1] == [NONE]


def _new_verdict(record: ToolRecord, cards: Cards) -> NewVerdict:
    tool = record.tool
    went = _verdict_steps(record)
    verdict = went[-1] if went else NONE
    figures = _figures(tool, verdict, cards)
    return NewVerdict(tool_name(tool), verdict, one_line(tool.tagline), figures)


def _verdict_steps(record: ToolRecord) -> list[str]:
    """Every verdict of the period in order; the first is what it was before, or when it was added."""
    went = steps(record.of_kind(Kind.VERDICT))
    return went or ([record.added.new["verdict"]] if record.added else [])


def _figures(tool: Tool, verdict: str, cards: Cards) -> PanelFigures | None:
    """The figures of the period's end; None where the verdict was corrected to another one."""
    reviews = cards.get(tool.pk, [])
    panel = panel_of_reviews(reviews)
    if panel.verdict != verdict or panel.score is None:
        return None
    ships = sum(review.is_ship for review in reviews)
    return PanelFigures(ships, len(reviews) - ships, str(panel.score))


def _verdict_reasons(record: ToolRecord) -> tuple[str, ...]:
    """Why, in the reviewers' words; where none gave a reason, who reviewed it and how."""
    reasons = []
    for entry in record.of_kind(Kind.VERDICT):
        reviews = record.reviews_of(entry.event)
        given = [reason_words(review) for review in reviews if review.reason]
        reasons += given or [describe(review).sentence for review in reviews]
        reasons.append(correction_reason(entry))
    return _each_once(reasons)


def _status_change(tool: Tool, went: list[str], entries: list[LedgerEntry]) -> StatusChange:
    last = entries[-1].correction or entries[-1]
    successor = last.new_successor
    shown = successor if successor and successor.is_published else None
    return StatusChange(
        tool=tool_name(tool),
        was=status_label(went[0]),
        now=status_label(went[-1]),
        is_discontinued=went[-1] == Tool.Status.DISCONTINUED,
        successor=tool_name(shown) if shown and went[-1] != Tool.Status.ACTIVE else None,
        reasons=_reasons(entries),
    )


def _correction(name: ToolName, entry: LedgerEntry) -> OtherChange:
    wrong = entry.corrects
    label = gettext("Correction (%(label)s)") % {"label": label_of(wrong)}
    wrong.correction, was = None, one_line(new_words(wrong))
    wrong.correction = entry
    return OtherChange(name, label, was, one_line(new_words(wrong)), _each_once([entry.reason]))


def _reasons(entries: list[LedgerEntry]) -> tuple[str, ...]:
    return _each_once(
        reason for entry in entries for reason in (entry.reason, correction_reason(entry))
    )


def _each_once(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shortened(reason) for reason in reasons if reason.strip()))
