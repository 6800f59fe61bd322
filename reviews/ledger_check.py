"""Checks that the change log of every tool, replayed, ends at the present state of the tool."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import batched, groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from reviews.models import PanelVerdict
from tools.actions import lock_tools
from tools.ledger_state import Panel, Replayed, State, replay, state_of
from tools.models import LedgerEntry, Tool

ALL_RIGHT = "every tool matches its entries."
CHUNK = 500


def differences() -> Iterator[str]:
    """Yield a sentence for each tool whose entries do not end at its state, reading a chunk at a time."""
    has_entries = Exists(LedgerEntry.objects.filter(tool=OuterRef("pk")))
    tools = Tool.objects.filter(Q(published_at__isnull=False) | has_entries)
    ids = tools.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    for chunk in batched(ids, CHUNK):
        if suspects := dict(_differences_in(chunk)):
            yield from _confirmed(list(suspects))


@transaction.atomic
def _confirmed(tool_ids: list[int]) -> list[str]:
    """Check again under the row locks: another transaction may have written between two of the reads."""
    lock_tools(tool_ids)
    return [sentence for _, sentence in _differences_in(tool_ids)]


def _differences_in(tool_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield (id, sentence)."""
    tools = Tool.objects.filter(pk__in=tool_ids).order_by("pk").prefetch_related("facts")
    panels = PanelVerdict.objects.in_bulk(tool_ids)
    entries = LedgerEntry.objects.filter(tool__in=tool_ids).order_by("tool_id", "at", "pk")
    logs = {
        tool_id: _replayed(log) for tool_id, log in groupby(entries, lambda entry: entry.tool_id)
    }
    for tool in tools.defer("description"):
        logged = logs.get(tool.pk, Replayed())
        if isinstance(logged, str):
            problems = [logged]
        else:
            problems = list(_problems(tool, logged, panels.get(tool.pk)))
        if problems:
            yield tool.pk, f"{tool.slug}: {', '.join(problems)}"


def _replayed(log: Iterable[LedgerEntry]) -> Replayed | str:
    """Return where the entries end, or a sentence on why they cannot be replayed."""
    try:
        return replay(log)
    except ValueError as error:
        return str(error)


def _problems(tool: Tool, logged: Replayed, stored: PanelVerdict | None) -> Iterator[str]:
    if logged.state is None:
        yield "it is published and has no entry"
        return
    if logged.is_withdrawn != tool.is_withdrawn:
        yield f"withdrawn is {tool.is_withdrawn}, not {logged.is_withdrawn}"
    elif logged.has_begun and not tool.is_on_record:
        yield "it has a history, but readers do not see it"
    # What changes while a tool is withdrawn is recorded when it is published again.
    if not tool.is_withdrawn:
        yield from _fields_that_differ(state_of(tool, _panel(stored)), logged.state)


def _panel(stored: PanelVerdict | None) -> Panel:
    """Return the panel as the change log holds it. The check of the panel verdicts reports a missing row."""
    if stored is None or stored.score is None:
        return Panel()
    return Panel(stored.verdict, float(stored.score))


def _fields_that_differ(stored: State, logged: State) -> Iterator[str]:
    for field in fields(State):
        is_now, should_be = getattr(stored, field.name), getattr(logged, field.name)
        if is_now != should_be:
            yield f"{field.name} is {is_now!r}, not {should_be!r}"
