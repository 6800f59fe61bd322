from collections.abc import Iterator

from accounts.models import User
from tools.models import Fact
from web.work_items import WorkItem, admin_list, bounded_count


def work_items(user: User) -> Iterator[WorkItem]:
    if user.has_perm("tools.change_fact"):
        due = bounded_count(Fact.objects.due())
        yield WorkItem("Facts to check again", due, admin_list("tools_fact", age="due"))
