"""The public vote log of a tool: per day (UTC) what happened, by which rule, and what staff did.

It names nobody: what a member of staff signs in with is not public.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import DateField, QuerySet
from django.db.models.functions import TruncDate

from tools.models import Tool
from votes.models import Intervention, VoteDay

DAYS_PER_PAGE = 30
EVENTS = VoteDay.Event


@dataclass(frozen=True)
class AuditDay:
    day: date
    rows: list[VoteDay] = field(default_factory=list)
    interventions: list[Intervention] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, list[tuple[str, int]]]:
        """Return {event: [(rule or "", count)]}."""
        counts: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            counts[row.event, row.rule] += row.count
        by_event: dict[str, list[tuple[str, int]]] = {}
        for (event, rule), count in sorted(counts.items()):
            by_event.setdefault(event, []).append((rule, count))
        return by_event

    @property
    def cells(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Return (event label, [(rule or "", count)]) for every event, in order."""
        counts = self.counts
        return [(event.label, counts.get(event, [])) for event in EVENTS]


@dataclass(frozen=True)
class Audit:
    days: list[AuditDay]  # of this page, the latest first
    page: Page[tuple[date]]

    events = EVENTS.labels

    @property
    def interventions(self) -> list[Intervention]:
        return [intervention for day in self.days for intervention in day.interventions]


def build_audit(tool: Tool, page_number: str | None) -> Audit:
    """Build the page of the vote log of `tool` with that number (untrusted)."""
    page = Paginator(_days(tool), DAYS_PER_PAGE).get_page(page_number)
    return Audit(_read_days(tool, [day for (day,) in page]), page)


def audit_days_after(tool: Tool, day: date, limit: int) -> list[AuditDay]:
    """Return the first `limit` days of the vote log of `tool` after `day`, the oldest first."""
    of_votes = VoteDay.objects.filter(tool=tool, day__gt=day).order_by("day").distinct("day")
    of_staff = tool.interventions.annotate(on=_utc_day()).filter(on__gt=day).order_by("on")
    days = {*of_votes.values_list("day", flat=True)[:limit]}
    days |= {*of_staff.values_list("on", flat=True).distinct()[:limit]}
    return _read_days(tool, sorted(days)[:limit])


def _read_days(tool: Tool, chosen: Iterable[date]) -> list[AuditDay]:
    """Read the days `chosen` of the vote log, in their order."""
    days = {day: AuditDay(day) for day in chosen}
    for row in VoteDay.objects.filter(tool=tool, day__in=days).select_related("reason"):
        days[row.day].rows.append(row)
    interventions = tool.interventions.annotate(day=_utc_day()).filter(day__in=days)
    for done in interventions:
        days[done.day].interventions.append(done)
    return list(days.values())


def _days(tool: Tool) -> QuerySet[Any]:
    """Each day with votes or interventions, the latest first. An intervention may precede any count."""
    of_votes = VoteDay.objects.filter(tool=tool).order_by().values_list("day")
    of_staff = tool.interventions.order_by().annotate(on=_utc_day()).values_list("on")
    return of_votes.union(of_staff).order_by("-day")


def _utc_day() -> TruncDate:
    return TruncDate("at", tzinfo=UTC, output_field=DateField())
