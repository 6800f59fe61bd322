from collections.abc import Iterator

from accounts.models import User
from votes.models import Vote
from web.work_items import WorkItem, admin_list, bounded_count


def work_items(user: User) -> Iterator[WorkItem]:
    if user.has_perm("votes.intervene"):
        held = bounded_count(Vote.objects.held())
        yield WorkItem("Held votes", held, admin_list("votes_vote", state__exact=Vote.State.HELD))
