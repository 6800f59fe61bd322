"""The messages of issues that are being sent, each made once for all who read the same."""

from functools import lru_cache

from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.message_template import MessageTemplate
from newsletter.digest.digest import Digest
from newsletter.models import Issue


class MessageCache:
    """Bounded: bookmarks make choices that only one subscriber has, but often the same news."""

    def __init__(self, most=128):
        self._chosen = lru_cache(maxsize=8 * most)(self._chosen)
        self._template = lru_cache(maxsize=most)(self._template)
        self._frozen = lru_cache(maxsize=4)(self._frozen)

    def template_for(self, issue_id, choices):
        """The MessageTemplate of the frozen issue for these DigestFilter; None when it has nothing to say to them."""
        digest = self._chosen(issue_id, choices)
        return digest and self._template(issue_id, digest)

    def _chosen(self, issue_id, choices):
        return self._frozen(issue_id)[1].chosen(choices)

    def _template(self, issue_id, digest):
        issue_email = IssueEmail(self._frozen(issue_id)[0], digest)
        return None if issue_email.is_empty else MessageTemplate(issue_email)

    def _frozen(self, issue_id):
        issue = Issue.objects.get(pk=issue_id)
        return issue, Digest.from_json(issue.content)
