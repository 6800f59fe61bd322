"""The start page of the admin: numbers of what waits, each with the list of just these rows, as the role may see it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Delivery
from reviews.models import Review
from tests.admin_client import make_staff, sign_in
from tests.factories import (
    draft_review,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue, make_subscriber
from tests.pages.reading import words
from tests.votes.ballots import make_vote
from web import work_items
from web.work_items import WorkItem

pytestmark = pytest.mark.django_db

OF_EDITORS = {
    "Reviews due", "Drafts of reviews", "Tools with an incomplete scorecard", "Facts to check again",
    "Issues in draft",
}  # fmt: skip
OF_PUBLISHERS = OF_EDITORS | {
    "Reviews handed in, waiting for a publisher", "Held votes", "Rejected emails of the newest issue", "Uncertain emails",
}  # fmt: skip


def make_work(count):
    """Make `count` of everything that waits, and one of each that does not."""
    bo, zoe = make_reviewer("Bo"), make_reviewer("Zoe")
    kind = make_fact_kind()
    done = make_tool()
    for reviewer in (bo, zoe):
        publish_review(done, reviewer)
    make_fact(done, kind, "MIT", observed_on=timezone.localdate() - timedelta(days=179))
    make_vote(done)
    old, newest = (make_issue(full_digest()) for _ in range(2))
    make_delivery(old, "rejected")
    make_delivery(newest, "sent")
    for _ in range(count):
        tool = make_tool()
        publish_review(tool, bo)
        draft_review(tool, zoe, handed_in_at=timezone.now()).save()
        make_fact(
            make_tool(published=False),
            kind,
            "MIT",
            observed_on=timezone.localdate() - timedelta(180),
        )
        make_vote(tool, rule="pace")
        make_issue()
        make_delivery(newest, "rejected")
        make_delivery(old, "uncertain")
    return bo, zoe


def make_delivery(issue, state):
    claim = {"claim": "0" * 32} if state == "uncertain" else {}
    Delivery.objects.create(issue=issue, subscriber=make_subscriber(), state=state, **claim)


def start_page(client):
    return client.get("/admin/").context


def numbers(client):
    return {item.label: item.count for item in start_page(client)["work_items"]}


def rows_of_list(client, item):
    context = client.get(item.url).context
    return context["cl"].result_count if "cl" in context else context["page"].paginator.count


@pytest.mark.parametrize("count", [1, 3])
def test_each_number_leads_to_the_list_of_as_many_rows(count):
    make_work(count)
    publisher = sign_in(make_staff("Publisher"))

    items = start_page(publisher)["work_items"]

    assert {item.label: item.count for item in items} == dict.fromkeys(OF_PUBLISHERS, count)
    assert {item.label: rows_of_list(publisher, item) for item in items} == dict.fromkeys(
        OF_PUBLISHERS, count
    )


def test_a_role_sees_what_it_may_work_on():
    make_work(1)

    assert set(numbers(sign_in(make_staff("Editor")))) == OF_EDITORS
    assert numbers(sign_in(make_staff())) == {}


def test_a_reviewer_sees_their_own_reviews():
    _, zoe = make_work(2)
    tool = make_tool()
    publish_review(tool, zoe)
    client = sign_in(make_staff("Editor"))
    zoe.user = client.get("/admin/").wsgi_request.user
    zoe.save()

    items = [item for item in start_page(client)["work_items"] if item.label.startswith("Your")]

    assert [(item.label, item.count, rows_of_list(client, item)) for item in items] == [
        ("Your reviews due", 2, 2),
        ("Your drafts of reviews", 2, 2),
    ]


@pytest.mark.parametrize(("blind_entry", "is_counted"), [(True, False), (False, True)])
def test_a_reviewer_account_tied_to_nobody_counts_what_it_can_open(
    settings, blind_entry, is_counted
):
    settings.BLIND_ENTRY = blind_entry
    make_work(1)
    client = sign_in(make_staff("Reviewer"))

    items = [item for item in start_page(client)["work_items"] if "eview" in item.label]

    assert bool(items) == is_counted
    assert {client.get(item.url).status_code for item in items} <= {200}


@pytest.mark.parametrize("role", ["Editor", "Publisher", None])
def test_without_work_the_page_says_so(role):
    assert "Nothing waits for you." in words(sign_in(make_staff(role)).get("/admin/"))


def test_the_page_costs_the_same_queries_however_much_waits():
    make_work(1)
    operator = sign_in(make_staff(is_superuser=True))

    few = queries(operator)
    for _ in range(3):
        tool = make_tool()
        draft_review(tool, Review.objects.first().reviewer).save()
        make_vote(tool, rule="pace")

    assert (few, queries(operator)) == (QUERIES, QUERIES)


QUERIES = 20


def queries(client):
    client.get("/admin/")  # what a process does once
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    return len(captured)


def test_large_numbers_are_not_counted_to_the_end(monkeypatch):
    make_work(3)
    monkeypatch.setattr("reviews.work_items.MOST_COUNTED", 1)
    monkeypatch.setattr(work_items, "MOST_COUNTED", 1)

    page = sign_in(make_staff("Publisher")).get("/admin/")

    assert {item.count for item in page.context["work_items"]} == {2}
    assert words(page).count("More than 1 ") == len(OF_PUBLISHERS)


def test_of_a_large_catalogue_the_oldest_tools_are_looked_at(monkeypatch):
    make_work(1)
    monkeypatch.setattr("tools.oldest_tools.MOST_TOOLS", 1)

    items = start_page(sign_in(make_staff("Editor")))["work_items"]

    assert {item.number for item in items if item.is_partial} == {"At least 0"}
    assert [item.label for item in items if item.is_partial] == [
        "Reviews due",
        "Tools with an incomplete scorecard",
    ]


def test_of_a_large_catalogue_each_number_is_that_of_the_first_portion(monkeypatch):
    make_work(3)
    monkeypatch.setattr("tools.oldest_tools.MOST_TOOLS", 3)
    publisher = sign_in(make_staff("Publisher"))

    partial = [item for item in start_page(publisher)["work_items"] if item.is_partial]

    assert [(item.count, rows_of_list(publisher, item)) for item in partial] == [(1, 1), (1, 1)]


def test_a_thousand_are_written_in_words():
    assert WorkItem("Held votes", 1001, "/").number == "More than 1,000"
    assert WorkItem("Held votes", 1000, "/").number == "1000"


@pytest.mark.parametrize(
    "staff, parts",
    [
        ({"is_superuser": True}, ["worker", "due jobs", "sending", "last backup"]),
        ({"role": "Publisher"}, ["worker", "sending"]),
        ({"role": "Editor"}, []),
    ],
)
def test_the_state_of_the_installation_is_for_those_who_depend_on_it(staff, parts):
    client = sign_in(make_staff(**staff))

    assert [finding.part for finding in start_page(client)["findings"]] == parts


def test_a_worker_that_does_not_run_is_named_with_what_to_do():
    page = words(sign_in(make_staff(is_superuser=True)).get("/admin/"))

    assert "Worker None has run Start manage.py procrastinate worker" in page


def test_an_old_fact_is_due_by_the_setting(settings):
    settings.FACT_DUE_DAYS = 10
    tool, today = make_tool(published=False), timezone.localdate()
    make_fact(tool, make_fact_kind(), "MIT", observed_on=today - timedelta(days=9))
    assert numbers(sign_in(make_staff("Editor"))) == {}

    make_fact(tool, make_fact_kind(), "MIT", observed_on=date(2020, 1, 1))

    assert numbers(sign_in(make_staff("Editor"))) == {"Facts to check again": 1}
