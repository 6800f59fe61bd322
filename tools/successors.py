"""Chains of successors end: no tool leads back to itself, and none to more than LONGEST_CHAIN others.

The trigger `tool_successors_end` is the rule (tools/migrations/0002_rules.py). What stands here says the same in
words, before the database refuses it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence

from django.utils.translation import gettext

from tools.models import Tool

LONGEST_CHAIN = 20


def successor_problem(tool: Tool) -> str:
    """Return what is wrong with the successor that `tool` has now, not saved yet; "" if nothing is."""
    if tool.successor_id is None or tool.successor_id == tool.pk:
        return ""  # The second has a constraint of its own.
    at: int = tool.successor_id
    successors: dict[int, int] = {tool.pk: at}
    for _ in range(LONGEST_CHAIN):
        rows = Tool.objects.filter(pk=at, successor__isnull=False).exclude(pk=tool.pk)
        following = rows.values_list("successor", flat=True).first()
        if following is None:
            break
        successors[at], at = following, following
    chain = endless_chain(tool.pk, successors)
    return _sentence(chain) if chain else ""


def successor_problems() -> Iterator[str]:
    """Yield a sentence on each stored tool whose successors do not end."""
    rows = Tool.objects.filter(successor__isnull=False).order_by("pk")
    pairs = rows.values_list("pk", "successor")
    successors = {pk: successor for pk, successor in pairs if successor is not None}
    for start in successors:
        if chain := endless_chain(start, successors):
            yield _sentence(chain)


def endless_chain[Key: Hashable](start: Key, successors: Mapping[Key, Key]) -> list[Key]:
    """Return the tools from `start` to itself, or to one beyond LONGEST_CHAIN; [] if the chain ends before."""
    chain = [start]
    while (following := successors.get(chain[-1])) is not None:
        chain.append(following)
        if following == start or len(chain) > LONGEST_CHAIN + 1:
            return chain
    return []


def _sentence(chain: list[int]) -> str:
    names = Tool.objects.in_bulk(chain)
    return chain_words([str(names[tool_id]) for tool_id in chain])


def chain_words(chain: Sequence[str]) -> str:
    """Return what is wrong with an endless chain, by names or slugs."""
    words = {"tools": " → ".join(chain), "most": LONGEST_CHAIN}
    if chain[0] == chain[-1]:
        return gettext("Successors must not lead back to the tool itself: %(tools)s.") % words
    return gettext("More than %(most)d successors follow each other: %(tools)s.") % words
