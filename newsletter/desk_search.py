"""What the search over the admin finds of the newsletter."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

from accounts.models import User
from newsletter.models import Issue, Subscriber
from web.desk_search import DeskQuery, Hit, HitGroup
from web.work_items import admin_list


def search(user: User, query: DeskQuery) -> Iterator[HitGroup]:
    if user.has_perm("newsletter.view_issue"):
        url = admin_list("newsletter_issue", q=query.text)
        yield HitGroup("Issues of the newsletter", url, lambda: _issues(query))
    if user.has_perm("newsletter.view_subscriber"):
        url = admin_list("newsletter_subscriber", q=query.text)
        yield HitGroup("Subscribers, by the start of the address", url, lambda: _subscribers(query))


def _issues(query: DeskQuery) -> Iterable[Hit]:
    for issue in Issue.objects.filter(subject__icontains=query.text)[: query.most]:
        page = reverse("admin:newsletter_issue_change", args=[issue.pk])
        yield Hit(issue.subject, page, issue.get_state_display())


def _subscribers(query: DeskQuery) -> Iterable[Hit]:
    found = Subscriber.objects.address_starts_with(query.text).order_by()
    for subscriber in found[: query.most]:
        page = reverse("admin:newsletter_subscriber_change", args=[subscriber.pk])
        yield Hit(subscriber.email, page, subscriber.get_state_display())
