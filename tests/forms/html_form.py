"""Reads the figures from the pages, by what they print for people."""

import re
from datetime import date

from lxml import html

from tests.forms.figures import (
    Community,
    Comparison,
    Difference,
    Fact,
    Pair,
    Rank,
    Ranking,
    Review,
    Tool,
)

# Of a number with a real minus sign.
SIGNED = r"[+−]?[\d.]+"


class HtmlForm:
    def __init__(self, client):
        self.client = client

    def _main(self, path):
        response = self.client.get(path)
        assert response.status_code == 200, path
        return html.fromstring(response.content.decode()).find(".//main")

    def tool(self, slug):
        main = self._main(f"/tools/{slug}/")
        panel = section(main, "Panel verdict")
        figures = terms(panel)
        share = re.fullmatch(
            r"(\d+)\s*% \((\d+) of (\d+)\)", figures.get("Panel ship", "0% (0 of 0)")
        )
        is_reviewed = "Panel score" in figures
        about = terms(section(main, "About"))
        return Tool(
            name=text(main.find(".//h1")),
            tagline=text(one(main, ".//p[@class='lede']")),
            best_for=about.get("Best for", ""),
            skip_if=about.get("Skip if", ""),
            pricing=about["Pricing"],
            entry=about["Entry"],
            verdict=text(one(panel, ".//*[@class='verdict__word']")),
            ships=int(share[2]),
            reviews=int(share[3]),
            ship_percent=int(share[1]) if is_reviewed else None,
            score=figures.get("Panel score"),
            spread=int(figures["Spread"]) if is_reviewed else None,
            community=community_in(text(one(section(main, "Community"), ".//p[@class='tally']"))),
            facts=tuple(facts(section(main, "Facts"))),
            scorecard=tuple(
                review
                for article in main.findall(".//article[@class='review']")
                for review in reviews(article)
            ),
        )

    def comparison(self, *slugs):
        main = self._main(f"/compare/{'-vs-'.join(slugs)}/")
        cards = main.findall(".//article[@aria-labelledby]")
        cards = [card for card in cards if "tool-card" in card.get("class").split()]
        names = [text(card.find(".//h2//bdi")) for card in cards]
        tools = [card.find(".//h2/a").get("href").split("/")[2] for card in cards]
        picks = [tool for tool, card in zip(tools, cards, strict=True) if has_pick(card)]
        line = main.get_element_by_id("bottom-line")
        robustness = line.findall("p")[1:]
        lists = [each for each in main.findall(".//details/dl") if "Scored both" in terms(each)]
        return Comparison(
            tools=tuple(tools),
            bottom_line=text(line.findall("p")[0]),
            robustness=text(robustness[0]) if robustness else "",
            pick=picks[0] if picks else None,
            differing=tuple(differing(one(main, ".//table[@class='decision']"))),
            pairs=tuple(pair(names, terms(each)) for each in lists),
        )

    def ranking(self, ranking, category=None):
        main = self._main(f"/rankings/{ranking}/" + (f"{category}/" if category else ""))
        rows = main.findall(".//table/tbody/tr")
        return Ranking(
            among=int(re.search(r"(\d+) ranked tool", text(main))[1]),
            ranks=tuple(rank(row) for row in rows),
        )


def text(element):
    """Return the text of an element as a browser shows it, on one line."""
    return " ".join(element.text_content().split())


def one(element, path):
    (found,) = element.findall(path)
    return found


def section(main, heading):
    (found,) = [
        each
        for each in main.findall(".//section")
        if [text(h) for h in each.findall("h2")] == [heading]
    ]
    return found


def terms(element):
    """Return {term: description} of the definition lists in an element, terms without their explanation."""
    return {
        text(group.find("dt")).partition(" The ")[0]: text(group.find("dd"))
        for group in element.iter("div")
        if group.find("dt") is not None
    }


def day(element):
    """Return the date that a <time> prints: "23 Nov 2026"."""
    number, month, year = text(element).split()
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    printed = date(int(year), months.index(month[:3]) + 1, int(number))
    assert element.get("datetime") == printed.isoformat()
    return printed


def community_in(printed):
    counts = re.search(r"(\d+) ship / (\d+) skip", printed) or [0, 0, 0]
    share = re.match(r"(\d+)% ship (?:\(95% interval )?(\d+)–(\d+)%(?: ship)?, n = (\d+)", printed)
    held = re.search(r"(\d+) held", printed)
    if share:
        assert int(share[4]) == int(counts[1]) + int(counts[2])
    return Community(
        ships=int(counts[1]),
        skips=int(counts[2]),
        held=int(held[1]) if held else 0,
        ship_percent=int(share[1]) if share else None,
        interval=(int(share[2]), int(share[3])) if share else None,
    )


def facts(element):
    for line in element.findall("dl/div"):
        printed = line.find("dd")
        if text(printed) != "Unknown":
            yield Fact(
                kind=text(line.find("dt")),
                text=text(printed.find("span")),
                source_url=printed.find(".//a").get("href"),
                observed_on=day(printed.find(".//time")),
            )


def reviews(article):
    """Yield the current review and then the earlier ones of its reviewer."""
    earlier = article.findall(".//details/article")
    name = text(article.find("header/h3"))
    about = {
        text(group.find("dt")): group.find("dd") for group in article.iterfind("header/dl/div")
    }
    confirmed = about.get("Still stands on")
    yield Review(
        reviewer=name,
        revision=len(earlier) + 1,
        is_current=True,
        score=int(re.fullmatch(r"(\d+)/100", text(article.find("header/p")))[1]),
        verdict=text(one(article, "header//*[@class='verdict__word']")),
        basis=text(about["Basis"]),
        tested_version=text(about["Version"]) if "Version" in about else "",
        reviewed_on=day(about["Reviewed"].find("time")),
        confirmed_on=day(confirmed.find("time")) if confirmed is not None else None,
        reason=reason_in(article.findall("div/p")),
    )
    for number, old in enumerate(earlier):
        score, verdict = re.fullmatch(r"(\d+)/100 · (\w+)", text(old.find("h4"))).groups()
        parts = text(old.find("p")).split(" · ")
        version = parts[1].removeprefix("version ") if len(parts) == 3 else ""
        yield Review(
            reviewer=name,
            revision=len(earlier) - number,
            is_current=False,
            score=int(score),
            verdict=verdict,
            basis=parts[0],
            tested_version=version,
            reviewed_on=day(old.find("p/time")),
            confirmed_on=None,
            reason=reason_in(old.findall("p")[1:]),
        )


def reason_in(paragraphs):
    label = "Why it changed: "
    reasons = [
        text(each).removeprefix(label) for each in paragraphs if text(each).startswith(label)
    ]
    return reasons[0] if reasons else ""


def has_pick(card):
    return any(word in text(card) for word in ("Panel’s pick", "Panel leans to it"))


def differing(table):
    """Yield the labels of entry and facts that are marked; the first two groups are the verdict and the offer."""
    for number, group in enumerate(table.findall("tbody")):
        for row in group.findall("tr")[1:]:
            label, is_marked = re.fullmatch(r"(.*?)( differs)?", text(row.find("th"))).groups()
            if is_marked and (number > 1 or label == "Entry"):
                yield label


def pair(names, figures):
    first, second = (figures[f"Prefer {name}"] for name in names)
    both, either = re.fullmatch(r"(\d+) of (\d+)", figures["Scored both"]).groups()
    assert all(share.endswith(f" of {both}") for share in (first, second))
    differences, sign = of_first(names, figures["Differences"])
    mean, mean_sign = of_first(names, figures["Average lead"])
    return Pair(
        mean="0" if mean == "the same average" else turned(mean, mean_sign),
        interval=interval(names, figures.get("95% interval")),
        prefer_first=int(first.split()[0]),
        prefer_second=int(second.split()[0]),
        both=int(both),
        either=int(either),
        differences=tuple(
            Difference(name, int(turned(points, sign)))
            for name, points in re.findall(rf"(\S.*?) ({SIGNED})(?:, |$)", differences)
        ),
    )


def of_first(names, figure):
    """Return the figure without the tool that it is for, and 1 where that is the first one, -1 otherwise."""
    for name, sign in zip(names, (1, -1), strict=True):
        if figure.endswith(f" for {name}"):
            return figure.removesuffix(f" for {name}"), sign
    return figure, 1


def interval(names, figure):
    if figure is None:
        return None
    ends, sign = of_first(names, figure)
    low, high = (turned(end, sign) for end in ends.split(" to "))
    return (low, high) if sign > 0 else (high, low)


def turned(figure, sign):
    """Return "-3.5" for "−3.5", or for "+3.5" seen from the other side."""
    number = figure.replace("−", "-").removeprefix("+")
    if sign < 0 and number != "0":
        return number[1:] if number.startswith("-") else f"-{number}"
    return number


def rank(row):
    place, tool, *cells = row
    return Rank(
        rank=int(text(place).removeprefix("=")),
        is_shared=text(place).startswith("="),
        tool=tool.find("a").get("href").split("/")[2],
        figures=tuple(" ".join([text(cell.find("strong")), *notes(cell)]) for cell in cells),
    )


def notes(cell):
    """Return the interval of a score, and the counts of a share."""
    return notes_of(text(note) for note in cell.findall("span"))


def notes_of(printed):
    return [note for note in printed if re.fullmatch(r"[\d.]+–[\d.]+|\d+ of \d+", note)]
