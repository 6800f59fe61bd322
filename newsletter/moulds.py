"""The messages of issues that are being sent, each made once for all who read the same."""

from functools import lru_cache

from newsletter.digest import Digest
from newsletter.letter import Letter
from newsletter.message import Mould
from newsletter.models import Issue


class Moulds:
    """Bounded: bookmarks make choices that only one subscriber has, but often the same news."""

    def __init__(self, most=128):
        self._chosen = lru_cache(maxsize=8 * most)(self._chosen)
        self._mould = lru_cache(maxsize=most)(self._mould)
        self._frozen = lru_cache(maxsize=4)(self._frozen)

    def mould_of(self, issue_id, choices):
        """The Mould of the frozen issue for these Choices; None when it has nothing to say to them."""
        digest = self._chosen(issue_id, choices)
        return digest and self._mould(issue_id, digest)

    def _chosen(self, issue_id, choices):
        return self._frozen(issue_id)[1].chosen(choices)

    def _mould(self, issue_id, digest):
        letter = Letter(self._frozen(issue_id)[0], digest)
        return None if letter.is_empty else Mould(letter)

    def _frozen(self, issue_id):
        issue = Issue.objects.get(pk=issue_id)
        return issue, Digest.from_json(issue.content)
