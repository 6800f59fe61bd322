from collections.abc import Iterator

from accounts.models import User
from newsletter.models import Delivery, Issue
from web.work_items import WorkItem, admin_list, bounded_count


def work_items(user: User) -> Iterator[WorkItem]:
    if user.has_perm("newsletter.change_issue"):
        yield _drafts()
    if user.has_perm("newsletter.view_delivery"):
        yield _rejected()
        yield _uncertain()


def _drafts() -> WorkItem:
    state = Issue.State.DRAFT
    drafts = bounded_count(Issue.objects.filter(state=state))
    return WorkItem("Issues in draft", drafts, admin_list("newsletter_issue", state__exact=state))


def _rejected() -> WorkItem:
    """Of the newest issue alone: who was rejected for an older one gets no email about that any more."""
    state = Delivery.State.REJECTED
    newest = Issue.objects.public().values_list("pk", flat=True).first() or 0
    rejected = Delivery.objects.filter(issue=newest, state=state)
    address = admin_list("newsletter_delivery", issue=newest, state__exact=state)
    return WorkItem("Rejected emails of the newest issue", bounded_count(rejected), address)


def _uncertain() -> WorkItem:
    state = Delivery.State.UNCERTAIN
    uncertain = bounded_count(Delivery.objects.filter(state=state))
    address = admin_list("newsletter_delivery", state__exact=state)
    return WorkItem("Uncertain emails", uncertain, address)
