"""The sitemaps: valid, complete, true, and at the same cost in any catalogue."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from lxml import etree

from pages.sitemaps import tool_urls
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue
from tests.pages.reading import canonical, description, robots, title
from tools.actions import change_tool, unpublish_tool
from tools.models import LedgerEntry, Tool
from web.excerpts import DESCRIPTION_LENGTH

pytestmark = pytest.mark.django_db
SITE = "https://ship.example"
NAMESPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
# What https://www.sitemaps.org/protocol.html says of the elements that we use.
PROTOCOL = etree.XMLSchema(etree.XML("""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    targetNamespace="http://www.sitemaps.org/schemas/sitemap/0.9" elementFormDefault="qualified">
  <xs:element name="urlset"><xs:complexType><xs:sequence>
    <xs:element name="url" type="entry" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:element name="sitemapindex"><xs:complexType><xs:sequence>
    <xs:element name="sitemap" type="entry" maxOccurs="50000"/>
  </xs:sequence></xs:complexType></xs:element>
  <xs:complexType name="entry"><xs:sequence>
    <xs:element name="loc" type="address"/>
    <xs:element name="lastmod" type="w3c" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:simpleType name="address"><xs:restriction base="xs:anyURI">
    <xs:minLength value="12"/><xs:maxLength value="2048"/>
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="w3c"><xs:union memberTypes="xs:date xs:dateTime"/></xs:simpleType>
</xs:schema>
"""))  # fmt: skip


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


def read(client, path):
    """Return {path: lastmod} of a valid sitemap."""
    response = client.get(path)
    assert response["Content-Type"] == "application/xml"
    tree = etree.fromstring(response.content)
    PROTOCOL.assertValid(tree)
    found = [(entry.findtext("s:loc", namespaces=NAMESPACES), entry) for entry in tree]
    assert all(address.startswith(f"{SITE}/") for address, _ in found)
    assert len({address for address, _ in found}) == len(found)
    return {
        address.removeprefix(SITE): entry.findtext("s:lastmod", namespaces=NAMESPACES)
        for address, entry in found
    }


def read_all(client):
    """Return {path: lastmod} of everything that the index leads to; no path stands twice."""
    found = {}
    for path in read(client, "/sitemap.xml"):
        part = read(client, path)
        assert found.keys().isdisjoint(part)
        found |= part
    return found


def test_every_listed_page_of_the_sample_is_public_canonical_indexed_and_has_its_own_texts(client):
    call_command("import_catalog", "sample/catalog.json", verbosity=0)
    make_issue(full_digest())
    texts = Counter()

    for path in read_all(client):
        response = client.get(path)
        assert response.status_code == 200, path
        assert canonical(response) == SITE + path
        assert robots(response) is None, path
        assert len(description(response)) <= DESCRIPTION_LENGTH, path
        texts.update([title(response), description(response)])

    assert len(texts) > 120
    assert [text for text, count in texts.items() if count > 1] == []


def test_drafts_scheduled_and_withdrawn_tools_are_not_listed(client):
    make_tool(slug="shown")
    make_tool(slug="draft", published=False)
    make_tool(slug="later", published_at=timezone.now() + timedelta(hours=1))
    unpublish_tool(tool=make_tool(slug="gone"), reason="A duplicate.")

    tools = {path for path in read_all(client) if path.startswith("/tools/")}

    assert tools == {"/tools/", "/tools/shown/"}


def test_a_tool_was_changed_when_its_change_log_says_so(client):
    tool = make_tool(slug="zed", published_at=timezone.now() - timedelta(days=9))
    assert read_all(client)["/tools/zed/"] == tool.published_at.isoformat()

    tool.pricing = "$ 7"
    change_tool(tool=tool, reason="It costs more.")

    newest = LedgerEntry.objects.filter(tool=tool).latest("at").at
    assert read_all(client)["/tools/zed/"] == newest.isoformat()


def make_ranked(slug, category, score, reviewers):
    tool = make_tool(slug=slug, category=category)
    for reviewer in reviewers:
        publish_review(tool, reviewer, score)
    return tool


def test_a_reviewed_tool_is_compared_with_the_three_best_of_its_category(client):
    reviewers = [make_reviewer() for _ in range(3)]
    editors, models = make_category(), make_category()
    for place, slug in enumerate(["best", "second", "third", "fourth", "fifth"]):
        make_ranked(slug, editors, 90 - place, reviewers)
    make_ranked("llm", models, 95, reviewers)
    make_tool(slug="unreviewed", category=editors)

    comparisons = {
        path.removeprefix("/compare/") for path in read_all(client) if path.startswith("/compare/")
    }

    assert comparisons == {
        "", "best-vs-second/", "best-vs-third/", "second-vs-third/",
        "best-vs-fourth/", "fourth-vs-second/", "fourth-vs-third/",
        "best-vs-fifth/", "fifth-vs-second/", "fifth-vs-third/",
    }  # fmt: skip


def test_a_comparison_changed_when_the_later_of_its_tools_did(client):
    reviewers, category = [make_reviewer()], make_category()
    make_ranked("ada", category, 80, reviewers)
    make_ranked("zed", category, 70, reviewers)

    listed = read_all(client)

    assert listed["/compare/ada-vs-zed/"] == listed["/tools/zed/"] > listed["/tools/ada/"]


def test_a_block_of_ids_without_public_tools_does_not_exist(client, monkeypatch):
    monkeypatch.setattr(tool_urls, "BLOCK_SIZE", 1)
    shown, draft, also = make_tool(), make_tool(published=False), make_tool()

    index = [path for path in read(client, "/sitemap.xml") if "tools" in path]

    assert index == [f"/sitemap-tools-{tool.pk}.xml" for tool in (shown, also)]
    assert list(read(client, index[1])) == [also.get_absolute_url()]
    assert client.get(f"/sitemap-tools-{draft.pk}.xml").status_code == 404


@pytest.mark.parametrize("block", ["0", "9" * 18, "9" * 19, "9" * 200])
def test_a_block_that_is_not_in_the_catalogue_is_a_404(client, block):
    assert client.get(f"/sitemap-tools-{block}.xml").status_code == 404


@pytest.mark.parametrize("tools", [1, 3])
def test_the_queries_of_a_block_do_not_grow(client, tools, django_assert_num_queries):
    reviewers, category = [make_reviewer()], make_category()
    ranked = [make_ranked(f"tool-{n}", category, 80, reviewers) for n in range(tools)]

    with django_assert_num_queries(3):
        list(tool_urls.tool_urls(ranked[0].pk // tool_urls.BLOCK_SIZE))


def test_without_tools_the_index_names_the_other_sitemaps(client):
    Tool.objects.all().delete()

    assert list(read(client, "/sitemap.xml")) == ["/sitemap-pages.xml", "/sitemap-newsletter.xml"]
