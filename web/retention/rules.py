"""How long what we store is kept. Each app declares its rules in a module `retention_rules`.

`web.retention.purge` deletes what the rules no longer keep, `manage.py retention` prints them, and the privacy
page takes its periods from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext


def delete_rows(rows: QuerySet[Any]) -> None:
    rows.delete()


@dataclass(frozen=True, kw_only=True)
class RowRule:
    """Rows that are removed once the time in `column` is `days` ago; without days, once it has passed.

    `days` is a number, or the name of the setting that has it. `since` says what the days are counted from, in
    words. An index serves `rows` in the order of `column`, unless they are few. `unless`, given the time before
    which rows go, spares some of them. `remove` is called with at most `batch` rows.
    """

    name: str
    what: str
    days: int | str = 0
    since: str
    rows: QuerySet[Any]
    column: str
    is_date: bool = False
    unless: Callable[[datetime], Q] | None = None
    remove: Callable[[QuerySet[Any]], None] = delete_rows
    batch: int = 1000
    settings: tuple[str, ...] = ()

    @property
    def period(self) -> timedelta:
        return timedelta(
            days=self.days if isinstance(self.days, int) else getattr(settings, self.days)
        )

    @property
    def kept(self) -> str:
        return f"{in_words(self.period.days)} {self.since}" if self.period else self.since

    @property
    def where(self) -> str:
        """The table."""
        return str(self.rows.model._meta.db_table)

    @property
    def named_settings(self) -> tuple[str, ...]:
        return self.settings if isinstance(self.days, int) else (self.days, *self.settings)

    def expired(self, now: datetime) -> QuerySet[Any]:
        """Return the rows that are no longer kept, the oldest first."""
        cutoff = now - self.period
        # Days are those of UTC, whatever the time zone of pages.
        limit = cutoff.astimezone(UTC).date() if self.is_date else cutoff
        rows = self.rows.filter(**{f"{self.column}__lt": limit}).order_by(self.column)
        return rows.exclude(self.unless(cutoff)) if self.unless else rows

    def oldest(self) -> Any:
        """Return the earliest time in `column`; None without rows."""
        return self.rows.order_by(self.column).values_list(self.column, flat=True).first()


@dataclass(frozen=True, kw_only=True)
class StatedRule:
    """What is kept for ever, or deleted by something else than `web.retention.purge`."""

    name: str
    what: str
    kept: str
    where: str
    named_settings: tuple[str, ...] = ()


type Rule = RowRule | StatedRule

_rules: dict[str, Rule] = {}


def register(*rules: Rule) -> None:
    _rules.update({rule.name: rule for rule in rules})


def all_rules() -> list[Rule]:
    return list(_rules.values())


def row_rules() -> list[RowRule]:
    return [rule for rule in all_rules() if isinstance(rule, RowRule)]


def row_rule(name: str) -> RowRule:
    rule = _rules[name]
    if not isinstance(rule, RowRule):
        raise TypeError(f"{name} is no rule about rows")
    return rule


def in_words(days: int) -> str:
    return ngettext("%d day", "%d days", days) % days
