"""Over the sample catalogue the Markdown of a page has the figures of the page, place by place."""

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
from votes.rankings.models import Ranking

pytestmark = pytest.mark.django_db
parser = MarkdownIt("commonmark", {"html": False}).enable("table")
# Every third of the 435 pairs: all of them take half a minute.
STEP = 3


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
    """Words without spaces, marks and what the two forms word differently: "of" a source, short months."""
    return re.sub(r"[\s()·,.:;]|Source|checked", "", words)


def rows(tree):
    """{first cell: the other cells} of all tables."""
    found = {}
    for line in tree.xpath("//tr[td]"):
        first, *others = [text(cell) for cell in line.xpath("./td | ./th")]
        found[first] = others
    return found


def test_the_figures_of_a_tool_are_those_of_its_page(client, sample):
    for slug in Tool.objects.values_list("slug", flat=True):
        page, markdown = read(client, f"/tools/{slug}/")
        items = [
            text(item)
            for item in markdown.xpath("//h2[.='Panel verdict']/following-sibling::ul[1]/li")
        ]
        paragraphs = [text(paragraph) for paragraph in markdown.xpath("//p")]

        shown = [text(value) for value in page.xpath("//dl[@class='figures']//dd")]
        if shown:
            verdict = text(page.xpath("//p[@class='tool-verdict__word']")[0])
            ship, score, spread = shown
            assert items[0].startswith(f"Verdict: {verdict}, "), slug
            assert plain(items[1]) == plain(f"Panel ship: {ship}"), slug
            assert items[2].startswith(f"Panel score: {score}/100,"), slug
            assert items[3].startswith(f"Spread: {spread},"), slug
        assert text(page.xpath("//h1")[0]) in text(markdown.xpath("//h1")[0])
        facts = {
            text(line.xpath("./dt")[0]): text(line.xpath("./dd/span[1]")[0])
            if line.xpath("./dd/span")
            else "Unknown"
            for line in page.xpath("//div[@class='facts__line']")
        }
        assert {name: cells[0] for name, cells in rows(markdown).items()} == facts, slug
        sources = page.xpath("//span[@class='facts__source']/a/@href")
        assert markdown.xpath("//td/a/@href") == sources, slug
        reviews = [
            f"{text(name)}: {text(score)}{text(of)}, {text(verdict)}"
            for name, score, of, verdict in zip(
                page.xpath("//h3[@class='review__name']"),
                page.xpath("//span[@class='review__number']"),
                page.xpath("//span[@class='review__of']"),
                page.xpath("//p[@class='review__verdict']"),
                strict=True,
            )
        ]
        headings = [text(heading) for heading in markdown.xpath("//h3")]
        assert [heading for heading in headings if "/100, " in heading] == reviews, slug
        tally = page.xpath("//*[@data-tally]")
        if tally:
            assert plain(text(tally[0])) in plain(" ".join(paragraphs)), slug


def test_the_figures_of_a_pair_are_those_of_its_page(client, sample):
    slugs = sorted(Tool.objects.values_list("slug", flat=True))
    for first, second in list(combinations(slugs, 2))[::STEP]:
        path = f"/compare/{first}-vs-{second}/"
        page, markdown = read(client, path)

        line = text(page.xpath("//p[@class='bottom-line__sentence']")[0])
        robust = [
            text(found)
            for found in page.xpath("//p[starts-with(@class, 'bottom-line__robustness')]")
        ]
        paragraphs = [text(found) for found in markdown.xpath("//h2[1]/following-sibling::p")]
        assert paragraphs[: 1 + len(robust)] == [line, *robust], path
        paired = [
            f"{text(figure.xpath('./dt')[0])}: {text(figure.xpath('./dd')[0])}"
            for figure in page.xpath("//dl[@class='paired__figures']/div")
        ]
        items = markdown.xpath("//h2[.='Head to head']/following-sibling::*")
        assert [text(found) for found in items if found.tag == "ul"][:0] == []
        assert " ".join(paired) in " ".join(text(found) for found in markdown.xpath("//li")), path
        for label, cells in decision_rows(page).items():
            assert [plain(cell) for cell in rows(markdown)[label]][:2] == cells, (path, label)
        scores = [text(score) for score in page.xpath("//span[@class='compared__score']")]
        headings = [text(heading) for heading in markdown.xpath("//h4")]
        assert [h.split(": ")[-1].split(",")[0] for h in headings if "/100" in h] == scores, path


def decision_rows(page):
    """{label: what its cells say} of the decision table, without sources."""
    found = {}
    for line in page.xpath("//table[@class='decision']//tr[td]"):
        label = text(line.xpath("./th")[0]).removesuffix(" differs")
        found[label] = [plain(text(cell)) for cell in line.xpath("./td")]
    return found


def test_the_places_of_a_ranking_are_those_of_its_page(client, sample):
    for path in [f"/rankings/{ranking}/" for ranking in Ranking] + [
        "/rankings/panel/coding-assistants/"
    ]:
        page, markdown = read(client, path)
        shown = [
            [plain(text(cell)) for cell in line.xpath("./*")] for line in page.xpath("//tbody/tr")
        ]
        written = [
            [plain(text(cell)) for cell in line.xpath("./*")]
            for line in markdown.xpath("//tbody/tr")
        ]

        assert [[rank, name + notes, *cells] for rank, name, notes, *cells in written] == shown, (
            path
        )
        assert shown or "No tool has" in text(markdown)


def test_changes_are_those_of_their_page(client, sample):
    page, markdown = read(client, "/changes/")

    events = [plain(text(event)) for event in page.xpath("//ol[@class='day__events']/li")]
    items = [plain(text(item).replace(" — ", " ")) for item in markdown.xpath("//li")]
    assert len(events) == 50
    assert items == [event.replace(" , now", "") for event in events]
