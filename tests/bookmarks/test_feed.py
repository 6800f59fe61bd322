"""The private feed of what changes: secret, correct for a feed reader, and of nobody else."""

from datetime import UTC, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import Bookmark, FeedAddress
from tests.atom_feeds import read_feed, titles
from tests.bookmarks.readers import make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_reviewer, make_tool, publish_review
from tools.actions import change_tool, correct_ledger, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db
PAGE = "/bookmarks/feed/"
SITE = "http://127.0.0.1:8000"
YESTERDAY = timezone.now() - timedelta(days=1)


@pytest.fixture
def ada():
    return make_tool(name="Ada", slug="ada", pricing="Free", published_at=YESTERDAY)


@pytest.fixture
def address(reader):
    return f"{PAGE}{FeedAddress.objects.create(reader=reader).secret}/"


def watch(reader, tool, **fields):
    times = {"saved_at": YESTERDAY, "seen_until": YESTERDAY}
    return Bookmark.objects.create(reader=reader, tool=tool, saved_as=tool.name, **times | fields)


def record(tool, kind="pricing", *, ago=60, **fields):
    """An entry of `ago` seconds ago."""
    at = timezone.now() - timedelta(seconds=ago)
    if kind == "pricing":
        fields.setdefault("old", "Free")
    return LedgerEntry.objects.create(tool=tool, kind=kind, at=at, **fields)


def content_of(response):
    return " ".join(response.content.decode().split())


def test_a_change_is_listed_with_its_reason_and_a_link(client, reader, ada, address):
    watch(reader, ada)
    entry = record(ada, "verdict", old="split", new="ship", reason="It is <b>stable</b> & fast.")

    (shown,) = read_feed(client, address).entries

    assert shown.title == "Ada: Verdict: was Split, now Ship"
    assert shown.link == SITE + "/tools/ada/"
    assert (
        shown.summary
        == "<ul><li>Verdict: was Split, now Ship</li></ul><p>It is &lt;b&gt;stable&lt;/b&gt; &amp; fast.</p>"
    )
    assert shown.id == f"tag:127.0.0.1,2026:changes/{entry.event}"
    assert shown.updated_parsed[:6] == entry.at.astimezone(UTC).timetuple()[:6]


def test_the_feed_says_what_it_is(client, reader, ada, address):
    watch(reader, ada)
    entry = record(ada)

    feed = read_feed(client, address).feed

    assert feed.title == "Your bookmarks on Ship or Skip: what changed"
    assert feed.link == SITE + "/bookmarks/"
    assert feed.author == "Ship or Skip"
    assert feed.updated_parsed[:6] == entry.at.astimezone(UTC).timetuple()[:6]


@pytest.mark.parametrize(
    "kind, fields, title",
    [
        ("verdict", {"old": "none", "new": "skip"}, "First verdict: Skip"),
        ("pricing", {"old": "Free"}, "Price: was Free, now not stated"),
        ("entry", {"old": "free", "new": "paid"}, "Entry: was Free, now Paid"),
        ("name", {"old": "Eda", "new": "Ada"}, "Name: was Eda, now Ada"),
        (
            "status",
            {
                "old": {"status": "active", "date": None},
                "new": {"status": "discontinued", "date": "2026-01-01"},
            },
            "Status: was Active, now Discontinued since 1 January 2026",
        ),
        ("score", {"old": 70.0, "new": 80.5}, "Panel score: was 70.0, now 80.5"),
        ("withdrawn", {"reason": "A copy."}, "Withdrawn from the catalogue"),
    ],
)
def test_every_kind_of_change_has_a_title(client, reader, ada, address, kind, fields, title):
    watch(reader, ada)
    record(ada, kind, **fields)

    assert titles(client, address) == [f"Ada: {title}"]


def test_reviews_and_corrections_name_what_they_are_of(client, reader, ada, address):
    watch(reader, ada)
    reviewer = make_reviewer("Skeptic")
    publish_review(ada, reviewer, 80)
    publish_review(ada, reviewer, 82, reason="Faster.")
    entry = ada.ledger.filter(kind="reviewed").first()
    correct_ledger(entry=entry, correction={"score": 85, "verdict": "ship"}, reason="A slip.")

    correction, updated, first = read_feed(client, address).entries

    assert correction.title == (
        "Ada: Correction: “Skeptic updated their review: was 80/100 · Ship, now 82/100 · Ship” "
        "should have said “85/100 · Ship”"
    )
    assert updated.title == (
        "Ada: Skeptic updated their review: was 80/100 · Ship, now 82/100 · Ship"
    )
    assert "Corrected: it should have said “85/100 · Ship”." in updated.summary
    assert "<li>Skeptic reviewed it: 80/100 · Ship</li>" in first.summary


def test_what_one_deed_did_is_one_entry_with_the_weightiest_first(client, reader, address):
    tool = make_tool(name="Ada", published_at=YESTERDAY)
    watch(reader, tool)
    publish_review(tool, make_reviewer("Skeptic"), 80, "ship")
    publish_review(tool, make_reviewer("Builder"), 20, "skip")

    newest, oldest = read_feed(client, address).entries

    assert newest.title == "Ada: Verdict: was Ship, now Split"
    assert newest.summary.count("<li>") == 3
    assert oldest.title == "Ada: First verdict: Ship"


def test_a_change_by_staff_reaches_the_feed(client, reader, ada, address):
    watch(reader, ada)
    ada.pricing = "20 € a month"
    change_tool(tool=ada)

    assert titles(client, address) == ["Ada: Price: was Free, now 20 € a month"]


def test_only_what_happened_since_it_was_saved_is_shown(client, reader, ada, address):
    watch(reader, ada, saved_at=timezone.now() - timedelta(seconds=90), seen_until=timezone.now())
    record(ada, ago=120, old="Old news")
    record(ada, ago=60, old="News")
    record(ada, ago=-600, old="Not yet")

    assert titles(client, address) == ["Ada: Price: was News, now not stated"]


def test_what_is_not_bookmarked_is_not_shown(client, reader, ada, address):
    bob, removed = (make_tool(published_at=YESTERDAY) for _ in range(2))
    watch(make_reader(), bob)
    watch(reader, removed, removed_at=timezone.now())
    for tool in [ada, bob, removed]:
        record(tool)

    assert titles(client, address) == []


def test_a_withdrawn_tool_says_when_and_why(client, reader, ada, address):
    watch(reader, ada)
    unpublish_tool(tool=ada, reason="It is a copy.")

    (entry,) = read_feed(client, address).entries

    assert entry.title == "Ada: Withdrawn from the catalogue"
    assert "<p>It is a copy.</p>" in entry.summary


def test_a_feed_without_changes_is_a_feed_and_stays_the_same(client, address):
    first, second = client.get(address), client.get(address)

    assert read_feed(client, address).entries == []
    assert first.content == second.content


def test_the_newest_50_events_are_shown(client, reader, ada, address):
    watch(reader, ada)
    for n in range(60):
        record(ada, ago=n + 1, old=str(n))

    shown = titles(client, address)

    assert shown[0] == "Ada: Price: was 0, now not stated"
    assert shown[-1] == "Ada: Price: was 49, now not stated"
    assert len(shown) == 50


def test_an_entry_keeps_its_id_when_the_tool_is_renamed_and_the_address_renewed(
    client, reader, ada, address
):
    watch(reader, ada)
    record(ada)
    before = read_feed(client, address)
    type(ada).objects.filter(pk=ada.pk).update(name="Eda", slug="eda")
    post(sign_in(client, reader), PAGE + "renew/")

    after = read_feed(client, f"{PAGE}{FeedAddress.objects.get().secret}/")

    assert after.entries[0].title.startswith("Eda: ")
    assert after.entries[0].link == SITE + "/tools/eda/"
    assert (after.entries[0].id, after.feed.id) == (before.entries[0].id, before.feed.id)


def test_ids_are_those_of_one_feed_and_event_only(client, reader, ada, address):
    other = make_reader()
    others_address = f"{PAGE}{FeedAddress.objects.create(reader=other).secret}/"
    for reader_ in [reader, other]:
        watch(reader_, ada)
    record(ada, ago=1)
    record(ada, ago=2)

    feed, others = read_feed(client, address), read_feed(client, others_address)

    assert feed.feed.id != others.feed.id
    assert len({entry.id for entry in feed.entries}) == 2


def test_the_feed_holds_neither_its_secret_nor_notes_nor_the_readers_id(
    client, reader, ada, address
):
    watch(reader, ada, note="Giraffe")
    record(ada)

    text = client.get(address).content.decode()

    assert FeedAddress.objects.get().secret not in text
    assert "Giraffe" not in text
    assert str(reader.pk) not in text
    assert reader.pk.hex not in text


def test_characters_that_xml_has_no_place_for_are_left_out(client, reader, address):
    tool = make_tool(name="A\x0bda \ufffe<&>", published_at=YESTERDAY)
    watch(reader, tool)
    record(tool, old="a\x08", new="]]>\x1f\uffff", reason="\x0c\x1b[31m")

    (entry,) = read_feed(client, address).entries

    assert entry.title == "Ada <&>: Price: was a, now ]]>"


def test_an_unchanged_feed_is_answered_with_304(client, reader, ada, address):
    watch(reader, ada)
    record(ada, ago=60)
    etag = client.get(address)["ETag"]

    same = client.get(address, headers={"if-none-match": etag})
    record(ada, ago=30)
    changed = client.get(address, headers={"if-none-match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert same["Cache-Control"] == "private, no-cache"
    assert (changed.status_code, changed["ETag"] != etag) == (200, True)


def test_the_feed_is_private_and_looks_at_no_cookie(client, reader, address):
    anonymous, as_another = (
        client.get(address),
        sign_in(OwnOriginClient(), make_reader()).get(address),
    )

    assert anonymous.content == as_another.content
    assert anonymous["Cache-Control"] == "private, no-cache"
    assert anonymous["X-Robots-Tag"] == "noindex"
    assert anonymous["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert dict(anonymous.cookies) == {}


@pytest.mark.parametrize("secret", ["x", "x" * 43, "x" * 5000, "0"])
def test_there_is_no_feed_at_another_address(client, address, secret):
    assert client.get(f"{PAGE}{secret}/").status_code == 404


def test_a_readers_id_is_no_address(client, reader, address):
    for name in [reader.pk, reader.pk.hex]:
        assert client.get(f"{PAGE}{name}/").status_code == 404


@pytest.mark.parametrize("count", [1, 100])
def test_the_feed_costs_three_queries(client, reader, address, django_assert_num_queries, count):
    for _ in range(count):
        tool = make_tool(published_at=YESTERDAY)
        watch(reader, tool)
        record(tool)

    with django_assert_num_queries(3):
        client.get(address)


def test_a_feed_is_made_and_its_address_shown(client, reader, ada):
    watch(reader, ada)
    sign_in(client, reader)
    assert "Create my feed" in content_of(client.get(PAGE))

    response = post(client, PAGE)
    again = post(client, PAGE)

    secret = FeedAddress.objects.get().secret
    assert (response.status_code, response["Location"]) == (303, PAGE)
    assert again.status_code == 303
    assert f'value="{SITE}{PAGE}{secret}/" readonly' in content_of(client.get(PAGE))


def test_a_renewed_feed_is_only_at_its_new_address(client, reader, address):
    response = post(sign_in(client, reader), PAGE + "renew/")

    assert (response.status_code, response["Location"]) == (303, PAGE)
    assert client.get(address).status_code == 404
    assert client.get(f"{PAGE}{FeedAddress.objects.get().secret}/").status_code == 200


def test_a_feed_is_ended_and_can_be_ended_again(client, reader, address):
    sign_in(client, reader)

    first, second = post(client, PAGE + "end/"), post(client, PAGE + "end/")

    assert (first.status_code, second.status_code) == (303, 303)
    assert client.get(address).status_code == 404
    assert not FeedAddress.objects.exists()


ACTIONS = [PAGE, PAGE + "renew/", PAGE + "end/"]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_has_no_feed(client, action):
    response = post(client, action)

    assert response.status_code == 422
    assert "You have no bookmarks in this browser yet." in content_of(response)
    assert not Reader.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_reader_touches_no_feed_but_their_own(client, reader, ada, address, action):
    other = make_reader()
    watch(other, ada)

    post(sign_in(client, other), action)

    assert client.get(address).status_code == 200
    assert address.split("/")[3] not in content_of(client.get(PAGE))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}],
    ids=str,
)
def test_another_sites_form_changes_nothing(client, reader, address, action, headers):
    response = post(sign_in(client, reader), action, **headers)

    assert response.status_code == 403
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "method, address",
    [
        ("PUT", PAGE),
        ("GET", PAGE + "renew/"),
        ("GET", PAGE + "end/"),
        ("POST", f"{PAGE}{'x' * 43}/"),
    ],
)
def test_other_methods_are_refused(client, method, address):
    assert client.generic(method, address).status_code == 405


def test_the_page_is_kept_nowhere(client, reader, address):
    response = sign_in(client, reader).get(PAGE)

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in content_of(response)


def test_the_feed_of_a_reader_who_is_forgotten_is_no_more(client, reader, address):
    reader.delete()

    assert client.get(address).status_code == 404


def test_changing_the_feed_costs_a_constant_number_of_queries(
    client, reader, address, django_assert_num_queries
):
    sign_in(client, reader)

    with django_assert_num_queries(9):
        post(client, PAGE + "renew/")
    with django_assert_num_queries(2):
        client.get(PAGE)


HOSTILE = """<img src=x onerror="alert(1)">]]>&#60;b&#62;<!--'\ufffe"""


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.names, self.text = set(), ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)

    def handle_data(self, data):
        self.text += data


def test_no_text_becomes_an_element_of_a_summary(client, reader, address):
    hostile = make_tool(name=HOSTILE, slug="hostile", published_at=YESTERDAY)
    watch(reader, hostile)
    record(hostile, "verdict", old="split", new="ship", reason=f"Because {HOSTILE}")
    record(hostile, "name", old=HOSTILE, new="Ada")

    root = ElementTree.fromstring(client.get(address).content)

    atom = "{http://www.w3.org/2005/Atom}"
    summaries = [Elements(node.text) for node in root.iter(f"{atom}summary")]
    assert len(summaries) == 2
    assert set.union(*(summary.names for summary in summaries)) <= {"ul", "li", "p"}
    assert all(HOSTILE.removesuffix("\ufffe") in summary.text for summary in summaries)
    assert all(node.get("type", "text") == "text" for node in root.iter(f"{atom}title"))
    assert len(read_feed(client, address).entries) == 2
