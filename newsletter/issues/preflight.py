"""Checks of an issue before it is sent: errors prevent sending, warnings need a confirmation.

The checks change nothing. They look at the email with every part; a subscriber's own email may hold less,
never more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from newsletter.delivery.issue_email import MAX_HTML_BYTES, PARTS, PLACEHOLDER, IssueEmail
from newsletter.digest.default_copy import VISIBLE_SUBJECT
from newsletter.digest.items import ToolName
from newsletter.digest.sections import sections
from newsletter.issues.link_checker import is_internal, link_problem
from newsletter.models import Issue
from tools.models import Tool

NOTHING_TO_SEND = (
    "Nothing would be sent: no item that is included changed in the period of this issue. "
    "To send the introduction alone, tick “Announcement”."
)
REMINDER = re.compile(r"\b(?:TODO|TBD|FIXME|XXX+)\b|\?\?\?")
PLACEHOLDER_TEXT = re.compile(r"lorem ipsum|\{\{|\}\}|\{%|%\}", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>()\[\]]+")


@dataclass(frozen=True)
class Finding:
    """`topic` is what the finding is about, such as "Subject"; `message` says what to do."""

    is_error: bool
    topic: str
    message: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.message}"


def preflight(issue: Issue, issue_email: IssueEmail | None) -> list[Finding]:
    """Return the findings, errors first. `issue_email` is None when nothing would be sent."""
    if issue_email is None:
        return [_error("Content", NOTHING_TO_SEND)]
    findings = [
        *_check_text_fields(issue),
        *_check_period(issue),
        *_check_parts(issue, issue_email),
        *_check_tools(issue, issue_email),
        *_check_size(issue_email),
        *_check_html(issue_email),
        *_check_text_part(issue_email),
    ]
    return sorted(findings, key=lambda finding: not finding.is_error)


def errors_of(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_error]


def _error(topic: str, message: str) -> Finding:
    return Finding(True, topic, message)


def _warning(topic: str, message: str) -> Finding:
    return Finding(False, topic, message)


def _check_text_fields(issue: Issue) -> Iterator[Finding]:
    if not issue.subject.strip():
        yield _error("Subject", "Enter a subject.")
    elif len(issue.subject) > VISIBLE_SUBJECT:
        yield _warning(
            "Subject",
            f"It has {len(issue.subject)} characters. Phones show the first {VISIBLE_SUBJECT}.",
        )
    if issue.is_announcement and not issue.intro.strip():
        yield _error("Introduction", "Enter the text of the announcement.")
    for topic, text in [
        ("Subject", issue.subject),
        ("Preheader", issue.preheader),
        ("Introduction", issue.intro),
    ]:
        if match := PLACEHOLDER_TEXT.search(text):
            yield _error(topic, f"Replace the placeholder text “{match[0]}”.")
        elif match := REMINDER.search(text):
            yield _warning(topic, f"It contains “{match[0]}”. Is the text finished?")


def _check_parts(issue: Issue, issue_email: IssueEmail) -> Iterator[Finding]:
    if issue_email.digest.only(issue.parts) is None:
        yield _error("Parts", "The chosen parts have no changes. Include a part that has some.")
    for part in issue.parts:
        if part not in PARTS:
            yield _error("Parts", f"There is no part “{part}”. Remove it.")
        elif part not in issue_email.digest.parts:
            yield _warning("Parts", f"“{PARTS[part]}” is empty and will be left out.")


def _check_period(issue: Issue) -> Iterator[Finding]:
    sent = Issue.objects.public().filter(cadence=issue.cadence, until__gte=issue.until)
    newest = sent.order_by("-until").first()
    if newest:
        until = f"{timezone.localtime(newest.until):%-d %B %Y, %H:%M %Z}"
        yield _warning(
            "Period",
            f"Issue {newest.number} was sent already and covers the changes until {until}. "
            "Readers would get older news after newer.",
        )


def _check_tools(issue: Issue, issue_email: IssueEmail) -> Iterator[Finding]:
    items = [
        item
        for section in sections(issue_email.digest, issue.parts, issue.cadence)
        for item in section.items
    ]
    names = {tool.id: tool.name for item in items for tool in _tools_of(item)}
    statuses = dict(Tool.objects.published().filter(pk__in=names).values_list("pk", "status"))
    for pk, name in names.items():
        if pk not in statuses:
            yield _error("Tools", f"The issue mentions {name}, which is not published.")
    for item in items:
        successor = getattr(item, "successor", None)
        if successor and statuses.get(successor.id) == Tool.Status.DISCONTINUED:
            yield _warning(
                "Tools",
                f"{successor.name}, the successor of {item.tool.name}, is discontinued too.",
            )


def _tools_of(item: Any) -> Iterator[ToolName]:
    tools = [getattr(item, name, None) for name in ["tool", "first", "second", "successor"]]
    yield from filter(None, tools)


def _check_size(issue_email: IssueEmail) -> Iterator[Finding]:
    size = len(issue_email.html.encode())
    if size > MAX_HTML_BYTES:
        yield _error(
            "HTML",
            f"The email is {size / 1000:.0f} kB. Shorten it: mail programs cut off after 100 kB.",
        )


def _check_html(issue_email: IssueEmail) -> Iterator[Finding]:
    html = _Html(issue_email.html)
    if not any(PLACEHOLDER in address for _, address in html.links):
        yield _error("HTML", "The unsubscribe link is missing.")
    for image in html.images_without_alt:
        yield _error("HTML", f"The image {image} has no alternative text. Add one.")
    for text, address in dict.fromkeys(html.links):
        if problem := _problem_of_link(address):
            link = f"“{text}” ({address})" if address else f"“{text}”"
            yield _error("HTML", f"Fix the link {link}. {problem}")


def _check_text_part(issue_email: IssueEmail) -> Iterator[Finding]:
    if not issue_email.text.strip():
        yield _error("Text", "The plain text part is missing.")
        return
    addresses = [address.rstrip(".,;:!?*_'\"”") for address in ADDRESS.findall(issue_email.text)]
    if not any(PLACEHOLDER in address for address in addresses):
        yield _error("Text", "The unsubscribe link is missing.")
    in_html = {address for _, address in _Html(issue_email.html).links}
    for address in dict.fromkeys(addresses):
        if address not in in_html and (problem := _problem_of_link(address)):
            yield _error("Text", f"Fix the link {address}. {problem}")


def _problem_of_link(address: str) -> str:
    """Return a sentence, or "". External and personal links are not followed."""
    if not address:
        return "It has no address."
    try:
        scheme, host, *_ = urlsplit(address)
    except ValueError:
        scheme = host = ""
    if scheme == "mailto" and address != "mailto:":
        return ""
    if scheme not in {"http", "https"} or not host:
        return "It does not work in an email: use a full address that begins with https://."
    return "" if PLACEHOLDER in address or not is_internal(address) else link_problem(address)


class _Html(HTMLParser):
    """`links`: [(text, address)]; `images_without_alt`: the sources of images without `alt`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.images_without_alt: list[str] = []
        self._address: str | None = None
        self._text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a":
            self._address, self._text = values.get("href") or "", []
        elif tag == "img":
            if (alt := values.get("alt")) is None:
                self.images_without_alt.append(values.get("src") or "without a source")
            else:
                self._text.append(alt)

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address is not None:
            self.links.append((" ".join("".join(self._text).split()), self._address))
            self._address = None
