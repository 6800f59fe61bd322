"""What the start page of the admin says: what waits for the member of staff, and how the installation is."""

from collections.abc import Callable, Iterable
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

import newsletter.work_items
import reviews.work_items
import tools.work_items
import votes.work_items
from accounts.models import User
from config.health.parts import Check, due_jobs, findings, last_backup, sending, worker
from web.work_items import WorkItem, admin_list, bounded_count

# In the order of the start page.
WORK_ITEMS: list[Callable[[User], Iterable[WorkItem]]] = [
    reviews.work_items.work_items,
    tools.work_items.work_items,
    votes.work_items.work_items,
    newsletter.work_items.work_items,
]


def start_page(user: User) -> dict[str, Any]:
    """Return the context of the start page, without what the role of `user` may not see."""
    items = [item for work_items in WORK_ITEMS for item in work_items(user)]
    context: dict[str, Any] = {
        "work_items": [item for item in items if item.count or item.is_partial],
        "findings": findings(_checks(user)),
    }
    if user.is_superuser:
        context["failed_jobs"] = _failed_jobs()
    return context


def _failed_jobs() -> WorkItem:
    failed = bounded_count(ProcrastinateJob.objects.filter(status="failed"))
    address = admin_list("procrastinate_procrastinatejob", status__exact="failed")
    return WorkItem("Failed jobs", failed, address)


def _checks(user: User) -> list[Check]:
    if user.is_superuser:
        return [worker, due_jobs, sending, last_backup]
    if user.has_perm("newsletter.send_issue"):
        return [worker, sending]
    return []
