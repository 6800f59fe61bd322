"""The short code by which staff tell networks apart: the first letters of a day's keyed hash."""

import re

CODE_LENGTH = 8
_HASH_LENGTH = 16


def network_code(network):
    return bytes(network).hex()[:CODE_LENGTH]


def is_code(text):
    return re.fullmatch(rf"[0-9a-f]{{{CODE_LENGTH}}}", text) is not None


def in_network(votes, code):
    """Those of `votes` (a queryset) whose network has that short code."""
    first = bytes.fromhex(code)
    last = first + b"\xff" * (_HASH_LENGTH - len(first))
    return votes.filter(network__gte=first, network__lte=last)
