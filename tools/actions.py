from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from tools import ledger
from tools.ledger_state import State, state_of
from tools.models import Fact, LedgerEntry, Tool

# What staff must give a reason for when it changes for a published tool.
REASONED_FIELDS = ["name", "entry", "pricing", "status"]


@transaction.atomic
def change_tool(*, tool: Tool, reason: str = "") -> None:
    """Save an edited `tool`, and record what changed if it is public or scheduled."""
    with recorded_changes(tool.pk, reason=reason) as (stored,):
        tool.published_at, tool.withdrawn_at = stored.published_at, stored.withdrawn_at
        tool.save()


@transaction.atomic
def change_selected(*, tool: Tool, reason: str = "", **values: Any) -> None:
    """Set `values` of the stored `tool`, and record what changed. Raises ValidationError if it has them already."""
    with recorded_changes(tool.pk, reason=reason) as (stored,):
        if all(getattr(stored, name) == value for name, value in values.items()):
            raise ValidationError("Nothing to change.")
        for name, value in values.items():
            setattr(stored, name, value)
        stored.save(update_fields=list(values))


@transaction.atomic
def check_fact_today(*, fact: Fact) -> None:
    """Record that `fact` was checked today and still has its value. Raises ValidationError if it was already."""
    today = timezone.localdate()
    with recorded_changes(fact.tool_id):
        checked = Fact.objects.filter(pk=fact.pk, observed_on__lt=today).update(observed_on=today)
    if not checked:
        raise ValidationError("It was checked today already.")


@contextmanager
def recorded_changes(*tool_ids: int, reason: str = "") -> Iterator[list[Tool]]:
    """Record what the block changes about the tools and their facts. Yields the stored tools."""
    with transaction.atomic():
        tools = lock_tools(tool_ids)
        before = states_of(tools)
        yield tools
        record_changes(before, reasons=dict.fromkeys(before, reason))


def lock_tools(tool_ids: Sequence[int]) -> list[Tool]:
    """Return the stored tools, locked in the order of their ids. Votes on them do not wait."""
    locked = Tool.objects.select_for_update(of=("self",), no_key=True)
    return list(locked.filter(pk__in=tool_ids).order_by("pk"))


def states_of(tools: Sequence[Tool]) -> dict[int, State]:
    """Return the states of `tools` by their ids, with one query for all."""
    prefetch_related_objects(tools, "facts")
    return {tool.pk: state_of(tool) for tool in tools}


def record_changes(before: Mapping[int, State], *, reasons: Mapping[int, str]) -> None:
    """Record how locked tools differ from what they were `before`. Nothing for drafts.

    What changes while a tool is withdrawn is recorded when it is published again. Both arguments are by
    the id of the tool; a reason may be absent.
    """
    now, entries = timezone.now(), []
    tools = Tool.objects.filter(pk__in=before.keys()).prefetch_related("facts").order_by("pk")
    for tool in tools.defer("description"):
        published_at, after, reason = tool.published_at, state_of(tool), reasons.get(tool.pk, "")
        if published_at is None:
            continue
        if published_at <= now:
            entries += ledger.change_entries(
                before[tool.pk], after, tool=tool, event=uuid4(), at=now, reason=reason
            )
        elif scheduled := ledger.scheduled_state(tool, published_at):
            state = after.with_panel(scheduled.panel)
            ledger.replace_scheduled(tool=tool, state=state, at=published_at)
    if len(before) > 1:
        ledger.write_many(entries)
    else:
        ledger.write(entries)


@transaction.atomic
def unpublish_tool(*, tool: Tool, reason: str = "") -> None:
    """Withdraw a public `tool`: its page then says when and why. A scheduled one is a draft again.

    Raises ValidationError when a public tool is withdrawn without a reason.
    """
    (stored,) = lock_tools([tool.pk])
    at = timezone.now()
    if stored.published_at is None:
        pass
    elif stored.published_at > at:
        ledger.cancel_scheduled(tool=stored, at=stored.published_at)
    else:
        if not reason.strip():
            raise ValidationError("Not withdrawn: say why. Readers see the reason.")
        stored.withdrawn_at = at
        ledger.write_withdrawn(tool=stored, reason=reason.strip(), at=at)
    stored.published_at = None
    stored.save(update_fields=["published_at", "withdrawn_at"])
    tool.published_at, tool.withdrawn_at = None, stored.withdrawn_at


@transaction.atomic
def correct_ledger(
    *,
    entry: LedgerEntry,
    correction: Any,
    reason: str,
    references: dict[str, int | None] | None = None,
) -> LedgerEntry:
    """Record what `entry` should have said, in the codes of its kind; the wrong entry stays."""
    lock_tools([entry.tool_id])
    return ledger.write_correction(
        entry=entry, new=correction, references=references or {}, reason=reason
    )
