"""What a reader sees of a response."""

import html
import re


def words(response):
    """The text of the page's main part, without tags, on one line."""
    page = response.content.decode()
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", main[0] if main else page))
    return " ".join(text.split())


def links(response):
    """The link targets in the page's main part, in order."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return [html.unescape(address) for address in re.findall(r'<a [^>]*href="([^"]*)"', main)]


def names(response):
    """The names of the tools of a list, in order."""
    rows = re.findall(
        r'class="tool-row__name"><a [^>]*><bdi>(.*?)</bdi>', response.content.decode()
    )
    return [html.unescape(name) for name in rows]


def head(response, pattern):
    """What the first group of `pattern` finds in the page, on one line; None without a match."""
    found = re.search(pattern, response.content.decode(), re.DOTALL)
    return " ".join(html.unescape(found[1]).split()) if found else None


def canonical(response):
    return head(response, r'<link rel="canonical" href="([^"]*)"')


def robots(response):
    return head(response, r'<meta name="robots" content="([^"]*)"')


def description(response):
    return head(response, r'<meta name="description" content="([^"]*)"')


def title(response):
    return head(response, r"<title>(.*?)</title>")
