"""The news of a digest, from the change log of each tool: each kind of change as one item."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

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
from newsletter.digest.quotes import strongest_quotes
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
# The kinds, besides verdicts and status, that a digest lists with one line each.
OTHERS = (Kind.NAME, Kind.ENTRY, Kind.PRICING)
# An email shows a dozen items of a part; a subscriber's categories may choose them from further down.
MOST_QUOTED = 200
MAX_ADVICE = 200

Cards = Mapping[int, list[Review]]


def includes_correction(entry: LedgerEntry) -> bool:
    """Whether the item on a corrected entry says that it was corrected."""
    return entry.kind in {Kind.VERDICT, Kind.STATUS, *OTHERS}


def tool_name(tool: Tool) -> ToolName:
    category = tool.category
    return ToolName(tool.pk, one_line(tool.name), tool.slug, category.pk, one_line(category.name))


def new_verdicts(records: Iterable[ToolRecord], cards: Cards) -> tuple[NewVerdict, ...]:
    """First panel verdicts, and added tools that have one; best panel score first.

    `cards`: the reviews of each tool at the end of the period.
    """
    items = [_new_verdict(record, cards) for record in records if _is_new(record)]
    best_first = sorted(
        (item for item in items if item.verdict != NONE),
        key=lambda item: (-float(item.figures.score) if item.figures else 0, item.tool.slug),
    )
    return tuple(_quoted(item, place, cards) for place, item in enumerate(best_first))


def changed_verdicts(records: Iterable[ToolRecord], cards: Cards) -> tuple[ChangedVerdict, ...]:
    """Verdicts that changed, newest first. A change that a correction undid is left out."""
    items = []
    for record in records:
        verdicts = _verdict_steps(record)
        if len(verdicts) > 1 and not _is_new(record):
            name, figures = tool_name(record.tool), _figures(record.tool, verdicts[-1], cards)
            items.append(
                ChangedVerdict(
                    name, tuple(verdicts), _verdict_reasons(record), figures, *_advice(record.tool)
                )
            )
    return tuple(_quoted(item, place, cards) for place, item in enumerate(items))


def status_changes(records: Iterable[ToolRecord]) -> tuple[StatusChange, ...]:
    """Discontinued tools first, then the other changes of status, newest first."""
    items = []
    for record in records:
        entries = record.of_kind(Kind.STATUS)
        statuses = steps(entries, lambda codes: codes["status"])
        if len(statuses) > 1 and statuses[0] != statuses[-1]:
            items.append(_status_change(record.tool, statuses, entries))
    return tuple(sorted(items, key=lambda item: not item.is_discontinued))


def other_changes(records: Iterable[ToolRecord]) -> tuple[OtherChange, ...]:
    """Tools added without a verdict, then names, entries, prices and corrections, by the tool's name."""
    items = []
    for record in records:
        name = tool_name(record.tool)
        items += _publications(name, record)
        for kind in OTHERS:
            entries = record.of_kind(kind)
            if entries and not Change(entries).is_back and len(steps(entries)) > 1:
                items.append(_other_change(name, entries))
        items += [_correction(name, entry) for entry in record.corrections]
    return tuple(sorted(items, key=lambda item: (item.tool.name.casefold(), item.tool.slug)))


def _publications(name: ToolName, record: ToolRecord) -> list[OtherChange]:
    """Its addition, unless a verdict implies it, and its publication after a withdrawal."""
    added = [] if _verdict_steps(record)[-1:] not in ([], [NONE]) else record.of_kind(Kind.ADDED)
    tagline = shortened(record.tool.tagline)
    return [
        OtherChange(name, describe(entry).sentence, "", tagline, (), f"{entry.kind}-{entry.pk}")
        for entry in [*added, *record.of_kind(Kind.RESTORED)]
    ]


def _other_change(name: ToolName, entries: list[LedgerEntry]) -> OtherChange:
    was, now = one_line(old_words(entries[0])), one_line(new_words(entries[-1]))
    label = label_of(entries[0])
    code = entries[0].kind
    return OtherChange(name, label, was, now or gettext("not stated"), _reasons(entries), code)


def _is_new(record: ToolRecord) -> bool:
    """A tool that was added, or one that had no verdict before."""
    return record.added is not None or _verdict_steps(record)[:1] == [NONE]


def _new_verdict(record: ToolRecord, cards: Cards) -> NewVerdict:
    tool = record.tool
    verdicts = _verdict_steps(record)
    verdict = verdicts[-1] if verdicts else NONE
    figures = _figures(tool, verdict, cards)
    return NewVerdict(tool_name(tool), verdict, one_line(tool.tagline), figures, *_advice(tool))


def _advice(tool: Tool) -> tuple[str, str]:
    """Return (best for, skip if)."""
    return shortened(tool.best_for, MAX_ADVICE), shortened(tool.skip_if, MAX_ADVICE)


def _quoted[Verdict: (NewVerdict, ChangedVerdict)](
    item: Verdict, place: int, cards: Cards
) -> Verdict:
    """Quote its reviews, if it is one of the first MOST_QUOTED."""
    if place >= MOST_QUOTED:
        return item
    return replace(item, quotes=strongest_quotes(cards.get(item.tool.id, [])))


def _verdict_steps(record: ToolRecord) -> list[str]:
    """Every verdict of the period in order; the first is the one before, or that of its addition."""
    verdicts = steps(record.of_kind(Kind.VERDICT))
    return verdicts or ([record.added.new["verdict"]] if record.added else [])


def _figures(tool: Tool, verdict: str, cards: Cards) -> PanelFigures | None:
    """The figures at the end of the period; None where a correction changed the verdict."""
    reviews = cards.get(tool.pk, [])
    panel = panel_of_reviews(reviews)
    if panel.verdict != verdict or panel.score is None:
        return None
    ships = sum(review.is_ship for review in reviews)
    return PanelFigures(ships, len(reviews) - ships, str(panel.score))


def _verdict_reasons(record: ToolRecord) -> tuple[str, ...]:
    """The reasons that the reviewers gave; where none did, who reviewed it and with which verdict."""
    reasons = []
    for entry in record.of_kind(Kind.VERDICT):
        reviews = record.reviews_of(entry.event)
        given = [reason_words(review) for review in reviews if review.reason]
        reasons += given or [describe(review).sentence for review in reviews]
        reasons.append(correction_reason(entry))
    return _each_once(reasons)


def _status_change(tool: Tool, statuses: list[str], entries: list[LedgerEntry]) -> StatusChange:
    last = entries[-1].correction or entries[-1]
    successor = last.new_successor
    shown = successor if successor and successor.is_published else None
    return StatusChange(
        tool=tool_name(tool),
        was=status_label(statuses[0]),
        now=status_label(statuses[-1]),
        is_discontinued=statuses[-1] == Tool.Status.DISCONTINUED,
        successor=tool_name(shown) if shown and statuses[-1] != Tool.Status.ACTIVE else None,
        reasons=_reasons(entries),
    )


def _correction(name: ToolName, entry: LedgerEntry) -> OtherChange:
    wrong = entry.corrected_entry
    label = gettext("Correction (%(label)s)") % {"label": label_of(wrong)}
    wrong.correction, was = None, one_line(new_words(wrong))
    wrong.correction = entry
    now, code = one_line(new_words(wrong)), f"{entry.kind}-{entry.pk}"
    return OtherChange(name, label, was, now, _each_once([entry.reason]), code)


def _reasons(entries: list[LedgerEntry]) -> tuple[str, ...]:
    return _each_once(
        reason for entry in entries for reason in (entry.reason, correction_reason(entry))
    )


def _each_once(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(shortened(reason) for reason in reasons if reason.strip()))
