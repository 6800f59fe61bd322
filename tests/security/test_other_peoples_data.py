"""What belongs to somebody else is not shown and not changed, also by an address typed by hand."""

import pytest
from django.urls import reverse

from bookmarks.actions import add_bookmark, write_note
from bookmarks.feed_address import start_feed
from bookmarks.models import Bookmark, make_secret
from bookmarks.transfers import make_transfer
from newsletter.models import Subscriber
from newsletter.subscribers.links import confirmation_token, subscriber_token
from reviews.models import Review
from tests.admin_client import make_staff, page_fields, page_of, send, sign_in
from tests.bookmarks.readers import make_reader, post
from tests.bookmarks.readers import sign_in as with_cookie
from tests.factories import draft_review, make_reviewer, make_tool
from tests.newsletter.factories import make_subscriber

pytestmark = pytest.mark.django_db
NOTE = "For the tender of our rival."


@pytest.fixture
def other():
    """A reader with a bookmark and a note."""
    reader, tool = make_reader(), make_tool(slug="saved", name="Saved tool")
    add_bookmark(reader=reader, tool=tool)
    write_note(reader=reader, tool=tool, note=NOTE)
    return reader


@pytest.fixture
def me(client):
    return with_cookie(client, make_reader())


# Readers


@pytest.mark.parametrize(
    "page",
    [
        "/bookmarks/",
        "/bookmarks/drawer/",
        "/bookmarks/export/bookmarks.json",
        "/bookmarks/export/bookmarks.csv",
        "/bookmarks/export/bookmarks.html",
        "/bookmarks/feed/",
        "/bookmarks/transfer/",
        "/me/?tools=saved",
    ],
)
def test_no_page_shows_the_bookmarks_of_another_reader(me, other, page):
    start_feed(reader=other)

    text = me.get(page).content.decode()

    assert NOTE not in text
    assert other.bookmark_feed.secret not in text


def test_a_note_is_written_to_ones_own_bookmark_only(me, other):
    post(me, "/bookmarks/note/saved/", {"note": "Mine now."})

    assert Bookmark.objects.get(reader=other).note == NOTE


def test_a_bookmark_is_removed_and_data_deleted_for_oneself_only(me, other):
    for address in ["/tools/saved/bookmark/remove/", "/bookmarks/gone/", "/bookmarks/forget/"]:
        post(me, address)

    assert Bookmark.objects.of(other.pk).count() == 1


def test_a_guessed_secret_opens_no_feed_and_no_transfer(me, other):
    start_feed(reader=other)
    make_transfer(reader=other)

    feed = me.get(f"/bookmarks/feed/{make_secret()}/")
    transfer = post(me, f"/bookmarks/transfer/{make_secret()}/")

    assert feed.status_code == 404
    assert transfer.status_code in {404, 410, 422}
    assert NOTE not in transfer.content.decode()


def test_the_address_of_the_feed_is_not_that_of_a_transfer(me, other):
    secret = start_feed(reader=other).secret

    assert NOTE not in post(me, f"/bookmarks/transfer/{secret}/").content.decode()
    assert not Bookmark.objects.exclude(reader=other).exists()


# Subscribers

PAGES = ["preferences", "download_data_export", "delete_subscriber_data", "unsubscribe"]


@pytest.mark.parametrize("page", PAGES)
def test_a_token_of_a_wrong_signature_or_purpose_opens_nothing(client, page):
    mine, other = make_subscriber(), make_subscriber(email="other@example.org")
    forged = other.key.hex + subscriber_token(mine.key)[32:]

    for token in [forged, confirmation_token(other.key), other.key.hex, str(other.pk)]:
        response = client.get(reverse(page, args=[token]))

        assert "other@example.org" not in response.content.decode()
        assert response.status_code in {404, 410}


def test_deleting_ones_own_data_keeps_that_of_others(client):
    mine, other = make_subscriber(), make_subscriber()

    post(client, reverse("delete_subscriber_data", args=[subscriber_token(mine.key)]))

    assert list(Subscriber.objects.all()) == [other]


# Staff


@pytest.fixture
def blind():
    """(the client of a reviewer, a tool of which another reviewer has a draft)"""
    user = make_staff("Editor")
    make_reviewer("Me", user=user)
    tool = make_tool()
    draft_review(tool, make_reviewer("Other"), body="A secret opinion.").save()
    return sign_in(user), tool


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_the_draft_of_another_reviewer_is_shown_by_no_page(blind, page):
    client, tool = blind
    draft = Review.objects.get()

    pages = [reverse(f"admin:reviews_review_{page}", args=[draft.pk]), page_of(tool)]
    pages += [reverse("admin:reviews_review_changelist"), reverse("tool_preview", args=[tool.pk])]

    texts = [client.get(address).content.decode() for address in pages]
    assert not any("A secret opinion." in text for text in texts)


def test_the_draft_of_another_reviewer_is_not_changed_by_typed_fields(blind):
    client, tool = blind
    draft = Review.objects.get()
    prefix = f"review-{draft.reviewer_id}"

    forged = {f"{prefix}-score": "1", f"{prefix}-verdict": "skip", f"{prefix}-body": "Mine."}
    send(client, tool, fields=page_fields(client, tool) | forged)

    draft.refresh_from_db()
    assert (draft.score, draft.verdict, draft.body) == (80, "ship", "A secret opinion.")
