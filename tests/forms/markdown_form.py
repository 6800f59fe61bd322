"""Reads the figures from the Markdown of the pages, parsed as any reader of Markdown would."""

import re
from datetime import datetime

from lxml import html
from markdown_it import MarkdownIt

from tests.forms.figures import Comparison, Fact, Rank, Ranking, Review, Tool
from tests.forms.html_form import community_in, notes_of, pair, text

parser = MarkdownIt("commonmark", {"html": False}).enable("table")


class MarkdownForm:
    def __init__(self, client):
        self.client = client

    def _sections(self, path):
        """Return the title of a document, its introduction, and {heading: what is under it} with all lower headings."""
        response = self.client.get(path)
        assert response.status_code == 200, path
        tree = html.fromstring(f"<main>{parser.render(response.content.decode())}</main>")
        title = text(tree.find("h1"))
        sections = under(tree, "h2")
        return title, sections.pop(""), sections

    def tool(self, slug):
        title, introduction, sections = self._sections(f"/tools/{slug}.md")
        panel, about = items(sections["Panel verdict"]), items(sections["About"])
        is_reviewed = "Verdict" in panel
        share = re.fullmatch(r"(\d+)% \((\d+) of (\d+)\)", panel.get("Panel ship", "0% (0 of 0)"))
        verdict = panel["Verdict"].split(",")[0] if is_reviewed else title.rpartition(": ")[2]
        return Tool(
            name=title.rpartition(": ")[0],
            tagline=tagline(introduction),
            best_for=known(about["Best for"]),
            skip_if=known(about["Skip if"]),
            pricing=about["Pricing"],
            entry=about["Entry"],
            verdict=verdict,
            ships=int(share[2]),
            reviews=int(share[3]),
            ship_percent=int(share[1]) if is_reviewed else None,
            score=panel["Panel score"].partition("/")[0] if is_reviewed else None,
            spread=int(panel["Spread"].partition(",")[0]) if is_reviewed else None,
            community=community_in(text(sections["Community"].find("p"))),
            facts=tuple(facts(sections["Facts"])),
            scorecard=tuple(reviews(sections["Reviewer scorecard"])),
        )

    def comparison(self, *slugs):
        _, _, sections = self._sections(f"/compare/{'-vs-'.join(slugs)}.md")
        line = [text(each) for each in sections["The bottom line"].findall("p")]
        names = [text(row[0]) for row in rows(sections["Figures"])]
        picks = [slug for slug, name in zip(slugs, names, strict=True) if is_pick(name)]
        names = [name.partition(" (panel")[0] for name in names]
        pairs = [items(each) for each in under(sections["Head to head"], "h3").values()]
        return Comparison(
            tools=tuple(link_slugs(sections["More"])),
            bottom_line=line[0],
            robustness=line[1] if line[1:] else "",
            pick=picks[0] if picks else None,
            differing=tuple(differing(sections["Decision table"])),
            pairs=tuple(pair(names, each) for each in pairs if "Scored both" in each),
        )

    def ranking(self, ranking, category=None):
        _, _, sections = self._sections(
            f"/rankings/{ranking}" + (f"/{category}" if category else "") + ".md"
        )
        ((heading, table),) = [each for each in sections.items() if "ranked tool" in each[0]]
        return Ranking(among=int(heading.split()[0]), ranks=tuple(rank(row) for row in rows(table)))


def under(tree, tag):
    """Take a tree apart: return {heading: element with what follows it, up to the next heading of that level}; "" is what comes first."""
    parts = {"": html.Element("section")}
    for element in list(tree):
        if element.tag == tag:
            heading = text(element)
            assert heading not in parts
            parts[heading] = html.Element("section")
        else:
            parts[list(parts)[-1]].append(element)
    return parts


def items(element):
    """Return {label: text} of the items of a list that have a label."""
    found = [text(item).partition(": ") for item in element.iter("li")]
    return {label: figure for label, colon, figure in found if colon}


def rows(element):
    return element.findall(".//tbody/tr")


def known(value):
    return "" if value == "Unknown" else value


def tagline(introduction):
    source, *paragraphs = [text(each) for each in introduction.findall("p")]
    assert source.startswith("Source: ")
    return next(each for each in paragraphs if not each.startswith("Sample content."))


def day(printed):
    return datetime.strptime(printed, "%d %b %Y").date()


def facts(element):
    for kind, value, source, checked in rows(element):
        if source.find("a") is not None:
            yield Fact(text(kind), text(value), source.find("a").get("href"), day(text(checked)))


def reviews(element):
    """Yield the current reviews, each followed by the earlier ones of its reviewer."""
    name, heading, paragraphs = None, None, []
    for each in [*element, html.Element("h3")]:
        if each.tag not in ("h3", "h4"):
            paragraphs.append(each)
            continue
        if heading is not None and "/100" in text(heading):
            yield review(name, heading, paragraphs)
        heading, paragraphs = each, []
        if each.tag == "h3" and each.text:
            name = text(each).rpartition(": ")[0]


def review(name, heading, paragraphs):
    score, verdict = re.search(r"(\d+)/100, (\w+)$", text(heading)).groups()
    words = " ".join(text(each) for each in paragraphs if each.tag == "p")
    version = re.search(r"Version: (.*?)\. Revision", words)
    confirmed = re.search(r"Still stands on (\d+ \w+ \d+)\.", words)
    reason = re.search(r"Why it changed: (.*)$", words)
    return Review(
        reviewer=name,
        revision=int(re.search(r"Revision (\d+)\.", words)[1]),
        is_current=heading.tag == "h3",
        score=int(score),
        verdict=verdict,
        basis=re.search(r"Basis: (.*?)\.", words)[1],
        tested_version=version[1] if version else "",
        reviewed_on=day(re.search(r"Reviewed on (\d+ \w+ \d+)\.", words)[1]),
        confirmed_on=day(confirmed[1]) if confirmed else None,
        reason=reason[1] if reason else "",
    )


def is_pick(name):
    return name.endswith(("(panel’s pick)", "(panel leans to it)"))


def link_slugs(element):
    """Return the slugs of the tools that a section links to."""
    found = [
        re.search(r"/tools/([^/]+)\.md$", link.get("href")) for link in element.iterfind(".//a")
    ]
    return [match[1] for match in found if match]


def differing(element):
    """Yield the labels of entry and facts that are marked; the first two groups are the verdict and the offer."""
    for number, group in enumerate(under(element, "h3").values()):
        for label, *_, mark in rows(group):
            if text(mark) == "differs" and (number > 2 or text(label) == "Entry"):
                yield text(label)


def rank(row):
    place, tool, _, *cells = row
    (slug,) = link_slugs(tool)
    return Rank(
        rank=int(text(place).removeprefix("=")),
        is_shared=text(place).startswith("="),
        tool=slug,
        figures=tuple(figure(text(cell)) for cell in cells),
    )


def figure(cell):
    """Return a figure with the interval or counts beside it."""
    number, _, beside = cell.removesuffix(")").partition(" (")
    return " ".join([number, *notes_of(beside.split(", "))])
