"""What is wrong with an issue before it goes out: errors stop it, warnings ask.

It reads and changes nothing. What it finds is true for the issue_email with every part; a subscriber's own may
have less in it, never more.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from newsletter.delivery.issue_email import LARGEST, PARTS, PLACEHOLDER
from newsletter.digest.sections import sections
from newsletter.issues.link_checker import is_internal, link_problem
from tools.models import Tool

# Letters of a subject that phones show.
SHOWN_OF_SUBJECT = 70
LEFT_OVER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX+)\b|\?\?\?")
NEVER_MEANT = re.compile(r"lorem ipsum|\{\{|\}\}|\{%|%\}", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>()\[\]]+")


@dataclass(frozen=True)
class Finding:
    is_error: bool
    where: str
    words: str

    def __str__(self):
        return f"{self.where}: {self.words}"


def preflight(issue, issue_email):
    """The Findings, errors first. `issue_email` is None when the digest has nothing to say."""
    if issue_email is None:
        return [_error("Content", "The ledger tells of nothing in the time of this issue.")]
    found = [
        *_written(issue),
        *_parts(issue, issue_email),
        *_tools(issue, issue_email),
        *_size(issue_email),
        *_html(issue_email),
        *_text(issue_email),
    ]
    return sorted(found, key=lambda finding: not finding.is_error)


def errors_of(findings):
    return [finding for finding in findings if finding.is_error]


def _error(where, words):
    return Finding(True, where, words)


def _warning(where, words):
    return Finding(False, where, words)


def _written(issue):
    """What staff wrote."""
    if not issue.subject.strip():
        yield _error("Subject", "It is empty.")
    elif len(issue.subject) > SHOWN_OF_SUBJECT:
        yield _warning(
            "Subject", f"It has {len(issue.subject)} characters; phones show {SHOWN_OF_SUBJECT}."
        )
    if not issue.preheader.strip():
        yield _warning("Preheader", "It is empty: mail programs show the first words instead.")
    for where, text in [
        ("Subject", issue.subject),
        ("Preheader", issue.preheader),
        ("Introduction", issue.intro),
    ]:
        if left := NEVER_MEANT.search(text):
            yield _error(where, f"It holds “{left[0]}”.")
        elif left := LEFT_OVER.search(text):
            yield _warning(where, f"It holds “{left[0]}”. Is it finished?")


def _parts(issue, issue_email):
    if issue_email.digest.only(issue.parts) is None:
        yield _error("Parts", "Nothing of what is left in is news: there would be nothing to send.")
    for part in issue.parts:
        if part not in PARTS:
            yield _error("Parts", f"There is no part “{part}”.")
        elif part not in issue_email.digest.parts:
            yield _warning("Parts", f"“{PARTS[part]}” has nothing to tell, and is left out.")


def _tools(issue, issue_email):
    told = {tool.id: tool.name for tool in _tools_of(issue, issue_email)}
    published = set(Tool.objects.published().filter(pk__in=told).values_list("pk", flat=True))
    for pk, name in told.items():
        if pk not in published:
            yield _error("Tools", f"{name} is not published, and the issue tells of it.")


def _tools_of(issue, issue_email):
    for section in sections(issue_email.digest, issue.parts, issue.cadence):
        for item in section.items:
            named = [getattr(item, name, None) for name in ["tool", "first", "second", "successor"]]
            yield from filter(None, named)


def _size(issue_email):
    size = len(issue_email.html.encode())
    if size > LARGEST:
        yield _error("HTML", f"It has {size / 1000:.0f} kB; mail programs cut it off at 100 kB.")


def _html(issue_email):
    html = _Html(issue_email.html)
    if not any(PLACEHOLDER in address for _, address in html.links):
        yield _error("HTML", "It has no link to unsubscribe.")
    for image in html.images_without_words:
        yield _error("HTML", f"The picture {image} has no alternative text.")
    for words, address in dict.fromkeys(html.links):
        if problem := _problem_of_link(address):
            to = f" to {address}" if address else ""
            yield _error("HTML", f"The link “{words}”{to} {problem}.")


def _text(issue_email):
    if not issue_email.text.strip():
        yield _error("Text", "There is no text part.")
        return
    addresses = [address.rstrip(".,;:!?*_'\"”") for address in ADDRESS.findall(issue_email.text)]
    if not any(PLACEHOLDER in address for address in addresses):
        yield _error("Text", "It has no link to unsubscribe.")
    in_html = {address for _, address in _Html(issue_email.html).links}
    for address in dict.fromkeys(addresses):
        if address not in in_html and (problem := _problem_of_link(address)):
            yield _error("Text", f"The link {address} {problem}.")


def _problem_of_link(address):
    """Links to other sites, and a subscriber's own, are not followed."""
    if not address:
        return "has no address"
    try:
        scheme, host, *_ = urlsplit(address)
    except ValueError:
        scheme = host = ""
    if scheme == "mailto" and address != "mailto:":
        return ""
    if scheme not in {"http", "https"} or not host:
        return "leads nowhere from a mail"
    return "" if PLACEHOLDER in address or not is_internal(address) else link_problem(address)


class _Html(HTMLParser):
    """`links`: [(words, address)]; `images_without_words`: the sources of those without `alt`."""

    def __init__(self, html):
        super().__init__()
        self.links, self.images_without_words = [], []
        self._address, self._words = None, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a":
            self._address, self._words = attrs.get("href") or "", []
        elif tag == "img":
            if attrs.get("alt") is None:
                self.images_without_words.append(attrs.get("src") or "without a source")
            else:
                self._words.append(attrs["alt"])

    def handle_data(self, data):
        self._words.append(data)

    def handle_endtag(self, tag):
        if tag == "a" and self._address is not None:
            self.links.append((" ".join("".join(self._words).split()), self._address))
            self._address = None
