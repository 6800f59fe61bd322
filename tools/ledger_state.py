"""The state of a tool as the change log records it, the differences of two states, and the replay."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from tools.models import Fact, LedgerEntry, Tool
from tools.panel_word import PanelWord

Kind = LedgerEntry.Kind

# The kinds whose entries hold one plain value, and the field of the state that holds it.
PLAIN = {
    Kind.NAME: "name",
    Kind.SLUG: "slug",
    Kind.TAGLINE: "tagline",
    Kind.ENTRY: "entry",
    Kind.PRICING: "pricing",
    Kind.BEST_FOR: "best_for",
    Kind.SKIP_IF: "skip_if",
    Kind.VERDICT: "verdict",
    Kind.SCORE: "score",
}
PUBLICATIONS = (Kind.ADDED, Kind.RESTORED)
# The fields of the state that an entry stores as references, not in its JSON.
REFERENCES = ("category", "successor")


class Panel(NamedTuple):
    """The panel's verdict and score of a tool; `score` has one decimal, None without reviews."""

    verdict: str = PanelWord.NONE.value
    score: float | None = None


@dataclass(frozen=True)
class State:
    """A tool as the change log records it, in codes. Empty texts are None; ids are primary keys.

    `status_date` is ISO 8601 text. `facts` maps the id of a fact kind to {"value", "source_url",
    "observed_on"}; a value is a text, a number or a boolean.
    """

    name: str
    slug: str
    tagline: str | None
    entry: str | None
    pricing: str | None
    best_for: str | None
    skip_if: str | None
    status: str
    status_date: str | None
    category: int
    successor: int | None
    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    verdict: str = PanelWord.NONE.value
    score: float | None = None

    @property
    def panel(self) -> Panel:
        return Panel(self.verdict, self.score)

    def with_panel(self, panel: Panel) -> "State":
        return replace(self, verdict=panel.verdict, score=panel.score)

    def to_json(self) -> dict[str, Any]:
        """Return the codes that the entry of a publication holds, without the references."""
        codes = {each.name: getattr(self, each.name) for each in fields(self)}
        facts = {str(kind): codes["facts"][kind] for kind in sorted(codes["facts"])}
        return {name: codes[name] for name in codes if name not in REFERENCES} | {"facts": facts}


@dataclass(frozen=True)
class Difference:
    """One change between two states, as an entry holds it. `references` are fields of LedgerEntry."""

    kind: Kind
    old: Any = None
    new: Any = None
    references: Mapping[str, int | None] = field(default_factory=dict)


def state_of(tool: Tool, panel: Panel | None = None, facts: Iterable[Fact] | None = None) -> State:
    """Return the state of `tool` and its facts, by default the stored ones.

    Without `panel`, it is that of a tool without reviews.
    """
    panel = panel or Panel()
    facts = tool.facts.all() if facts is None else facts
    texts = ["tagline", "entry", "pricing", "best_for", "skip_if"]
    return State(
        name=tool.name,
        slug=tool.slug,
        **{name: getattr(tool, name) or None for name in texts},
        status=tool.status,
        status_date=tool.status_date.isoformat() if tool.status_date else None,
        category=tool.category_id,
        successor=tool.successor_id,
        facts={fact.kind_id: fact_codes(fact) for fact in facts},
        verdict=panel.verdict,
        score=panel.score,
    )


def fact_codes(fact: Fact) -> dict[str, Any]:
    return {
        "value": _number(fact.value) if isinstance(fact.value, Decimal) else fact.value,
        "source_url": fact.source_url,
        "observed_on": fact.observed_on.isoformat(),
    }


def differences(before: State, after: State) -> Iterator[Difference]:
    """Yield what changed between two states of a tool."""
    for kind, name in PLAIN.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(kind, old, new)
    if before.category != after.category:
        categories = {"old_category_id": before.category, "new_category_id": after.category}
        yield Difference(Kind.CATEGORY, references=categories)
    if _status(before) != _status(after):
        successors = {"old_successor_id": before.successor, "new_successor_id": after.successor}
        yield Difference(Kind.STATUS, _status_codes(before), _status_codes(after), successors)
    for kind_id in sorted(before.facts.keys() | after.facts.keys()):
        old, new = before.facts.get(kind_id), after.facts.get(kind_id)
        if old != new:
            yield Difference(Kind.FACT, old, new, {"fact_kind_id": kind_id})


@dataclass(frozen=True)
class Replayed:
    """The state of a tool after its last entry. Without a publication there is none."""

    state: State | None = None
    is_withdrawn: bool = False
    began_at: datetime | None = None
    # Of the last publication.
    published_at: datetime | None = None

    @property
    def has_begun(self) -> bool:
        """Whether readers have seen the tool."""
        return self.began_at is not None and self.began_at <= timezone.now()


def replay(entries: Iterable[LedgerEntry]) -> Replayed:
    """Apply the entries of one tool, oldest first, one after the other.

    A correction says what an entry should have said; it changes nothing about the tool, and is skipped.
    Raises ValueError when the first entry is not a publication.
    """
    values: dict[str, Any] = {}
    is_withdrawn, began_at, published_at = False, None, None
    for entry in entries:
        if entry.kind in PUBLICATIONS:
            values, is_withdrawn = _published(entry), False
            began_at, published_at = began_at or entry.at, entry.at
        elif not values:
            raise ValueError(f"entry {entry.pk} ({entry.kind}) comes before the first publication")
        elif entry.kind == Kind.WITHDRAWN:
            is_withdrawn = True
        else:
            _change(values, entry)
    return Replayed(State(**values) if values else None, is_withdrawn, began_at, published_at)


def _published(entry: LedgerEntry) -> dict[str, Any]:
    """Return the values of the State at a publication."""
    values = dict(entry.new)
    return values | {
        "facts": {int(kind): codes for kind, codes in values["facts"].items()},
        "category": _required(entry.new_category_id),
        "successor": entry.new_successor_id,
    }


def _change(values: dict[str, Any], entry: LedgerEntry) -> None:
    """Apply the change of one entry to the values of a State."""
    if entry.kind in PLAIN:
        values[PLAIN[Kind(entry.kind)]] = entry.new
    elif entry.kind == Kind.CATEGORY:
        values["category"] = _required(entry.new_category_id)
    elif entry.kind == Kind.STATUS:
        values["status"], values["status_date"] = entry.new["status"], entry.new["date"]
        values["successor"] = entry.new_successor_id
    elif entry.kind == Kind.FACT:
        kind_id = _required(entry.fact_kind_id)
        values["facts"].pop(kind_id, None)
        if entry.new is not None:
            values["facts"][kind_id] = entry.new


def _required(reference: int | None) -> int:
    """A reference that the table's constraints require of the entry's kind."""
    if reference is None:
        raise ValueError("The ledger entry lacks a reference that its kind requires.")
    return reference


def _status(state: State) -> tuple[str, str | None, int | None]:
    return state.status, state.status_date, state.successor


def _status_codes(state: State) -> dict[str, str | None]:
    return {"status": state.status, "date": state.status_date}


def _number(number: Decimal) -> int | float:
    """Return `number`, which has at most four decimals, as the shortest JSON number of the same value."""
    return int(number) if number == int(number) else float(number)
