"""Tools and their facts as the change log had them at the end of a day.

The change log does not record descriptions, websites and logos, nor the names of categories and of kinds of facts:
those are today's (docs/adr/0021).
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.formats import date_format

from tools.ledger_state import PLAIN, PUBLICATIONS, Kind, Replayed, State, replay
from tools.models import Category, Fact, FactKind, LedgerEntry, Tool, value_columns
from tools.past_day import NothingThenError, PastDay

# What `replay` needs for all of a state but the panel's verdict and score.
KINDS = [
    *PUBLICATIONS,
    Kind.WITHDRAWN,
    Kind.CATEGORY,
    Kind.STATUS,
    Kind.FACT,
    *(kind for kind in PLAIN if kind not in (Kind.VERDICT, Kind.SCORE)),
]
TEXTS = ("name", "tagline", "entry", "pricing", "best_for", "skip_if", "status")


def tools_then(tools: Sequence[Tool], day: PastDay) -> tuple[list[Tool], list[Fact]]:
    """Return published `tools` (with category) as they were, with category and successor, and their facts.

    The slug stays the present one. The facts have their kinds, and are in the order of these. Two queries; one more for
    each of categories, successors and kinds of facts, where there are any. Raises NothingThenError where a tool had not
    been added yet, or was withdrawn.
    """
    replayed = replayed_until([tool.pk for tool in tools], day.until)
    for tool in tools:
        _check(tool, replayed[tool.pk], day)
    states = {pk: then.state for pk, then in replayed.items() if then.state}
    categories = _categories(tools, states.values())
    successors = _successors(states.values(), day)
    then = [_tool_then(tool, states[tool.pk], replayed[tool.pk].published_at) for tool in tools]
    for tool in then:
        state = states[tool.pk]
        tool.category = categories[state.category]
        tool.successor = successors[state.successor] if state.successor else None
    return then, facts_then(states, day)


def replayed_until(tool_ids: Sequence[int], until: datetime) -> dict[int, Replayed]:
    """Replay the change log of each tool up to a moment, without the panel's verdict and score; one query."""
    replayed = dict.fromkeys(tool_ids, Replayed())
    entries = LedgerEntry.objects.filter(tool__in=tool_ids, kind__in=KINDS, at__lte=until)
    for tool_id, log in groupby(
        entries.order_by("tool", "at", "pk"), key=lambda entry: entry.tool_id
    ):
        replayed[tool_id] = replay(log)
    return replayed


def facts_then(states: Mapping[int, State], day: PastDay) -> list[Fact]:
    """Return the facts in {tool.pk: state} with their kinds, in the kinds' order; one query where there are any.

    A fact that was observed after the day is left out: the log of an imported tool may say that it was there already.
    """
    kind_ids = {kind for state in states.values() for kind in state.facts}
    kinds = (
        FactKind.objects.filter(pk__in=kind_ids).order_by("position", "name") if kind_ids else []
    )
    facts = [
        _fact(tool_id, kind, state.facts[kind.pk])
        for kind in kinds
        for tool_id, state in states.items()
        if kind.pk in state.facts
    ]
    return [fact for fact in facts if fact.observed_on <= day.day]


def _check(tool: Tool, replayed: Replayed, day: PastDay) -> None:
    if replayed.state is None:
        first = tool.ledger.in_order().filter(kind=Kind.ADDED).values_list("at", flat=True).first()
        added = date_format(first, "j F Y") if first else "a later day"
        raise NothingThenError(
            f"{tool.name} was added on {added}. There is nothing before that day."
        )
    if replayed.is_withdrawn:
        raise NothingThenError(
            f"{tool.name} was not in the catalogue at the end of {day.text} (UTC): it had been withdrawn."
        )


def _tool_then(tool: Tool, state: State, published_at: datetime | None) -> Tool:
    then = copy(tool)
    for name in TEXTS:
        setattr(then, name, getattr(state, name) or "")
    then.status_date = date.fromisoformat(state.status_date) if state.status_date else None
    then.published_at = published_at
    return then


def _categories(tools: Sequence[Tool], states: Iterable[State]) -> dict[int, Category]:
    known = {tool.category_id: tool.category for tool in tools}
    if missing := {state.category for state in states} - known.keys():
        known |= Category.objects.in_bulk(missing)
    return known


def _successors(states: Iterable[State], day: PastDay) -> dict[int, Tool]:
    """Return the successors as they were: whether readers could see them, and under which name."""
    ids = {state.successor for state in states if state.successor}
    if not ids:
        return {}
    replayed = replayed_until([*ids], day.until)
    return {pk: _successor(tool, replayed[pk]) for pk, tool in Tool.objects.in_bulk(ids).items()}


def _successor(tool: Tool, replayed: Replayed) -> Tool:
    """One that is withdrawn today stays so: its name leads to no page."""
    then = copy(tool)
    if tool.is_withdrawn:
        return then
    state, withdrawn = replayed.state, replayed.is_withdrawn
    then.published_at = None if withdrawn or state is None else replayed.published_at
    then.withdrawn_at = replayed.published_at if withdrawn else None
    if state:
        then.name = state.name
    return then


def _fact(tool_id: int, kind: FactKind, codes: Mapping[str, Any]) -> Fact:
    return Fact(
        tool_id=tool_id,
        kind=kind,
        source_url=codes["source_url"],
        observed_on=date.fromisoformat(codes["observed_on"]),
        **_value_columns(kind, codes["value"]),
    )


def _value_columns(kind: FactKind, value: Any) -> dict[str, Any]:
    """Return the columns of a value by its own type, because the kind may have had another one then."""
    if isinstance(value, bool):
        return value_columns("boolean", value)
    if isinstance(value, str):
        packages = kind.ValueType.PACKAGES
        return value_columns("packages" if kind.value_type == packages else "text", value)
    return value_columns("number", Decimal(str(value)))
