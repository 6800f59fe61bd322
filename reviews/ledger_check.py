"""Whether the change log of every tool, replayed, ends at the tool's present state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import batched, groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from reviews.models import PanelVerdict
from tools.actions import lock_tools
from tools.ledger_state import Panel, Replayed, State, replay, state_of
from tools.models import LedgerEntry, Tool

ALL_RIGHT = "every tool is as its entries say."
CHUNK = 500


def differences() -> Iterator[str]:
    """Yield a sentence for each tool whose entries do not end at its state. A chunk at a time in memory."""
    has_entries = Exists(LedgerEntry.objects.filter(tool=OuterRef("pk")))
    tools = Tool.objects.filter(Q(published_at__isnull=False) | has_entries)
    ids = tools.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    for chunk in batched(ids, CHUNK):
        if suspects := dict(_differences_in(chunk)):
            yield from _confirmed(list(suspects))


@transaction.atomic
def _confirmed(tool_ids: list[int]) -> list[str]:
    """Look again while nobody can write: between two reads above, somebody may have."""
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
    for tool in tools.defer("description", "search"):
        told = logs.get(tool.pk, Replayed())
        problems = (
            [told] if isinstance(told, str) else list(_problems(tool, told, panels.get(tool.pk)))
        )
        if problems:
            yield tool.pk, f"{tool.slug}: {', '.join(problems)}"


def _replayed(log: Iterable[LedgerEntry]) -> Replayed | str:
    """Where the entries end, or a sentence on why they cannot be replayed."""
    try:
        return replay(log)
    except ValueError as error:
        return str(error)


def _problems(tool: Tool, told: Replayed, panel: PanelVerdict | None) -> Iterator[str]:
    if told.state is None:
        yield "it is published and has no entry"
        return
    if told.is_withdrawn != tool.is_withdrawn:
        yield f"withdrawn is {tool.is_withdrawn}, not {told.is_withdrawn}"
    elif told.has_begun and not tool.is_on_record:
        yield "it has a history, but readers do not see it"
    # What changes while a tool is withdrawn is recorded when it is published again.
    if not tool.is_withdrawn:
        stored = state_of(tool, _panel(panel))
        yield from _fields_that_differ(stored, told.state)


def _panel(stored: PanelVerdict | None) -> Panel:
    """As the change log holds it. A missing row is named by the check of the panel verdicts."""
    if stored is None:
        return Panel()
    return Panel(stored.verdict, None if stored.score is None else float(stored.score))


def _fields_that_differ(stored: State, told: State) -> Iterator[str]:
    for field in fields(State):
        is_now, should_be = getattr(stored, field.name), getattr(told, field.name)
        if is_now != should_be:
            yield f"{field.name} is {is_now!r}, not {should_be!r}"
