"""What the change log keeps of a tool: its recorded state, how two states differ, and the replay."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from tools.models import Fact, LedgerEntry, Tool
from tools.panel_word import PanelWord

Kind = LedgerEntry.Kind

# Kinds whose entries hold one plain value, and the field of the state that it is of.
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
# Of the state that an entry carries these are references, and no part of its JSON.
REFERENCES = ("category", "successor")


class Panel(NamedTuple):
    """What the panel says of a tool; `score` has one decimal, None without reviews."""

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
        """The codes that an entry of a publication holds; the references stand beside them."""
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


def state_of(tool: Tool, panel: Panel | None = None) -> State:
    """Read the state of `tool` and its facts; without `panel`, as if nobody had reviewed it."""
    panel = panel or Panel()
    texts = ["tagline", "entry", "pricing", "best_for", "skip_if"]
    return State(
        name=tool.name,
        slug=tool.slug,
        **{name: getattr(tool, name) or None for name in texts},
        status=tool.status,
        status_date=tool.status_date.isoformat() if tool.status_date else None,
        category=tool.category_id,
        successor=tool.successor_id,
        facts={fact.kind_id: fact_codes(fact) for fact in tool.facts.all()},
        verdict=panel.verdict,
        score=panel.score,
    )


def fact_codes(fact: Fact) -> dict[str, Any]:
    observed_on = fact.observed_on
    return {
        "value": _number(fact.value) if isinstance(fact.value, Decimal) else fact.value,
        "source_url": fact.source_url,
        "observed_on": observed_on.isoformat() if isinstance(observed_on, date) else observed_on,
    }


def differences(before: State, after: State) -> Iterator[Difference]:
    """Yield what changed between two states of a tool."""
    for kind, name in PLAIN.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(kind, old, new)
    if before.category != after.category:
        sides = {"old_category_id": before.category, "new_category_id": after.category}
        yield Difference(Kind.CATEGORY, references=sides)
    if _status(before) != _status(after):
        sides = {"old_successor_id": before.successor, "new_successor_id": after.successor}
        yield Difference(Kind.STATUS, _status_codes(before), _status_codes(after), sides)
    for kind_id in sorted(before.facts.keys() | after.facts.keys()):
        old, new = before.facts.get(kind_id), after.facts.get(kind_id)
        if old != new:
            yield Difference(Kind.FACT, old, new, {"fact_kind_id": kind_id})


@dataclass(frozen=True)
class Replayed:
    """Where the entries of a tool end. Without a publication there is no state."""

    state: State | None = None
    is_withdrawn: bool = False
    began_at: datetime | None = None

    @property
    def has_begun(self) -> bool:
        """Whether readers have seen the tool."""
        return self.began_at is not None and self.began_at <= timezone.now()


def replay(entries: Iterable[LedgerEntry]) -> Replayed:
    """Apply the entries of one tool, oldest first, one after the other.

    A correction says what an entry should have said and changes nothing of the tool, so it is passed
    over. Raises ValueError when the first entry is not a publication.
    """
    replayed = Replayed()
    for entry in entries:
        replayed = _applied(replayed, entry)
    return replayed


def _applied(replayed: Replayed, entry: LedgerEntry) -> Replayed:
    if entry.kind in PUBLICATIONS:
        return Replayed(_published_state(entry), began_at=replayed.began_at or entry.at)
    state = replayed.state
    if state is None:
        raise ValueError(f"entry {entry.pk} ({entry.kind}) stands before the first publication")
    if entry.kind == Kind.WITHDRAWN:
        return replace(replayed, is_withdrawn=True)
    return replace(replayed, state=_changed_state(state, entry))


def _published_state(entry: LedgerEntry) -> State:
    codes = dict(entry.new)
    facts = {int(kind): codes_of for kind, codes_of in codes.pop("facts").items()}
    return State(
        **codes, facts=facts, category=entry.new_category_id, successor=entry.new_successor_id
    )


def _changed_state(state: State, entry: LedgerEntry) -> State:
    if entry.kind in PLAIN:
        return replace(state, **{PLAIN[Kind(entry.kind)]: entry.new})
    if entry.kind == Kind.CATEGORY:
        return replace(state, category=entry.new_category_id)
    if entry.kind == Kind.STATUS:
        return replace(
            state,
            status=entry.new["status"],
            status_date=entry.new["date"],
            successor=entry.new_successor_id,
        )
    if entry.kind == Kind.FACT:
        facts = {kind: fact for kind, fact in state.facts.items() if kind != entry.fact_kind_id}
        if entry.new is not None:
            facts[entry.fact_kind_id] = entry.new
        return replace(state, facts=facts)
    return state


def _status(state: State) -> tuple[str, str | None, int | None]:
    return state.status, state.status_date, state.successor


def _status_codes(state: State) -> dict[str, str | None]:
    return {"status": state.status, "date": state.status_date}


def _number(number: Decimal) -> int | float:
    """The shortest JSON number that is exactly `number`, which has at most four decimals."""
    return int(number) if number == int(number) else float(number)
