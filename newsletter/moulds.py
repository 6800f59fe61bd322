"""The messages of issues that are being sent, each made once for all who chose the same."""

from functools import lru_cache

from newsletter.digest import Digest
from newsletter.letter import Letter
from newsletter.message import Mould
from newsletter.models import Issue


class Moulds:
    """Bounded: bookmarks make choices that only one subscriber has."""

    def __init__(self, most=128):
        self.mould_of = lru_cache(maxsize=most)(self._mould_of)
        self._issue = lru_cache(maxsize=4)(self._read)

    def _mould_of(self, issue_id, choices):
        """The Mould of the frozen issue for these Choices; None when it has nothing to say to them."""
        issue, digest = self._issue(issue_id)
        chosen = digest.chosen(choices)
        letter = chosen and Letter(issue, chosen)
        return Mould(letter) if letter and not letter.is_empty else None

    @staticmethod
    def _read(issue_id):
        issue = Issue.objects.get(pk=issue_id)
        return issue, Digest.from_json(issue.content)
