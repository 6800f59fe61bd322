"""The short code by which staff distinguish networks: the first characters of a day's keyed hash."""

import re

from django.db.models import QuerySet

CODE_LENGTH = 8
_HASH_LENGTH = 16


def network_code(network: bytes | memoryview) -> str:
    return bytes(network).hex()[:CODE_LENGTH]


def is_code(text: str) -> bool:
    return re.fullmatch(rf"[0-9a-f]{{{CODE_LENGTH}}}", text) is not None


def in_network(votes: QuerySet, code: str) -> QuerySet:
    """Return those of `votes` whose network has that short code."""
    first = bytes.fromhex(code)
    last = first + b"\xff" * (_HASH_LENGTH - len(first))
    return votes.filter(network__gte=first, network__lte=last)
