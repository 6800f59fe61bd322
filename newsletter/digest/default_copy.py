"""The default subject, preheader and parts of an issue. Staff may edit them."""

from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from newsletter.digest.digest import NEWS, Digest, NewsItem
from newsletter.digest.items import (
    ChangedVerdict,
    ComparedPair,
    NewVerdict,
    OtherChange,
    StatusChange,
    ToolName,
)
from newsletter.digest.sections import PARTS
from newsletter.models.issue import PREHEADER_LENGTH, SUBJECT_LENGTH

MAX_NAME = 40
EMPTY_SUBJECT = "No changes"
SUGGESTIONS = 3
VISIBLE_SUBJECT = 70  # characters that phones show


def default_subject(digest: Digest | None) -> str:
    """Name the first change and count the others: "Ada is now Ship, and 4 more changes"."""
    if digest is None or not digest.has_news:
        return EMPTY_SUBJECT
    first, *others = _headlines(digest)
    sentence = describe_item(first)
    if not others:
        return Truncator(sentence).chars(SUBJECT_LENGTH)
    subject = ngettext(
        "%(first)s, and %(count)d more change", "%(first)s, and %(count)d more changes", len(others)
    )
    without_first = subject % {"first": "", "count": len(others)}
    first_change = Truncator(sentence).chars(SUBJECT_LENGTH - len(without_first))
    return subject % {"first": first_change, "count": len(others)}


def suggested_subjects(digest: Digest | None) -> list[str]:
    """Return up to SUGGESTIONS subjects: the default, two changes, the comparison, the panel, the counts.

    All but the default are short enough for a phone.
    """
    if digest is None or not digest.has_news:
        return []
    first, *others = _headlines(digest)
    subjects = []
    if others:
        subjects.append(f"{describe_item(first)}. {describe_item(others[0])}")
    if digest.comparison:
        subjects.append(_compared(digest.comparison))
    if digest.divisive:
        text = gettext("The panel disagrees about %(tool)s")
        subjects.append(text % {"tool": _name(digest.divisive.tool)})
    subjects.append(_counts(digest))
    fitting = [subject for subject in subjects if len(subject) <= VISIBLE_SUBJECT]
    return list(dict.fromkeys([default_subject(digest), *fitting]))[:SUGGESTIONS]


def default_preheader(digest: Digest | None) -> str:
    """Count the changes: "2 changed verdicts, 5 new verdicts. Most divisive: Ada."."""
    if digest is None or not digest.has_news:
        return ""
    sentence = f"{_counts(digest)}."
    if digest.divisive:
        sentence += f" Most divisive: {_name(digest.divisive.tool)}."
    return Truncator(sentence).chars(PREHEADER_LENGTH)


def default_parts(digest: Digest | None) -> list[str]:
    """Return the parts that have content, in the default order; all of them for an empty digest."""
    return [part for part in PARTS if digest is None or part in digest.parts]


def _headlines(digest: Digest) -> list[NewsItem]:
    """Return the news, the leads first. A verdict on a tool that was discontinued since comes last."""
    leads = digest.lead_items
    ended = {item.tool.id for item in digest.status if item.is_discontinued}
    rest = [item for item in digest.news if item not in leads]
    overtaken = [
        item for item in rest if item.tool.id in ended and not isinstance(item, StatusChange)
    ]
    return [*leads, *[item for item in rest if item not in overtaken], *overtaken]


def _counts(digest: Digest) -> str:
    return ", ".join(_count(part, len(items)) for part in NEWS if (items := getattr(digest, part)))


def _compared(pair: ComparedPair) -> str:
    names = {"first": _name(pair.first), "second": _name(pair.second), "both": pair.both}
    if pair.prefer_first > pair.prefer_second:
        text = gettext("%(prefer)d of %(both)d reviewers prefer %(first)s to %(second)s")
        return text % {**names, "prefer": pair.prefer_first}
    return gettext("%(first)s vs %(second)s: how the panel compares them") % names


def _count(part: str, number: int) -> str:
    match part:
        case "changed":
            text = ngettext("%(n)d changed verdict", "%(n)d changed verdicts", number)
        case "new":
            text = ngettext("%(n)d new verdict", "%(n)d new verdicts", number)
        case "status":
            text = ngettext("%(n)d change of status", "%(n)d changes of status", number)
        case _:
            text = ngettext("%(n)d other change", "%(n)d other changes", number)
    return text % {"n": number}


def describe_item(item: NewsItem) -> str:
    name = _name(item.tool)
    match item:
        case ChangedVerdict(is_back=True):
            return f"{name} is back to {item.word}"
        case ChangedVerdict():
            return f"{name} is now {item.word}"
        case NewVerdict():
            return f"{name}: {item.word}"
        case StatusChange():
            return f"{name} is {item.now.lower()}"
        case OtherChange():
            return f"{name}: {item.label.lower()}"


def _name(tool: ToolName) -> str:
    return Truncator(tool.name).chars(MAX_NAME)
