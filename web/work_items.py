"""Work items: what waits for a member of staff, counted on the start page of the admin, each with its list."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import number_format

# More are not counted.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class WorkItem:
    """`count` is at most MOST_COUNTED + 1, which stands for any larger number; `url` is the list of what was counted.

    `is_partial`: some rows were not looked at, so the list may have more.
    """

    label: str
    count: int
    url: str
    is_partial: bool = False

    @property
    def number(self) -> str:
        if self.count > MOST_COUNTED:
            return f"More than {number_format(MOST_COUNTED, force_grouping=True)}"
        return f"At least {self.count}" if self.is_partial else str(self.count)


def bounded_count(rows: QuerySet) -> int:
    """Return the number of `rows`, or MOST_COUNTED + 1 if there are more."""
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def admin_list(model: str, **filters: str | int) -> str:
    """Return the address of the admin's list of `model` ("tools_fact") with these filters."""
    return reverse(f"admin:{model}_changelist", query=filters)
