"""The message templates of issues that are being sent, each built once for everybody who reads the same."""

from collections.abc import Callable
from functools import lru_cache

from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.message_template import MessageTemplate
from newsletter.digest.digest import Digest, DigestFilter
from newsletter.models import Issue


class MessageCache:
    """A bounded cache. Bookmarks give nearly every subscriber their own filter, but often the same digest."""

    def __init__(self) -> None:
        self._filtered: Callable = lru_cache(maxsize=1024)(self._filter)
        self._template: Callable = lru_cache(maxsize=128)(self._build_template)
        self._content: Callable = lru_cache(maxsize=4)(self._read_content)

    def template_for(self, issue_id: int, digest_filter: DigestFilter) -> MessageTemplate | None:
        """Return the MessageTemplate for a filter; None when the issue has nothing that matches it."""
        digest = self._filtered(issue_id, digest_filter)
        return digest and self._template(issue_id, digest)

    def _filter(self, issue_id: int, digest_filter: DigestFilter) -> Digest | None:
        return self._content(issue_id)[1].filtered(digest_filter)

    def _build_template(self, issue_id: int, digest: Digest) -> MessageTemplate | None:
        issue_email = IssueEmail(self._content(issue_id)[0], digest)
        return None if issue_email.is_empty else MessageTemplate(issue_email)

    def _read_content(self, issue_id: int) -> tuple[Issue, Digest]:
        issue = Issue.objects.get(pk=issue_id)
        return issue, Digest.from_json(issue.content)
