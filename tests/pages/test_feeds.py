"""The Atom feeds of the change log, as a feed reader of somebody else's making understands them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.atom_feeds import read_feed, titles
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.votes.ballots import make_vote
from tools.actions import change_tool, correct_ledger, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = [
    "/changes/atom/",
    "/changes/verdicts/atom/",
    "/categories/coding/atom/",
    "/tools/ada/atom/",
]
YESTERDAY = timezone.now() - timedelta(days=1)


@pytest.fixture
def ada():
    coding = make_category(name="Coding", slug="coding")
    return make_tool(name="Ada", slug="ada", category=coding, published_at=YESTERDAY)


@pytest.fixture
def reviewed(ada):
    publish_review(ada, make_reviewer("Builder"), 80)
    return ada


def link_of(feed, relation):
    found = [link.href for link in feed.feed.links if link.rel == relation]
    return found[0] if found else None


def rfc3339(moment):
    return moment.astimezone(UTC).isoformat()


def price_changes(tool, number):
    """So many changes of the price, each an event, one a minute."""
    start = datetime(2026, 2, 1, tzinfo=UTC)
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            tool=tool, kind="pricing", new=f"Price {n}", at=start + timedelta(minutes=n), event=uuid4()
        )
        for n in range(number)
    )  # fmt: skip


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_has_all_that_rfc_4287_requires(client, reviewed, path):
    root = ElementTree.fromstring(client.get(path).content)

    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    assert entries
    for element in [root, *entries]:
        for required in ["id", "title", "updated"]:
            assert len(element.findall(f"{ATOM}{required}")) == 1
            assert element.findtext(f"{ATOM}{required}")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Ship or Skip"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    assert all(entry.find(f"{ATOM}link[@rel='alternate']") is not None for entry in entries)


@pytest.mark.parametrize(
    ("path", "title", "page"),
    [
        ("/changes/atom/", "Ship or Skip: all changes", "/changes/"),
        ("/changes/verdicts/atom/", "Ship or Skip: new and changed verdicts", "/changes/?kind=verdict"),
        ("/categories/coding/atom/", "Ship or Skip: changes in Coding", "/categories/coding/"),
        ("/tools/ada/atom/", "Ship or Skip: changes to Ada", "/tools/ada/"),
    ],
)  # fmt: skip
def test_a_feed_says_what_it_is_and_where(client, ada, path, title, page):
    feed = read_feed(client, path)

    assert (feed.feed.title, feed.feed.link) == (title, SITE + page)
    assert link_of(feed, "self") == SITE + path


def test_each_feed_has_its_own_id(client, ada):
    ids = {read_feed(client, path).feed.id for path in FEEDS}

    assert ids == {
        f"tag:127.0.0.1,2026:{name}"
        for name in ["changes", "verdicts", f"categories/{ada.category_id}", f"tools/{ada.pk}"]
    }


def test_a_feed_without_entries_is_valid_and_always_the_same(client, ada):
    first, again = client.get("/changes/verdicts/atom/"), client.get("/changes/verdicts/atom/")

    feed = read_feed(client, "/changes/verdicts/atom/")

    assert feed.entries == []
    assert feed.feed.updated == "2026-01-01T00:00:00+00:00"
    assert first.content == again.content


@pytest.mark.parametrize("path", FEEDS)
def test_ids_stay_when_a_tool_gets_another_name_and_slug(client, reviewed, path):
    before = {entry.id for entry in read_feed(client, path).entries}
    feed_id = read_feed(client, path).feed.id

    reviewed.name, reviewed.slug = "Bea", "bea"
    change_tool(tool=reviewed)

    after = read_feed(client, path.replace("ada", "bea"))
    assert before
    assert before <= {entry.id for entry in after.entries}
    assert after.feed.id == feed_id
    assert {entry.link for entry in after.entries} == {f"{SITE}/tools/bea/"}


def test_an_entry_is_dated_by_its_event_and_later_by_its_correction(client, ada):
    ada.pricing = "$ 9"
    change_tool(tool=ada)
    entry = ada.ledger.get(kind="pricing")
    (written,) = [e for e in read_feed(client, "/changes/atom/").entries if "Price" in e.title]

    correct_ledger(entry=entry, correction="$ 8", reason="A typing error.")
    correction = ada.ledger.get(kind="corrected")

    feed = read_feed(client, "/tools/ada/atom/")
    (corrected,) = [e for e in feed.entries if e.id == written.id]
    assert written.updated == written.published == rfc3339(entry.at)
    assert corrected.published == written.published
    assert corrected.updated == rfc3339(correction.at) == feed.feed.updated
    assert "Corrected: it should have said “$ 8”." in corrected.summary


def test_what_staff_type_is_escaped(client, ada):
    ada.name, ada.pricing = "A<b>&", "<script>alert(1)</script>"
    change_tool(tool=ada, reason="It is <i>new</i>.")

    (entry, _) = read_feed(client, "/changes/atom/").entries

    assert entry.title == "A<b>&: Price: was Free of charge, now <script>alert(1)</script>"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get(
        "/changes/atom/"
    ).content.decode().replace("&amp;lt;", "&lt;").replace("&amp;gt;", "&gt;")
    assert "<script>" not in client.get("/changes/atom/").content.decode()


def test_the_feed_of_verdicts_has_the_events_in_which_a_verdict_changed(client, reviewed):
    reviewed.pricing = "$ 9"
    change_tool(tool=reviewed)

    assert titles(client, "/changes/verdicts/atom/") == ["Ada: First verdict: Ship"]
    assert len(titles(client, "/changes/atom/")) == 3


def test_the_feed_of_a_category_has_what_happened_in_it(client, ada):
    writing = make_category(name="Writing", slug="writing")
    make_tool(name="Bea", category=writing)
    ada.category = writing
    change_tool(tool=ada)

    assert titles(client, "/categories/coding/atom/") == ["Ada: Added to the catalogue"]
    assert titles(client, "/categories/writing/atom/") == [
        "Ada: Category: was Coding, now Writing",
        "Bea: Added to the catalogue",
    ]


def test_the_feed_of_a_tool_has_that_tool_alone(client, ada):
    make_tool(name="Bea", category=ada.category)

    assert titles(client, "/tools/ada/atom/") == ["Ada: Added to the catalogue"]
    assert len(titles(client, "/categories/coding/atom/")) == 2


def test_drafts_and_what_is_still_to_come_are_not_in_any_feed(client, ada):
    later = timezone.now() + timedelta(days=1)
    make_tool(name="Secret", slug="secret", category=ada.category, published_at=later)
    make_tool(name="Secret", slug="draft", category=ada.category, published=False)

    for path in FEEDS:
        assert "Secret" not in client.get(path).content.decode()
    for slug in ["secret", "draft"]:
        assert client.get(f"/tools/{slug}/atom/").status_code == 404


def test_what_is_scheduled_appears_when_it_is_due(client, ada, settings, monkeypatch):
    settings.PAGE_CACHE = True
    now = timezone.now()
    make_tool(
        name="Next", slug="next", category=ada.category, published_at=now + timedelta(minutes=5)
    )
    before = titles(client, "/categories/coding/atom/")

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=6))

    assert before == ["Ada: Added to the catalogue"]
    assert titles(client, "/categories/coding/atom/") == ["Next: Added to the catalogue", *before]


def test_the_history_of_a_withdrawn_tool_stays(client, ada):
    unpublish_tool(tool=ada, reason="It is a copy.")

    assert titles(client, "/tools/ada/atom/") == [
        "Ada: Withdrawn from the catalogue",
        "Ada: Added to the catalogue",
    ]


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_has_fifty_events_and_leads_to_the_older_ones(client, ada, path):
    price_changes(ada, 120)
    if "verdicts" in path:
        LedgerEntry.objects.bulk_create(
            LedgerEntry(tool=ada, kind="verdict", new="ship", at=YESTERDAY, event=uuid4())
            for _ in range(120)
        )

    pages, url = [], SITE + path
    while url:
        pages.append(read_feed(client, url.removeprefix(SITE)))
        assert link_of(pages[-1], "self") == url
        url = link_of(pages[-1], "next")

    lengths = [len(page.entries) for page in pages]
    assert lengths == [50, 50, 20 if "verdicts" in path else 21]
    assert len({entry.id for page in pages for entry in page.entries}) == sum(lengths)
    assert [link_of(page, "first") for page in pages] == [None, SITE + path, SITE + path]
    assert len({page.feed.id for page in pages}) == 1


@pytest.mark.parametrize("cursor", ["abc", "1-x", f"9999999999999999999999-{'0' * 32}", "1" * 999])
@pytest.mark.parametrize("path", FEEDS)
def test_a_cursor_that_is_not_valid_gives_the_first_page(client, reviewed, path, cursor):
    assert titles(client, f"{path}?before={cursor}") == titles(client, path)


def test_a_cursor_of_the_future_does_not_hide_what_is_public(client, ada):
    for n in range(60):
        make_tool(category=ada.category, published_at=timezone.now() + timedelta(days=1 + n))
    cursor = f"{int((timezone.now() + timedelta(days=999)).timestamp())}000000-{'0' * 32}"

    assert titles(client, f"/changes/atom/?before={cursor}") == ["Ada: Added to the catalogue"]


@pytest.mark.parametrize("slug", ["ADA", "first"])
def test_an_old_address_of_a_feed_leads_to_the_present_one(client, slug):
    tool = make_tool(slug="first")
    tool.slug = "ada"
    change_tool(tool=tool)

    answer = client.get(f"/tools/{slug}/atom/")

    assert (answer.status_code, answer["Location"]) == (301, "/tools/ada/atom/")


def test_the_feed_of_a_renamed_category_moves_with_it(client, ada):
    ada.category.slug = "programming"
    ada.category.save()

    answer = client.get("/categories/coding/atom/")

    assert (answer.status_code, answer["Location"]) == (301, "/categories/programming/atom/")
    assert client.get("/categories/nothing/atom/").status_code == 404


def test_a_vote_leaves_the_feed_of_its_tool_as_it_is(client, ada, settings):
    settings.PAGE_CACHE = True
    etag = client.get("/tools/ada/atom/")["ETag"]

    make_vote(ada)

    assert client.get("/tools/ada/atom/", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize(
    ("page", "feeds"),
    [
        ("/changes/", ["/changes/atom/", "/changes/verdicts/atom/"]),
        ("/categories/coding/", ["/categories/coding/atom/"]),
        ("/tools/ada/", ["/tools/ada/atom/"]),
        ("/changes/?tool=ada", ["/tools/ada/atom/"]),
    ],
)
def test_pages_lead_to_their_feeds(client, ada, page, feeds):
    html = client.get(page).content.decode()

    for feed in feeds:
        assert f'href="{feed}"' in html  # for people
        if "?" not in page:
            assert f'href="{SITE}{feed}">' in html  # for feed readers


@pytest.mark.parametrize("rows", [1, 60])
@pytest.mark.parametrize(
    ("path", "queries"), list(zip(FEEDS, [4, 4, 5, 4], strict=True))
)  # the version, the category or tool, the entries, the tools that they name, corrections
def test_a_feed_takes_as_many_queries_for_one_event_as_for_a_full_page(
    client, django_assert_num_queries, ada, path, queries, rows
):
    reviewer = make_reviewer()
    publish_review(ada, reviewer, 80)
    for n in range(rows - 1):
        publish_review(ada, reviewer, 10 + n, reason="It changed.")

    with django_assert_num_queries(queries):
        client.get(path)
