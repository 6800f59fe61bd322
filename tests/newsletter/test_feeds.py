"""RSS and Atom of the issues, as programs of strangers read them."""

from datetime import UTC, datetime
from html import unescape
from xml.etree import ElementTree

import feedparser
import pytest

from tests.newsletter.digests import changed, digest_of, full_digest
from tests.newsletter.factories import make_issue

pytestmark = pytest.mark.django_db
RSS, ATOM = "/newsletter/issues/rss/", "/newsletter/issues/atom/"
both = pytest.mark.parametrize("address", [RSS, ATOM])


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://ship.example"


def read(client, address, **headers):
    response = client.get(address, **headers)
    feed = feedparser.parse(
        response.content, response_headers={"content-type": response["Content-Type"]}
    )
    assert not feed.bozo, feed.bozo_exception
    return feed


@pytest.mark.parametrize(
    ("address", "version", "kind"),
    [(RSS, "rss20", "application/rss+xml"), (ATOM, "atom10", "application/atom+xml")],
)
def test_each_feed_has_its_declared_format(client, address, version, kind):
    make_issue(full_digest())

    assert read(client, address).version == version
    assert client.get(address)["Content-Type"] == f"{kind}; charset=utf-8"


@both
def test_a_feed_without_issues_is_valid(client, address):
    assert read(client, address).entries == []


@both
def test_an_entry_holds_the_whole_issue(client, address):
    at = datetime(2026, 3, 9, 10, tzinfo=UTC)
    make_issue(
        full_digest(),
        subject="The week & more",
        preheader="In short.",
        intro="See [the method](/method/).",
        published_at=at,
    )

    (entry,) = read(client, address).entries

    assert entry.title == "The week & more"
    assert entry.link == entry.id == "https://ship.example/newsletter/issues/1/"
    assert entry.summary == "In short."
    assert entry.published_parsed[:6] == (2026, 3, 9, 10, 0, 0)
    html = entry.content[0].value
    assert 'href="https://ship.example/method/"' in html
    assert 'href="https://ship.example/tools/tool-1/"' in html
    assert "<strong>Split</strong>" in html
    for part in ("Changed verdicts", "Discontinued tools", "Other changes", "side by side"):
        assert (part in html) == (part != "side by side")
    assert "unsubscribe" not in html
    assert 'href="/' not in html


@both
def test_every_url_begins_with_the_site_url(client, settings, address):
    settings.ALLOWED_HOSTS = ["evil.example"]
    make_issue(full_digest())

    response = client.get(address, headers={"host": "evil.example"})

    assert b"evil.example" not in response.content
    feed = feedparser.parse(response.content)
    assert feed.feed.link == "https://ship.example/newsletter/issues/"
    assert {link.href for link in feed.feed.links if link.rel == "self"} == {
        f"https://ship.example{address}"
    }


@both
def test_the_newest_twenty_issues_are_listed(client, address):
    for number in range(22):
        make_issue(full_digest(), subject=f"Number {number + 1}")

    titles = [entry.title for entry in read(client, address).entries]

    assert titles == [f"Number {number}" for number in range(22, 2, -1)]


@both
def test_user_text_is_escaped_in_feeds(client, address):
    digest = digest_of(changed=(changed(1, "<script>x</script>]]>", reasons=("a\x0bb",)),))
    make_issue(
        digest, subject="A <b>\x0c title", preheader="One\x1b", intro="<script>y</script>\x02"
    )

    (entry,) = read(client, address).entries

    assert "<script" not in entry.content[0].value
    assert "A" in entry.title


HOSTILE = """<img src=x onerror="alert(1)"> ]]> &amp; &#60;b&#62; <!-- '\ufffe"""


@pytest.mark.parametrize(
    ("address", "name"), [(RSS, "description"), (ATOM, "{http://www.w3.org/2005/Atom}summary")]
)
def test_a_summary_is_html_without_an_element_from_the_text(client, address, name):
    make_issue(full_digest(), preheader=HOSTILE)

    root = ElementTree.fromstring(client.get(address).content)

    summary = [node.text for node in root.iter(name)][-1]
    assert "<" not in summary
    assert unescape(summary) == HOSTILE.replace("\ufffe", "")
    assert "onerror" in read(client, address).entries[0].summary
