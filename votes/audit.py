"""The public audit of a tool's votes: per day (UTC) what happened, by which rule, and what staff did."""

from dataclasses import dataclass, field
from datetime import UTC, date

from django.core.paginator import Page, Paginator
from django.db.models import DateField
from django.db.models.functions import TruncDate

from accounts.models import User
from tools.models import Tool
from votes.models import Intervention, VoteDay

DAYS_PER_PAGE = 30
EVENTS = VoteDay.Event


@dataclass(frozen=True)
class StaffAct:
    """An Intervention as readers see it."""

    done: Intervention
    who: str


@dataclass(frozen=True)
class AuditDay:
    day: date
    # {event: [(rule or "", how many)]}
    counts: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    acts: list[StaffAct] = field(default_factory=list)

    @property
    def cells(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """[(the event's name, its [(rule or "", how many)])], every event in its order."""
        return [(event.label, self.counts.get(event, [])) for event in EVENTS]


@dataclass(frozen=True)
class Audit:
    days: list[AuditDay]  # of the page, the latest first
    page: Page[tuple[date]]

    events = EVENTS.labels

    @property
    def acts(self) -> list[StaffAct]:
        return [act for day in self.days for act in day.acts]


def build_audit(tool: Tool, asked: str | None) -> Audit:
    """Build the page of `tool`'s audit that was `asked` for (a string from a stranger)."""
    page = Paginator(_days(tool), DAYS_PER_PAGE).get_page(asked)
    days = {day: AuditDay(day) for (day,) in page}
    for row in VoteDay.objects.filter(tool=tool, day__in=days):
        days[row.day].counts.setdefault(row.event, []).append((row.rule, row.count))
    acts = tool.interventions.annotate(day=_utc_day()).filter(day__in=days)
    for done in acts.select_related("staff"):
        days[done.day].acts.append(StaffAct(done, public_name(done.staff)))
    return Audit(list(days.values()), page)


def public_name(user: User) -> str:
    """How readers are told of a member of staff."""
    return user.get_full_name() or user.username


def _days(tool):
    """Each day on which anything happened, the latest first. Staff may act on the eve of its count."""
    of_votes = VoteDay.objects.filter(tool=tool).order_by().values_list("day")
    of_staff = tool.interventions.order_by().annotate(on=_utc_day()).values_list("on")
    return of_votes.union(of_staff).order_by("-day")


def _utc_day():
    return TruncDate("at", tzinfo=UTC, output_field=DateField())
