"""The default subject, preheader and parts of an issue. Staff may edit them."""

from django.utils.text import Truncator
from django.utils.translation import ngettext

from newsletter.digest.digest import Digest
from newsletter.digest.items import ChangedVerdict, Divisive, NewVerdict, OtherChange, StatusChange
from newsletter.digest.sections import PARTS
from newsletter.models.issue import PREHEADER_LENGTH, SUBJECT_LENGTH

type NewsItem = ChangedVerdict | NewVerdict | StatusChange | OtherChange

MAX_NAME = 40
EMPTY_SUBJECT = "No changes"
NEWS = ("changed", "new", "status", "other")


def default_subject(digest: Digest | None) -> str:
    """Name the first change and count the others: "Ada is now Ship, and 4 more changes"."""
    if digest is None:
        return EMPTY_SUBJECT
    first, *others = [item for part in NEWS for item in getattr(digest, part)]
    sentence = _describe(first)
    if not others:
        return Truncator(sentence).chars(SUBJECT_LENGTH)
    subject = ngettext(
        "%(first)s, and %(count)d more change", "%(first)s, and %(count)d more changes", len(others)
    )
    without_first = subject % {"first": "", "count": len(others)}
    first_change = Truncator(sentence).chars(SUBJECT_LENGTH - len(without_first))
    return subject % {"first": first_change, "count": len(others)}


def default_preheader(digest: Digest | None) -> str:
    """Count the changes: "2 changed verdicts, 5 new verdicts. Most divisive: Ada."."""
    if digest is None:
        return ""
    counts = ", ".join(
        _count(part, len(items)) for part in NEWS if (items := getattr(digest, part))
    )
    sentence = f"{counts}."
    if digest.divisive:
        sentence = f"{counts}. Most divisive: {_name(digest.divisive)}."
    return Truncator(sentence).chars(PREHEADER_LENGTH)


def default_parts(digest: Digest | None) -> list[str]:
    """Return the parts that have content, in the default order; all of them for an empty digest."""
    return [part for part in PARTS if digest is None or part in digest.parts]


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


def _describe(item: NewsItem) -> str:
    name = _name(item)
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


def _name(item: NewsItem | Divisive) -> str:
    return Truncator(item.tool.name).chars(MAX_NAME)
