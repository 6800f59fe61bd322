from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from tools import ledger
from tools.ledger_state import State, state_of
from tools.models import LedgerEntry, Tool

# What staff must give a reason for when it changes for a published tool.
REASONED_FIELDS = ["name", "entry", "pricing", "status"]


@transaction.atomic
def change_tool(*, tool: Tool, reason: str = "") -> None:
    """Save an edited `tool`, and record what changed if it is public or scheduled."""
    with recorded_changes(tool.pk, reason=reason) as (stored,):
        tool.published_at, tool.withdrawn_at = stored.published_at, stored.withdrawn_at
        tool.save()


@contextmanager
def recorded_changes(*tool_ids: int, reason: str = "") -> Iterator[list[Tool]]:
    """Record what the block changes about the tools and their facts. Yields the stored tools."""
    with transaction.atomic():
        before = [(tool, state_of(tool)) for tool in lock_tools(tool_ids)]
        yield [tool for tool, _ in before]
        for tool, state in before:
            record_changes(tool_id=tool.pk, before=state, reason=reason)


def lock_tools(tool_ids: tuple[int, ...] | list[int]) -> list[Tool]:
    """Return the stored tools, locked in the order of their ids."""
    return list(Tool.objects.select_for_update(of=("self",)).filter(pk__in=tool_ids).order_by("pk"))


def record_changes(*, tool_id: int, before: State, reason: str = "") -> None:
    """Record how a locked tool differs from what it was `before`. Nothing for drafts.

    What changes while a tool is withdrawn is recorded when it is published again.
    """
    tool = Tool.objects.get(pk=tool_id)
    published_at, now = tool.published_at, timezone.now()
    if published_at is None:
        return
    after = state_of(tool)
    if published_at <= now:
        ledger.write_changes(tool=tool, before=before, after=after, at=now, reason=reason)
    elif scheduled := ledger.scheduled_state(tool, published_at):
        state = after.with_panel(scheduled.panel)
        ledger.replace_scheduled(tool=tool, state=state, at=published_at)


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
