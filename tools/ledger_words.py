"""The wording of the change log: the only place where an entry, or several as one change, become text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from tools.facts import display_value
from tools.ledger import Change, Event, corrected, events
from tools.ledger_state import PLAIN
from tools.models import Category, LedgerEntry, Tool
from tools.panel_word import PanelWord

Kind = LedgerEntry.Kind
# The kinds from the most to the least important to readers.
BY_IMPORTANCE = [
    Kind.WITHDRAWN,
    Kind.RESTORED,
    Kind.ADDED,
    Kind.STATUS,
    Kind.VERDICT,
    Kind.PRICING,
    Kind.ENTRY,
    Kind.NAME,
    Kind.REVIEWED,
    Kind.SCORE,
    Kind.CATEGORY,
    Kind.FACT,
    Kind.SLUG,
    Kind.TAGLINE,
    Kind.BEST_FOR,
    Kind.SKIP_IF,
    Kind.CORRECTED,
]


@dataclass(frozen=True)
class Description:
    """A change in words. `old` or `new` is empty where there was or is nothing.

    With both sides a page prints label, old and new, otherwise the sentence alone.
    `correction` is the sentence that corrects a wrong entry, or empty.
    """

    label: str
    sentence: str
    old: str = ""
    new: str = ""
    correction: str = ""

    @property
    def has_both_sides(self) -> bool:
        return bool(self.old and self.new)


@dataclass(frozen=True)
class EventText:
    """An event in words: a line per entry that pages show, and each reason once."""

    tool: Tool
    at: datetime
    lines: list[Description]
    reasons: list[str]


def describe(entry: LedgerEntry) -> Description:
    """Word one entry, with its references and, for a review, its `reviewer_name` loaded.

    The description of an entry with a `correction` includes how it was corrected.
    """
    described = _WORDING.get(Kind(entry.kind), _step)(entry)
    correction = getattr(entry, "correction", None)
    if correction is None:
        return described
    sentence = gettext("Corrected: it should have said “%(right)s”.")
    return replace(described, correction=sentence % {"right": _right(correction)})


def event_text(event: Event, *, folds: bool = True) -> EventText:
    """Word an event; with `folds`, without the entries that `is_folded` names."""
    shown = [entry for entry in event.entries if not (folds and is_folded(entry))]
    reasons = dict.fromkeys(reason_words(entry) for entry in event.entries if entry.reason)
    return EventText(event.tool, event.at, [describe(entry) for entry in shown], list(reasons))


def event_texts(
    entries: Iterable[LedgerEntry], *, folds: bool = True, until: datetime | None = None
) -> list[EventText]:
    """Word entries in the order of `LedgerEntryQuerySet.public`, corrections (up to `until`) applied, by event."""
    return [event_text(event, folds=folds) for event in events(corrected(entries, until))]


def headline(event: Event) -> str:
    """Return the sentence on the most important entry of an event."""
    return describe(min(event.entries, key=lambda entry: importance(entry.kind))).sentence


def describe_change(change: Change) -> Description:
    """Word several entries about the same thing as one."""
    first, last = change.entries[0], change.entries[-1]
    count = len(change.entries)
    match change.kind:
        case Kind.REVIEWED:
            sentence = ngettext("%(count)d new review", "%(count)d new reviews", count)
            return Description(label_of(last), sentence % {"count": count})
        case Kind.CORRECTED:
            sentence = ngettext("%(count)d correction", "%(count)d corrections", count)
            return Description(label_of(last), sentence % {"count": count})
        case Kind.ADDED | Kind.RESTORED | Kind.WITHDRAWN:
            return describe(last)
    old, new = old_words(first), new_words(last)
    if change.is_back:
        values = {"label": label_of(last), "value": new or gettext("not stated")}
        sentence = gettext("%(label)s changed, and is %(value)s again") % values
        return Description(label_of(last), sentence)
    if change.kind == Kind.VERDICT and first.old == PanelWord.NONE:
        return _first_verdict(last)
    return _both_sides(label_of(last), old, new)


def is_folded(entry: LedgerEntry) -> bool:
    """Whether pages leave the entry out: a first score, or a change by less than LEDGER_SCORE_POINTS.

    The review and the first verdict of the same event say what a first score is.
    """
    if entry.kind != Kind.SCORE:
        return False
    if entry.old is None or entry.new is None:
        return True
    return abs(round(entry.new - entry.old, 1)) < settings.LEDGER_SCORE_POINTS


def reason_words(entry: LedgerEntry) -> str:
    """Return the reason, for a review with its author: "Skeptic: Exports work now."."""
    if entry.kind != Kind.REVIEWED:
        return entry.reason
    values = {"reviewer": entry.reviewer_name, "reason": entry.reason}
    return gettext("%(reviewer)s: %(reason)s") % values


def correction_reason(entry: LedgerEntry) -> str:
    """Return what a correction of the entry replaced, and why; empty without one."""
    correction = getattr(entry, "correction", None)
    if correction is None:
        return ""
    values = {"wrong": _new_side(entry) or gettext("not stated"), "reason": correction.reason}
    return gettext("Corrected from “%(wrong)s”: %(reason)s") % values


def importance(kind: str) -> int:
    """Return 0 for the kind that matters most to readers, and a higher number for each less important one."""
    return BY_IMPORTANCE.index(Kind(kind))


def label_of(entry: LedgerEntry) -> str:
    """Return what an entry is about: "Price", or the name of its fact kind."""
    return str(entry.fact_kind) if entry.fact_kind else gettext(Kind(entry.kind).label)


def old_words(entry: LedgerEntry) -> str:
    return _side(entry, entry.old, entry.old_category, entry.old_successor)


def new_words(entry: LedgerEntry) -> str:
    """Return what an entry, or else its correction, says of the time after."""
    correction = getattr(entry, "correction", None)
    return _new_side(entry) if correction is None else _right(correction)


def verdict_words(code: str) -> str:
    return gettext(PanelWord(code).label)


def status_label(code: str) -> str:
    return gettext(Tool.Status(code).label)


def review_words(codes: dict[str, Any]) -> str:
    """ "88/100 · Ship"."""
    values = {"score": codes["score"], "verdict": verdict_words(codes["verdict"])}
    return gettext("%(score)s/100 · %(verdict)s") % values


def status_words(codes: dict[str, Any], successor: Tool | None) -> str:
    """ "Discontinued since 1 March 2026; use X". A successor that readers cannot see is not named."""
    shown = successor if successor and successor.is_on_record else None
    values = {"status": status_label(codes["status"]), "successor": shown}
    if codes["date"]:
        values["date"] = date_format(date.fromisoformat(codes["date"]), "j F Y")
    match bool(codes["date"]), shown is not None:
        case True, True:
            return gettext("%(status)s since %(date)s; use %(successor)s") % values
        case True, False:
            return gettext("%(status)s since %(date)s") % values
        case False, True:
            return gettext("%(status)s; use %(successor)s") % values
    return str(values["status"])


def _added(entry: LedgerEntry) -> Description:
    return Description(label_of(entry), gettext("Added to the catalogue"))


def _withdrawn(entry: LedgerEntry) -> Description:
    return Description(label_of(entry), gettext("Withdrawn from the catalogue"))


def _restored(entry: LedgerEntry) -> Description:
    return Description(label_of(entry), gettext("Published again"))


def _reviewed(entry: LedgerEntry) -> Description:
    old, new = old_words(entry), _new_side(entry)
    values = {"reviewer": entry.reviewer_name, "old": old, "new": new}
    if not old:
        label = gettext("%(reviewer)s reviewed it") % values
        return Description(label, gettext("%(reviewer)s reviewed it: %(new)s") % values, new=new)
    label = gettext("%(reviewer)s updated their review") % values
    sentence = gettext("%(reviewer)s updated their review: was %(old)s, now %(new)s") % values
    return Description(label, sentence, old, new)


def _verdict(entry: LedgerEntry) -> Description:
    return _first_verdict(entry) if entry.old == PanelWord.NONE else _step(entry)


def _first_verdict(entry: LedgerEntry) -> Description:
    new = verdict_words(entry.new)
    sentence = gettext("First verdict: %(verdict)s") % {"verdict": new}
    return Description(label_of(entry), sentence, new=new)


def _fact(entry: LedgerEntry) -> Description:
    old, new, label = old_words(entry), _new_side(entry), label_of(entry)
    if old and old == new:
        values = {"label": label, "value": new}
        return Description(label, gettext("%(label)s: source checked, still %(value)s") % values)
    return _both_sides(label, old, new)


def _corrected(entry: LedgerEntry) -> Description:
    wrong = entry.corrected_entry
    wrong.reviewer_name = entry.reviewer_name
    values = {"entry": describe(wrong).sentence, "right": _right(entry)}
    sentence = gettext("Correction: “%(entry)s” should have said “%(right)s”") % values
    return Description(label_of(entry), sentence)


def _step(entry: LedgerEntry) -> Description:
    return _both_sides(label_of(entry), old_words(entry), _new_side(entry))


def _both_sides(label: str, old: str, new: str) -> Description:
    values = {"label": label, "old": old, "new": new}
    if old and new:
        sentence = gettext("%(label)s: was %(old)s, now %(new)s") % values
    elif new:
        sentence = gettext("%(label)s: %(new)s") % values
    else:
        sentence = gettext("%(label)s: was %(old)s, now not stated") % values
    return Description(label, sentence, old, new)


def _new_side(entry: LedgerEntry) -> str:
    return _side(entry, entry.new, entry.new_category, entry.new_successor)


def _right(correction: LedgerEntry) -> str:
    """Return what a correction says in the place of the entry that it corrects."""
    return _side(
        correction.corrected_entry,
        correction.new,
        correction.new_category,
        correction.new_successor,
    )


def _side(entry: LedgerEntry, codes: Any, category: Category | None, successor: Tool | None) -> str:
    """Return one side of an entry in words, by its kind; empty for nothing."""
    if entry.kind == Kind.CATEGORY:
        return str(category)
    if codes is None:
        return ""
    match Kind(entry.kind):
        case Kind.STATUS:
            return status_words(codes, successor)
        case Kind.VERDICT:
            return verdict_words(codes)
        case Kind.REVIEWED:
            return review_words(codes)
        case Kind.ENTRY:
            return gettext(Tool.Entry(codes).label)
        case Kind.FACT if entry.fact_kind:
            return display_value(codes["value"], entry.fact_kind)
    return str(codes) if entry.kind in PLAIN else ""


_WORDING: dict[Kind, Callable[[LedgerEntry], Description]] = {
    Kind.ADDED: _added,
    Kind.WITHDRAWN: _withdrawn,
    Kind.RESTORED: _restored,
    Kind.REVIEWED: _reviewed,
    Kind.VERDICT: _verdict,
    Kind.FACT: _fact,
    Kind.CORRECTED: _corrected,
}
