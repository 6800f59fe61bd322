"""The subject and the preheader that a digest proposes: staff may write better ones."""

from django.utils.text import Truncator

from newsletter.digest.sections import PARTS
from newsletter.models import Issue

SUBJECT = Issue._meta.get_field("subject").max_length
PREHEADER = Issue._meta.get_field("preheader").max_length
LONGEST_NAME = 40
NOTHING = "Nothing to say"
COUNTED = {
    "changed": ("changed verdict", "changed verdicts"),
    "new": ("new verdict", "new verdicts"),
    "status": ("change of status", "changes of status"),
    "other": ("other change", "other changes"),
}


def default_subject(digest):
    """What comes first, by name, and how much more there is: "Ada is now Ship, and 4 more changes"."""
    if digest is None:
        return NOTHING
    told = [_words(part, item) for part in COUNTED for item in getattr(digest, part)]
    more = len(told) - 1
    and_more = f", and {more} more change{'s' * (more > 1)}" if more else ""
    return Truncator(told[0]).chars(SUBJECT - len(and_more)) + and_more


def default_preheader(digest):
    """How many of what: "2 changed verdicts, 5 new verdicts. Most divisive: Ada."."""
    if digest is None:
        return ""
    counts = [(len(getattr(digest, part)), *words) for part, words in COUNTED.items()]
    told = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)
    if digest.divisive:
        told += f". {PARTS['divisive']}: {_name(digest.divisive)}"
    return Truncator(f"{told}.").chars(PREHEADER)


def default_parts(digest):
    """The parts that have something to tell, in the default order; all of them when none has."""
    return [part for part in PARTS if digest is None or part in digest.parts]


def _words(part, item):
    name = _name(item)
    match part:
        case "changed" if item.is_back:
            return f"{name} is back to {item.word}"
        case "changed":
            return f"{name} is now {item.word}"
        case "new":
            return f"{name}: {item.word}"
        case "status":
            return f"{name} is {item.now.lower()}"
        case _:
            return f"{name}: {item.label.lower()}"


def _name(item):
    return Truncator(item.tool.name).chars(LONGEST_NAME)
