"""When and why tools were withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tools.ledger_state import Kind
from tools.models import LedgerEntry, Tool


@dataclass(frozen=True)
class Withdrawal:
    tool: Tool
    at: datetime
    reason: str


def withdrawals_of(tools: Iterable[Tool]) -> list[Withdrawal]:
    """Return the last withdrawal of each withdrawn one of `tools`, in their order; at most one query."""
    withdrawn = [(tool, tool.withdrawn_at) for tool in tools if tool.withdrawn_at]
    if not withdrawn:
        return []
    entries = LedgerEntry.objects.filter(tool__in=[tool for tool, _ in withdrawn])
    last = entries.filter(kind=Kind.WITHDRAWN).in_order().values_list("tool_id", "reason")
    reasons = dict(last)
    return [Withdrawal(tool, at, reasons.get(tool.pk, "")) for tool, at in withdrawn]
