import json
import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import network_hash
from newsletter.models import Consent, Delivery, DoNotMail, Subscriber
from newsletter.subscribers import links
from newsletter.subscribers.addresses import address_hash
from tests.factories import make_category, make_tool
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.forms import address, post, with_bookmarks
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def todays_key():
    network_hash("127.0.0.1")


@pytest.fixture
def subscriber():
    return make_subscriber("active", email="ada@example.org")


def save(client, subscriber, cadence="weekly", **choices):
    body = urlencode({"cadence": cadence} | choices, doseq=True)
    return post(client, address("preferences", subscriber), body)


def chosen(subscriber):
    subscriber = Subscriber.objects.get(pk=subscriber.pk)
    slugs = sorted(subscriber.categories.values_list("slug", flat=True))
    return subscriber.cadence, slugs, subscriber.reader if subscriber.only_bookmarks else None


def undo(client, subscriber, response):
    """Press the undo button of the page that the answer leads to."""
    page = client.get(response["Location"]).content.decode()
    before = re.search('name="before" value="([^"]+)"', page)[1]
    return post(client, address("preferences", subscriber, "undo/"), urlencode({"before": before}))


def test_what_is_chosen_is_saved_and_can_be_undone(client, subscriber):
    code, chat = make_category(slug="code"), make_category(slug="chat")
    subscriber.categories.set([code])

    response = save(client, subscriber, "monthly", categories=["chat", "code"])

    assert response.status_code == 303
    assert response["Location"].startswith(address("preferences", subscriber) + "?before=")
    assert chosen(subscriber) == ("monthly", ["chat", "code"], None)
    assert "Preferences saved. Undo" in words(client.get(response["Location"]))

    undone = undo(client, subscriber, response)

    assert undone.status_code == 303
    assert chosen(subscriber) == ("weekly", ["code"], None)
    assert [consent.action for consent in subscriber.consents.all()] == [
        "preferences",
        "preferences",
    ]
    undo(client, subscriber, undone)
    assert chosen(subscriber) == ("monthly", ["chat", "code"], None)
    assert chat in subscriber.categories.all()


def test_saving_the_same_again_changes_nothing(client, subscriber):
    responses = [save(client, subscriber, "monthly") for _ in range(3)]

    assert {each.status_code for each in responses} == {303}
    assert subscriber.consents.count() == 1


def test_the_page_shows_what_is_chosen(client, subscriber):
    make_category(slug="chat", name="Chat")
    subscriber.categories.set([make_category(slug="code", name="Code")])
    Subscriber.objects.update(cadence="monthly")

    page = client.get(address("preferences", subscriber)).content.decode()

    assert re.findall(r'value="([\w-]+)"[^>]* checked', page) == ["monthly", "code"]
    assert 'name="about"' not in page


@pytest.mark.parametrize(
    "body",
    [
        "",
        "cadence=",
        "cadence=daily",
        "cadence=weekly%00",
        "cadence=weekly&categories=nothing",
        "cadence=weekly&categories=%00",
        "cadence=weekly&categories=1",
        "cadence=weekly&about=browser",
        "cadence=weekly&about=kept",
        "cadence=weekly&about=%00",
    ],
)
def test_what_is_no_choice_is_refused_in_words(client, subscriber, body):
    make_category(slug="code")

    response = post(client, address("preferences", subscriber), body)

    assert response.status_code == 422
    assert "Nothing was saved" in words(response)
    assert Consent.objects.count() == 0


def test_only_changes_to_bookmarks_is_offered_in_a_browser_that_has_some(client, subscriber):
    with_bookmarks(client)
    assert 'name="about"' not in client.get(address("preferences", subscriber)).content.decode()
    reader = with_bookmarks(client, make_tool(), make_tool(), make_tool(published=False))
    assert "the 2 bookmarks in this browser" in words(
        client.get(address("preferences", subscriber))
    )

    response = save(client, subscriber, about="browser")

    assert chosen(subscriber) == ("weekly", [], reader)
    assert "in this browser" not in words(client.get(address("preferences", subscriber)))
    assert Subscriber.objects.get().reader == reader
    undo(client, subscriber, response)
    assert chosen(subscriber) == ("weekly", [], None)


def test_another_browser_keeps_the_bookmarks_unless_it_chooses_its_own(client, subscriber):
    first = with_bookmarks(client, make_tool())
    save(client, subscriber, about="browser")
    client.cookies.clear()

    save(client, subscriber, "monthly", about="saved")
    assert chosen(subscriber) == ("monthly", [], first)

    second = with_bookmarks(client, make_tool())
    save(client, subscriber, "monthly", about="saved")
    assert chosen(subscriber) == ("monthly", [], first)
    save(client, subscriber, "monthly", about="browser")
    assert chosen(subscriber) == ("monthly", [], second)

    client.cookies.clear()
    response = save(client, subscriber, "monthly", about="everything")
    assert chosen(subscriber) == ("monthly", [], None)
    assert Subscriber.objects.get().reader is None
    undo(client, subscriber, response)
    assert chosen(subscriber) == ("monthly", [], second)


def test_undo_leaves_out_what_is_gone(client, subscriber):
    code = make_category(slug="code")
    reader = with_bookmarks(client, make_tool(category=make_category()))
    save(client, subscriber, about="browser", categories=["code"])
    response = save(client, subscriber, about="everything")
    Reader.objects.filter(pk=reader.pk).delete()
    code.delete()

    assert undo(client, subscriber, response).status_code == 303
    assert chosen(subscriber) == ("weekly", [], None)


def test_who_forgot_their_bookmarks_is_shown(client, subscriber):
    with_bookmarks(client, make_tool())
    save(client, subscriber, about="browser")
    Reader.objects.all().delete()

    page = client.get(address("preferences", subscriber))

    assert "those bookmarks were deleted" in words(page)


@pytest.mark.parametrize("before", ["", "x", "x:y:z", "%00"])
def test_a_forged_undo_changes_nothing(client, subscriber, before):
    response = post(
        client, address("preferences", subscriber, "undo/"), urlencode({"before": before})
    )

    assert response.status_code == 422
    assert Consent.objects.count() == 0


def test_an_undo_of_somebody_else_changes_nothing(client, subscriber):
    other = make_subscriber()
    response = save(client, other, "monthly")
    before = response["Location"].partition("?")[2]

    stolen = post(client, address("preferences", subscriber, "undo/"), before)

    assert stolen.status_code == 422
    assert "Saved." not in words(client.get(address("preferences", subscriber) + "?" + before))


def test_the_download_holds_everything_that_is_kept(client, subscriber):
    subscriber.categories.set([make_category(name="Code")])
    Consent.objects.create(
        subscriber=subscriber, action="requested", form="footer", network=b"n" * 16
    )
    delivery = Delivery.objects.create(
        issue=make_issue(subject="What changed"), subscriber=subscriber, state="sent", code=250
    )
    Delivery.objects.create(issue=make_issue(), subscriber=make_subscriber(), state="sent")

    response = client.get(address("preferences", subscriber, "download/"))

    export = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="newsletter-data.json"'
    assert set(export) == {"subscriber", "consents", "deliveries"}
    assert export["subscriber"]["email"] == "ada@example.org"
    assert export["subscriber"]["categories"] == ["Code"]
    assert [(each["action"], each["network_hash"]) for each in export["consents"]] == [
        ("requested", b"n".hex() * 16)
    ]
    assert [
        (each["message_id"], each["subject"], each["code"]) for each in export["deliveries"]
    ] == [(str(delivery.pk), "What changed", 250)]


def test_the_download_tells_every_column_of_a_subscriber():
    export = {"email", "state", "suppression", "cadence", "only_bookmarks", "reader", "hard_bounces", "created_at", "confirmed_at"}  # fmt: skip
    kept_for_links = {"id", "key"}

    columns = {field.name for field in Subscriber._meta.concrete_fields}

    assert columns == export | kept_for_links


def test_deletion_takes_the_subscriber_and_leaves_counts_without_a_name(client, subscriber):
    issue = make_issue()
    Delivery.objects.create(issue=issue, subscriber=subscriber, state="sent", code=250)
    Consent.objects.create(subscriber=subscriber, action="requested", form="footer")
    path = address("preferences", subscriber, "delete/")
    assert "This cannot be undone" in words(client.get(path))

    response = post(client, path)

    assert (response.status_code, response["Location"]) == (303, "/newsletter/deleted/")
    assert "Your data was deleted" in words(client.get("/newsletter/deleted/"))
    assert (Subscriber.objects.count(), Consent.objects.count()) == (0, 0)
    assert Delivery.objects.values_list("subscriber", "state", "code").get() == (None, "sent", 250)
    assert DoNotMail.objects.count() == 0
    assert post(client, path).status_code == 410


@pytest.mark.parametrize(
    "suppression, kept", [("complained", True), ("staff", True), ("bounced", False)]
)
def test_a_complaint_is_honoured_after_deletion_by_a_hash_alone(client, suppression, kept):
    subscriber = make_subscriber("suppressed", email="Ada@example.org", suppression=suppression)

    post(client, address("preferences", subscriber, "delete/"))

    hashes = list(DoNotMail.objects.values_list("address_hash", flat=True))
    assert hashes == ([address_hash("ada@example.org")] if kept else [])


def test_the_page_costs_a_constant_number_of_queries(client, django_assert_num_queries):
    for categories in [1, 3]:
        made = [make_category() for _ in range(categories)]
        subscriber = make_subscriber("active", categories=made, confirmed_at=timezone.now())
        with django_assert_num_queries(3):
            client.get(address("preferences", subscriber))


def test_preferences_lead_out_and_back_in(client, subscriber):
    page = client.get(address("preferences", subscriber)).content.decode()
    assert f'action="{address("unsubscribe", subscriber)}"' in page

    Subscriber.objects.update(state="unsubscribed")
    page = client.get(address("preferences", subscriber)).content.decode()
    assert f'action="{address("unsubscribe", subscriber, "undo/")}"' in page


def test_a_link_of_another_never_shows_mine(client, subscriber):
    other = make_subscriber(email="eve@example.org")

    page = client.get(address("preferences", other)).content.decode()

    assert "ada@example.org" not in page
    assert links.subscriber_token(subscriber.key) not in page
