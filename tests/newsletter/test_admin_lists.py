"""Staff's lists of subscribers and deliveries, and what they may do to an address."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.admin.deliveries import DeliveryAdmin
from newsletter.admin.subscribers import SubscriberAdmin
from newsletter.models import Consent, Delivery, Subscriber
from newsletter.subscribers.actions import ConsentSource, confirm, suppress, unsubscribe
from tests.newsletter.factories import make_issue, make_subscriber

pytestmark = pytest.mark.django_db

SUBSCRIBERS = reverse("admin:newsletter_subscriber_changelist")
DELIVERIES = reverse("admin:newsletter_delivery_changelist")
FORM = ConsentSource("footer")


def page_of(subscriber, verb="change"):
    return reverse(f"admin:newsletter_subscriber_{verb}", args=[subscriber.pk])


def shown(response):
    return [str(row) for row in response.context["cl"].result_list]


def make_delivery(**fields):
    fields.setdefault("subscriber", make_subscriber())
    return Delivery.objects.create(**({"issue": make_issue()} | fields))


def standing(subscriber):
    subscriber.refresh_from_db()
    return subscriber.state, subscriber.suppression


def rights(role):
    return set(
        Permission.objects.filter(
            group__name=role, content_type__app_label="newsletter"
        ).values_list("codename", flat=True)
    )


def test_an_editor_writes_issues_and_a_publisher_sends_them_and_sees_to_whom():
    editing = {"view_issue", "change_issue"}

    assert rights("Editor") == editing
    assert rights("Publisher") == editing | {
        "send_issue", "view_subscriber", "change_subscriber", "view_delivery"
    }  # fmt: skip


def test_an_editor_sees_no_address(editor):
    subscriber = make_subscriber()
    delivery = make_delivery(subscriber=subscriber)
    pages = [
        SUBSCRIBERS,
        DELIVERIES,
        *(page_of(subscriber, verb) for verb in ["change", "suppress", "unsuppress"]),
        reverse("admin:newsletter_delivery_change", args=[delivery.pk]),
    ]

    assert [editor.get(page).status_code for page in pages] == [403] * 6


def test_nobody_adds_edits_or_deletes_a_row(publisher):
    subscriber, delivery = make_subscriber(), make_delivery()
    pages = [
        *(reverse(f"admin:newsletter_{model}_add") for model in ["subscriber", "delivery"]),
        page_of(subscriber),
        page_of(subscriber, "delete"),
        *(
            reverse(f"admin:newsletter_delivery_{verb}", args=[delivery.pk])
            for verb in ["change", "delete"]
        ),
    ]

    codes = [publisher.post(page, {"email": "x@example.org"}).status_code for page in pages]

    assert codes == [403] * 6
    assert Subscriber.objects.filter(email="x@example.org").count() == 0


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address", [SUBSCRIBERS, DELIVERIES])
@pytest.mark.parametrize("query", ["", "?q=reader"])
def test_a_list_takes_the_same_queries_whatever_is_on_it(
    publisher, django_assert_num_queries, rows, address, query
):
    for _ in range(rows):
        make_delivery()

    # Session, user, their two kinds of rights, and the rows in a savepoint with a time limit.
    with django_assert_num_queries(8):
        response = publisher.get(address + query)

    assert len(shown(response)) == rows


def test_filters_cost_no_query_of_their_own(publisher, django_assert_num_queries):
    delivery = make_delivery(state="rejected", code=550)
    narrowed = f"?issue={delivery.issue_id}&state__exact=rejected&code=550"

    with django_assert_num_queries(8):
        assert shown(publisher.get(DELIVERIES + narrowed)) == [str(delivery)]


@pytest.mark.parametrize(
    "model_admin, address", [(SubscriberAdmin, SUBSCRIBERS), (DeliveryAdmin, DELIVERIES)]
)
def test_no_list_is_counted(publisher, monkeypatch, model_admin, address):
    monkeypatch.setattr(model_admin, "list_per_page", 1)
    for _ in range(3):
        make_delivery()

    with CaptureQueriesContext(connection) as asked:
        response = publisher.get(address)

    assert [query["sql"] for query in asked if "COUNT(" in query["sql"]] == []
    assert "1–1 of more" in response.content.decode()


@pytest.mark.parametrize(
    "typed, found",
    [
        ("ada@example.org", ["Ada@example.org"]),
        ("ADA", ["adam@example.org", "Ada@example.org"]),
        (" ada@", ["Ada@example.org"]),
        ("example.org", []),
        ("a%", []),
        ("_da", []),
        ("bea", ["bea@example.org"]),
    ],
)
def test_an_address_is_found_by_how_it_begins(publisher, typed, found):
    for email in ["Ada@example.org", "adam@example.org", "bea@example.org"]:
        make_subscriber(email=email)

    assert shown(publisher.get(SUBSCRIBERS, {"q": typed})) == found


def test_looking_for_an_address_uses_an_index():
    found = Subscriber.objects.address_starts_with("ada@")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # A database that sorts by bytes, as the tests' own, could as well use this one.
        cursor.execute("DROP INDEX one_subscriber_per_address")
    assert "subscriber_address_start" in found.order_by().explain()


@pytest.mark.parametrize(
    "query, states",
    [
        ("state__exact=pending", ["pending"]),
        ("cadence__exact=monthly", ["active"]),
        ("suppression__exact=staff", ["suppressed"]),
    ],
)
def test_subscribers_are_narrowed_by_state_cadence_and_why(publisher, query, states):
    for state in ["pending", "suppressed", "unsubscribed"]:
        make_subscriber(state)
    make_subscriber(cadence="monthly")

    rows = publisher.get(f"{SUBSCRIBERS}?{query}").context["cl"].result_list

    assert [row.state for row in rows] == states


@pytest.mark.parametrize(
    "query, wanted",
    [
        ("state__exact=sent", ["sent"]),
        ("code=550", ["rejected"]),
        ("code=5", ["rejected"]),
        ("code=2", ["sent"]),
        ("code=none", ["skipped", "queued"]),
        ("code=abc", []),
        ("code=%00", None),
        ("issue=abc", []),
        ("issue=99999999999999999999", []),
        ("issue=7", []),
        ("q=bea", ["rejected"]),
    ],
)
def test_deliveries_are_narrowed_by_state_code_issue_and_address(publisher, query, wanted):
    issue = make_issue()
    make_delivery(issue=issue, state="sent", code=250)
    make_delivery(
        issue=issue,
        state="rejected",
        code=550,
        subscriber=make_subscriber(email="bea@example.org"),
    )
    make_delivery(issue=issue, state="skipped")
    make_delivery(issue=issue)

    response = publisher.get(f"{DELIVERIES}?{query}")

    if wanted is None:
        assert response.status_code == 400
    else:
        assert [row.state for row in response.context["cl"].result_list] == wanted


def test_the_newest_issue_comes_first(publisher):
    older, newer = make_issue(subject="Older"), make_issue(subject="Newer")
    make_delivery(issue=newer)
    make_delivery(issue=older)

    rows = publisher.get(DELIVERIES).context["cl"].result_list

    assert [row.issue for row in rows] == [newer, older]


def test_no_address_has_a_list_sorted_as_no_index_has_it(publisher):
    with CaptureQueriesContext(connection) as asked:
        publisher.get(f"{DELIVERIES}?o=5.-6")

    (rows,) = [query["sql"] for query in asked if "newsletter_delivery" in query["sql"]]
    assert rows.partition("ORDER BY ")[2].partition(" LIMIT")[0] == (
        '"newsletter_delivery"."issue_id" DESC, "newsletter_delivery"."state" DESC, '
        '"newsletter_delivery"."changed_at" DESC'
    )


def test_a_delivery_to_a_deleted_subscriber_has_no_address(publisher):
    make_delivery(subscriber=None)

    assert "Deleted subscriber" in publisher.get(DELIVERIES).content.decode()


# The page of a subscriber


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_shows_consents_and_deliveries(publisher, django_assert_num_queries, rows):
    subscriber = make_subscriber("pending")
    confirm(subscriber=subscriber, source=FORM)
    for n in range(rows):
        make_delivery(subscriber=subscriber, state="rejected", code=550, reply=f"No such user {n}")
        unsubscribe(subscriber=subscriber, source=FORM)

    ContentType.objects.get_for_model(Subscriber)  # kept by the process

    with django_assert_num_queries(8):
        html = publisher.get(page_of(subscriber)).content.decode()

    assert "Confirmed" in html
    assert html.count("No such user") == rows
    assert 'name="email"' not in html


def test_staff_suppress_an_address_with_a_reason(publisher):
    subscriber = make_subscriber(email="ada@example.org")

    response = publisher.post(page_of(subscriber, "suppress"), {"reason": "She wrote to us."})

    assert response.status_code == 302
    assert standing(subscriber) == ("suppressed", "staff")
    assert [(c.action, c.form) for c in Consent.objects.all()] == [("suppressed", "admin")]
    (entry,) = LogEntry.objects.all()
    assert (entry.user.username, entry.get_change_message()) == (
        "pia",
        "Suppress: She wrote to us.",
    )


def test_a_repeated_request_suppresses_once(publisher):
    subscriber = make_subscriber()

    for _ in range(2):
        publisher.post(page_of(subscriber, "suppress"), {"reason": "She wrote to us."})

    assert Consent.objects.count() == LogEntry.objects.count() == 1


def test_opening_the_page_or_giving_no_reason_changes_nothing(publisher):
    subscriber = make_subscriber()

    assert publisher.get(page_of(subscriber, "suppress")).status_code == 200
    assert publisher.post(page_of(subscriber, "suppress"), {"reason": " "}).status_code == 422
    assert standing(subscriber) == ("active", "")


def test_lifting_a_suppression_reactivates_a_confirmed_subscriber(publisher):
    subscriber = make_subscriber("pending")
    confirm(subscriber=subscriber, source=FORM)
    Subscriber.objects.update(hard_bounces=3)
    suppress(subscriber=subscriber, reason="bounced")

    publisher.post(page_of(subscriber, "unsuppress"), {"reason": "Their server was broken."})

    assert standing(subscriber) == ("active", "")
    assert subscriber.hard_bounces == 0
    assert Consent.objects.first().action == "unsuppressed"


def test_lifting_a_suppression_keeps_an_unsubscribed_subscriber_unsubscribed(publisher):
    subscriber = make_subscriber("pending")
    confirm(subscriber=subscriber, source=FORM)
    unsubscribe(subscriber=subscriber, source=FORM)
    suppress(subscriber=subscriber, reason="staff")

    publisher.post(page_of(subscriber, "unsuppress"), {"reason": "A mistake."})

    assert standing(subscriber) == ("unsubscribed", "")


def test_lifting_a_suppression_leaves_an_unconfirmed_subscriber_pending(publisher):
    subscriber = make_subscriber("suppressed")

    publisher.post(page_of(subscriber, "unsuppress"), {"reason": "A mistake."})

    assert standing(subscriber) == ("pending", "")


def test_staff_cannot_reactivate_a_subscriber_who_complained(publisher):
    subscriber = make_subscriber()
    suppress(subscriber=subscriber, reason="complained")

    publisher.post(page_of(subscriber, "unsuppress"), {"reason": "Pressed by mistake."})

    assert standing(subscriber) == ("unsubscribed", "")


def test_lifting_no_suppression_changes_nothing(publisher):
    subscriber = make_subscriber("unsubscribed")

    publisher.post(page_of(subscriber, "unsuppress"), {"reason": "Why not."})

    assert standing(subscriber) == ("unsubscribed", "")
    assert Consent.objects.count() == LogEntry.objects.count() == 0
