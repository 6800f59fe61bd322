"""What pages and the API say of tools and comparisons, without what a day of the past declares to leave out."""

import json
import re
from itertools import combinations

import lxml.html

from tools.comparison_urls import DIVIDER
from tools.models import Tool

# Declared: what a page of a past day leaves out, because nothing records it by day or because it acts.
LEFT_OUT = [
    # Who had not reviewed it, ranks, similar tools, kinds of facts of which nothing is known.
    "p[@class='scorecard__missing']",
    "table[@class='panel-table']//tr[contains(., 'not reviewed yet')]",
    "caption[@class='panel-table__caption']",
    "p[contains(., 'Rank by panel score')]",
    "section[@aria-labelledby='compare']",
    "section[@aria-labelledby='facts'][not(.//dd[not(@class)])]",
    "h3[@class='facts__group'][not(following-sibling::dl[1]//dd[not(@class)])]",
    "div[@class='facts__line'][dd/@class='facts__unknown']",
    "p[contains(., 'the fact has not been looked up')]",
    # What acts on today's: votes, bookmarks, choices. The tally stays.
    "section[contains(@class, 'vote-box')]/*[not(contains(@class, 'tally'))]",
    "div[@class='tool-head__links']",
    "p[@class='tool-head__links']",
    "nav[@class='jump-links']",
    "div[@class='choose__actions']",
    "h2[@id='choose']",
    "section[@id='my-weights']",
    "section[@aria-labelledby='add-title']",
    "p[@class='more']",
    # The line that says which day it is, and how to cite the page.
    "p[contains(@class, 'notice--plain')][contains(., 'This is the')]",
    "details[contains(summary, 'Cite this page')]",
]
# The present address and what is made of it, and the day itself.
API_FIELDS = {"url", "slug", "on"}
# How a chart of votes words its period.
PERIOD = re.compile(r"the last 90 days|the 90 days up to \d+ \w+ \d{4}")
# An address that changed later.
LATER = re.compile(r"\b(alpha|beta|gamma|later)-\d+\b")
# Entries of the change log name a successor by its present name, and only if it is public today.
SUCCESSOR = re.compile(r"; use (Beta|Gamma|Later)( \d+)?\b")
NAMES = re.compile(r"\b(Beta|Gamma|Later)( \d+)?\b")


def groups_of(tools):
    """Every two of the tools, and the first three, by primary key."""
    keys = [tool.pk for tool in tools]
    return [*combinations(keys, 2), tuple(keys[:3])]


def said(client, tools, groups, query=""):
    """{(what, tools): text} of those of the tools, and of their comparisons, that are published."""
    stored = Tool.objects.published().in_bulk([tool.pk for tool in tools])
    paths = {
        (pk,): ["/tools/{}/", "/api/v1/tools/{}/", "/api/v1/tools/{}/scorecard/"] for pk in stored
    }
    compared = [group for group in groups if stored.keys() >= set(group)]
    paths |= {key: ["/compare/{}/", "/api/v1/comparisons/{}/"] for key in compared}
    found = {}
    for group, of_group in paths.items():
        slugs = DIVIDER.join(sorted(stored[pk].slug for pk in group))
        for path in of_group:
            keep(found, (path, group), client.get(path.format(slugs) + query))
    return found


def keep(found, key, response):
    assert response.status_code in {200, 404}
    if response.status_code == 200:
        is_json = key[0].startswith("/api/")
        text = text_of_json(response.json()) if is_json else text_of_page(response)
        found[key] = LATER.sub(r"\1", text)


def text_of_json(answer):
    kept = {name: value for name, value in answer.items() if name not in API_FIELDS}
    return json.dumps(kept, indent=1)


def text_of_page(response):
    main = lxml.html.document_fromstring(response.content.decode()).get_element_by_id("main")
    for part in LEFT_OUT:
        for element in main.xpath(f".//{part}"):
            element.drop_tree()
    for element in main.xpath(".//section[@aria-labelledby='ledger']//*"):
        element.text = NAMES.sub(r"\1", SUCCESSOR.sub("", element.text or ""))
    return PERIOD.sub("90 days", " ".join(main.text_content().split()))
