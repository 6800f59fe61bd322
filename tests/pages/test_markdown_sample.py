"""Over the sample catalogue the Markdown of a page has the words of the page. Its figures are compared in tests/forms."""

import re
from html import unescape
from itertools import combinations

import pytest
from django.conf import settings
from django.core.management import call_command
from lxml import html
from markdown_it import MarkdownIt

from tests.pages.page_writes import cast
from tools.models import Tool
from votes.rankings.figures import RANKINGS

pytestmark = pytest.mark.django_db
parser = MarkdownIt("commonmark", {"html": False}).enable("table")
STEP = 10  # pairs


@pytest.fixture
def sample():
    call_command("import_catalog", str(settings.BASE_DIR / "sample" / "catalog.json"))
    for number, slug in enumerate(
        Tool.objects.order_by("slug").values_list("slug", flat=True)[:12]
    ):
        for vote in range(number + 3):
            cast(slug, "skip" if vote % (number + 2) == 0 else "ship")
    RANKINGS.refresh()


def read(client, path):
    """The page and its Markdown, both as HTML trees."""
    address, _, query = path.partition("?")
    markdown = client.get(f"{address.removesuffix('/')}.md?{query}").content.decode()
    return html.fromstring(client.get(path).content), html.fromstring(parser.render(markdown))


def text(element):
    """The text of an element as a reader sees it: without what is for screen readers only, on one line."""
    hidden = element.xpath(".//*[contains(@class, 'visually-hidden')]")
    for part in hidden:
        part.drop_tree()
    return " ".join(unescape(element.text_content()).split())


def plain(words):
    """Words without spaces, marks and what the two forms word differently: a source, the interval of votes."""
    words = re.sub(r"95% interval |(?<=%) ship(?=, n)", "", words)
    return re.sub(r"[\s()·,.:;]|Source|checked", "", words)


def rows(tree):
    """{first cell: the other cells} of all tables."""
    found = {}
    for line in tree.xpath("//tr[td]"):
        first, *others = [text(cell) for cell in line.xpath("./td | ./th")]
        found[first] = others
    return found


def test_the_cells_of_a_decision_table_are_those_of_its_page(client, sample):
    slugs = sorted(Tool.objects.values_list("slug", flat=True))
    for first, second in list(combinations(slugs, 2))[::STEP]:
        path = f"/compare/{first}-vs-{second}/"
        page, markdown = read(client, path)

        for label, cells in decision_rows(page).items():
            assert [plain(cell) for cell in rows(markdown)[label]][:2] == cells, (path, label)
        scores = [text(score) for score in page.xpath("//span[@class='compared__score']")]
        headings = [text(heading) for heading in markdown.xpath("//h4")]
        assert [h.split(": ")[-1].split(",")[0] for h in headings if "/100" in h] == scores, path


def test_unknown_facts_are_listed(client, sample):
    for slug in Tool.objects.values_list("slug", flat=True)[:10]:
        page, markdown = read(client, f"/tools/{slug}/")

        unknown = page.xpath("//div[@class='facts__line'][not(./dd/span)]/dt")
        written = markdown.xpath("//tr[td[2] = 'Unknown']/td[1]")
        assert [text(kind) for kind in written] == [text(kind) for kind in unknown]


def decision_rows(page):
    """{label: what its cells say} of the decision table, without sources."""
    found = {}
    for line in page.xpath("//table[@class='decision']//tr[td]"):
        label = text(line.xpath("./th")[0]).removesuffix(" differs")
        found[label] = [plain(text(cell)) for cell in line.xpath("./td")]
    return found


def test_changes_are_those_of_their_page(client, sample):
    page, markdown = read(client, "/changes/")

    events = [plain(text(event)) for event in page.xpath("//ol[@class='day__events']/li")]
    items = [plain(text(item).replace(" — ", " ")) for item in markdown.xpath("//li")]
    assert len(events) == 50
    assert items == [event.replace(" , now", "") for event in events]
