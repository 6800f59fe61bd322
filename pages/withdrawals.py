"""Since when and why tools are withdrawn."""

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
    """The last withdrawal of each of the withdrawn `tools`, in their order; one query, none for none."""
    listed = [tool for tool in tools if tool.is_withdrawn]
    if not listed:
        return []
    entries = LedgerEntry.objects.filter(tool__in=listed, kind=Kind.WITHDRAWN).in_order()
    reasons = dict(entries.values_list("tool_id", "reason"))
    return [Withdrawal(tool, tool.withdrawn_at, reasons.get(tool.pk, "")) for tool in listed]
