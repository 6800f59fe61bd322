"""A private link that carries bookmarks to another browser: once, within 15 minutes, and nothing is lost."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE
from bookmarks.models import Bookmark, Transfer
from bookmarks.transfers import make_transfer
from tests.bookmarks.at_once import at_once
from tests.bookmarks.readers import keep, make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db
MAKE = "/bookmarks/transfer/"
SITE = "http://127.0.0.1:8000"
OURS = {"origin": "http://testserver"}


@pytest.fixture
def other_client():
    return OwnOriginClient()


def link_of(reader):
    return f"{MAKE}{make_transfer(reader=reader).secret}/"


def receive(client, link, **headers):
    return post(client, link, **headers)


def content_of(response):
    return " ".join(response.content.decode().split())


def main_of(page):
    return re.search("<main.*</main>", page)[0]


def notes(reader):
    return dict(reader.bookmarks.values_list("tool__slug", "note"))


def age(minutes):
    Transfer.objects.update(made_at=timezone.now() - timedelta(minutes=minutes))


def test_a_link_is_shown_as_link_and_as_qr_code(client, reader, ada):
    keep(reader, ada)

    response = post(sign_in(client, reader), MAKE)

    assert (response.status_code, response["Location"]) == (303, MAKE)
    address = f"{SITE}{MAKE}{Transfer.objects.get().secret}/"
    page = content_of(client.get(MAKE))
    assert f'value="{address}" readonly' in page
    assert f'<a href="{address}">' in page
    assert "Anyone with this link can copy your bookmarks." in page
    assert "It works once" in page
    code = re.search("<svg.*?</svg>", main_of(page))[0]
    assert "style" not in code
    assert 'fill="#fff"' in code
    assert 'stroke="#000"' in code


def test_without_a_link_the_page_says_what_one_does(client, reader, ada):
    keep(reader, ada)

    page = content_of(sign_in(client, reader).get(MAKE))

    assert "copies your 1 bookmark to another browser" in page
    assert "It works once, within 15 minutes." in page
    assert "<svg" not in main_of(page)
    assert not Transfer.objects.exists()


def test_who_has_no_bookmarks_gets_no_link(client, reader):
    for client_ in [client, sign_in(OwnOriginClient(), reader)]:
        response = post(client_, MAKE)

        assert response.status_code == 422
        assert "so there is nothing to transfer" in content_of(response)
    assert not Transfer.objects.exists()
    assert Reader.objects.get() == reader


def test_opening_a_link_changes_nothing(client, other_client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)

    response = other_client.get(link)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    page = content_of(response)
    assert page.count("Copy 1 bookmark to this browser") == 2
    assert main_of(page).count("<button") == 1
    assert Transfer.objects.get().used_at is None
    assert (Reader.objects.count(), Bookmark.objects.count()) == (1, 1)


def test_the_button_brings_the_bookmarks_and_they_stay_where_they_were(
    client, other_client, reader, ada
):
    kept = keep(reader, ada, note="Mine", saved_at=timezone.now() - timedelta(days=9))

    response = receive(other_client, link_of(reader))

    assert (response.status_code, "<strong>1 added</strong>." in content_of(response)) == (
        200,
        True,
    )
    other = Reader.objects.exclude(pk=reader.pk).get()
    copy = other.bookmarks.get()
    assert response.cookies[COOKIE]["httponly"]
    assert (copy.tool, copy.note, copy.saved_at, copy.seen_until) == (
        ada,
        "Mine",
        kept.saved_at,
        kept.seen_until,
    )
    assert notes(reader) == {"ada": "Mine"}


def test_bookmarks_that_are_there_already_are_joined_with_both_notes(client, reader, ada):
    other, bob = make_reader(), make_tool(slug="bob", name="Bob")
    keep(reader, ada, note="Mine")
    keep(reader, bob, note="Of Bob")
    keep(other, ada, note="Other")

    words = content_of(receive(sign_in(client, other), link_of(reader)))

    assert "<strong>1 added</strong>, 1 already there." in words
    assert notes(other) == {"ada": "Other\n———\nMine", "bob": "Of Bob"}


def test_there_and_back_again_doubles_nothing(client, reader, ada):
    other = make_reader()
    keep(reader, ada, note="Mine")
    keep(other, ada, note="Other")

    receive(sign_in(client, other), link_of(reader))
    receive(sign_in(client, reader), link_of(other))
    receive(sign_in(client, other), link_of(reader))

    assert notes(other) == {"ada": "Other\n———\nMine"}
    assert set(notes(reader)["ada"].split("\n———\n")) == {"Mine", "Other"}


def test_bookmarks_of_tools_that_are_gone_come_along(client, reader, ada):
    bob = make_tool(name="Bob", slug="bob", published=False)
    keep(reader, bob, note="Of Bob")
    keep(reader, ada, note="Mine")
    bob.delete()
    unpublish_tool(tool=ada, reason="A duplicate.")
    other = make_reader()

    receive(sign_in(client, other), link_of(reader))
    words = content_of(receive(client, link_of(reader)))

    assert "<strong>0 added</strong>, 2 already there." in words
    assert sorted(other.bookmarks.values_list("saved_as", "note")) == [
        ("Ada", "Mine"),
        ("Bob", "Of Bob"),
    ]


def test_what_was_removed_is_not_brought(client, reader, ada):
    keep(reader, ada, removed_at=timezone.now())
    keep(reader, make_tool(slug="bob", name="Bob"))
    other = make_reader()

    receive(sign_in(client, other), link_of(reader))

    assert notes(other) == {"bob": ""}


def test_a_used_link_brings_nothing_and_says_what_to_do(client, other_client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)
    receive(other_client, link)
    thief = sign_in(client, make_reader())

    for response in [thief.get(link), receive(thief, link), receive(OwnOriginClient(), link)]:
        assert response.status_code == 410
        assert "This link was already used" in content_of(response)
        assert "If it was not you, somebody else now has a copy" in content_of(response)
        assert COOKIE not in response.cookies
    assert Bookmark.objects.count() == 2
    assert Reader.objects.count() == 3


def test_the_button_pressed_twice_says_where_the_bookmarks_are(other_client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)
    receive(other_client, link)

    again = receive(other_client, link)

    assert again.status_code == 410
    assert 'If you used it in this browser, they are in <a href="/bookmarks/">' in content_of(again)
    assert Bookmark.objects.count() == 2


@pytest.mark.parametrize("minutes, status", [(14, 200), (15, 410), (60 * 20, 410)])
def test_a_link_is_good_for_15_minutes(other_client, reader, ada, minutes, status):
    keep(reader, ada)
    link = link_of(reader)
    age(minutes)

    assert other_client.get(link).status_code == status
    response = receive(other_client, link)
    assert response.status_code == status
    assert ("This link has expired" in content_of(response)) == (status == 410)
    assert Bookmark.objects.count() == (2 if status == 200 else 1)


def test_a_new_link_ends_the_older_one(client, other_client, reader, ada):
    keep(reader, ada)
    older = link_of(reader)

    newer = link_of(reader)

    assert receive(other_client, older).status_code == 404
    assert receive(other_client, newer).status_code == 200


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 5000, "-", "0"])
def test_an_unknown_link_says_so(client, secret):
    for response in [client.get(f"{MAKE}{secret}/"), receive(client, f"{MAKE}{secret}/")]:
        assert response.status_code == 404
        assert "This link is not valid" in content_of(response)
    assert not Reader.objects.exists()


@pytest.mark.parametrize("secret", ["x.y", "ä", "a b", "%00"])
def test_what_is_no_secret_is_no_page(client, secret):
    assert client.get(f"{MAKE}{secret}/").status_code in {400, 404}


def test_ones_own_link_is_not_used_up(client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)
    sign_in(client, reader)

    opened, pressed = client.get(link), receive(client, link)

    assert (opened.status_code, pressed.status_code) == (200, 422)
    for response in [opened, pressed]:
        assert "This is your own link" in content_of(response)
        assert "<form" not in main_of(content_of(response))
    assert Transfer.objects.get().used_at is None


def test_a_link_of_a_reader_who_is_forgotten_is_no_more(other_client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)
    reader.delete()

    assert receive(other_client, link).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}],
    ids=str,
)
def test_another_sites_form_neither_makes_nor_uses_a_link(client, reader, ada, headers):
    keep(reader, ada)
    link = link_of(reader)
    victim = sign_in(client, make_reader())

    used = receive(victim, link, **headers)
    made = post(sign_in(client, reader), MAKE, **headers)

    assert (used.status_code, made.status_code) == (403, 403)
    assert "We could not confirm that this came from our site." in content_of(used)
    assert Transfer.objects.get().used_at is None
    assert Bookmark.objects.count() == 1


def test_the_pages_are_kept_nowhere_and_tell_no_site_their_address(client, reader, ada):
    keep(reader, ada)
    link = link_of(reader)

    for response in [
        client.get(link),
        sign_in(client, reader).get(MAKE),
        receive(OwnOriginClient(), link),
    ]:
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "strict-origin"
        assert response["X-Robots-Tag"] == "noindex"
        page = response.content.decode()
        assert '<meta name="robots" content="noindex">' in page
        assert "canonical" not in page


def test_a_link_in_another_reader_s_hands_shows_no_names_or_notes(other_client, reader):
    keep(reader, make_tool(name="Zebra"), note="Giraffe")

    page = content_of(other_client.get(link_of(reader)))

    assert "Zebra" not in page
    assert "Giraffe" not in page


def test_nobody_sees_the_link_of_another(client, reader, ada):
    keep(reader, ada)
    other = make_reader()
    keep(other, ada)
    secret = make_transfer(reader=reader).secret

    assert secret not in content_of(sign_in(client, other).get(MAKE))


def test_beyond_the_limit_no_link_is_made(client, reader, ada, settings):
    settings.WRITE_LIMIT_NETWORK = (1, 60)
    keep(reader, ada)
    sign_in(client, reader)
    post(client, MAKE)
    before = Transfer.objects.get()

    response = post(client, MAKE)

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Too many changes. Try again in 60 seconds." in content_of(response)
    assert Transfer.objects.get() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("address", [MAKE, MAKE + "x" * 43 + "/"])
def test_other_methods_are_refused(client, method, address):
    assert client.generic(method, address).status_code == 405


def test_a_full_list_takes_what_fits_and_tells_the_rest(client, reader, ada):
    other, bob = make_reader(), make_tool(name="Bob", slug="bob")
    Bookmark.objects.bulk_create(Bookmark(reader=other, saved_as=f"Gone {n}") for n in range(499))
    keep(reader, ada, note="Of Ada")
    keep(reader, bob)

    words = content_of(receive(sign_in(client, other), link_of(reader)))

    assert "<strong>1 added</strong>." in words
    assert "Not added, because you can have 500 bookmarks at most (1):" in words
    assert "Of Ada" in words
    assert notes(reader)["ada"] == "Of Ada"


@pytest.mark.parametrize("count", [1, 100])
def test_receiving_costs_a_constant_number_of_queries(
    client, reader, django_assert_num_queries, count
):
    for _ in range(count):
        keep(reader, make_tool())
    link = link_of(reader)
    sign_in(client, make_reader())

    with django_assert_num_queries(2):
        client.get(link)
    with django_assert_num_queries(17):
        post(client, link)


def test_making_a_link_costs_a_constant_number_of_queries(
    client, reader, ada, django_assert_num_queries
):
    keep(reader, ada)
    sign_in(client, reader)

    with django_assert_num_queries(8):
        post(client, MAKE)
    with django_assert_num_queries(3):
        client.get(MAKE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("are_readers", [True, False], ids=["readers", "strangers"])
def test_of_many_who_press_at_once_exactly_one_gets_the_bookmarks(reader, ada, are_readers):
    network_hash("127.0.0.1")
    keep(reader, ada, note="Mine")
    link = link_of(reader)
    clients = [OwnOriginClient() for _ in range(8)]
    for client in clients if are_readers else []:
        sign_in(client, make_reader())
    readers_before = Reader.objects.count()

    statuses = at_once(*[lambda n=n: post(clients[n], link).status_code for n in range(8)])

    assert sorted(statuses) == [200] + [410] * 7
    assert list(Bookmark.objects.values_list("note", flat=True)) == ["Mine", "Mine"]
    assert Reader.objects.count() == readers_before + (0 if are_readers else 1)


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_each_other_their_bookmarks_at_once_do_not_wait_for_ever(ada):
    network_hash("127.0.0.1")
    readers = [make_reader(), make_reader()]
    for number, reader in enumerate(readers):
        keep(reader, ada, note=f"Note {number}")
    clients = [sign_in(OwnOriginClient(), reader) for reader in readers]
    links = [link_of(readers[1]), link_of(readers[0])]

    statuses = at_once(*[lambda n=n: post(clients[n], links[n]).status_code for n in range(2)])

    assert statuses == [200, 200]
    for reader in readers:
        assert set(notes(reader)["ada"].split("\n———\n")) == {"Note 0", "Note 1"}
