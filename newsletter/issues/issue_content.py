"""The content of an issue: stored once sending has started, until then built whenever it is shown."""

from newsletter.delivery.issue_email import IssueEmail
from newsletter.digest.digest import EVERYTHING, Digest, DigestFilter, build_digest
from newsletter.digest.sections import PARTS
from newsletter.models import Issue


def digest_of(issue: Issue) -> Digest | None:
    """Return the digest with all parts, including those that staff left out; None when it is empty."""
    if issue.content is not None:
        return Digest.from_json(issue.content)
    return build_digest(issue.since, issue.until)


def issue_email_of(
    issue: Issue, digest_filter: DigestFilter = EVERYTHING, digest: Digest | None = None
) -> IssueEmail | None:
    """Return the email for subscribers with this filter; None when nothing in the issue matches it.

    Pass `digest` to save building it again. Parts that staff left out do not count as content.
    """
    digest = digest or digest_of(issue)
    chosen_parts = digest and digest.only(issue.parts)
    filtered = chosen_parts and chosen_parts.filtered(digest_filter)
    return IssueEmail(issue, filtered) if filtered else None


def count_items(digest: Digest | None) -> dict[str, int]:
    """Return {part: number of items}."""
    contents = {part: getattr(digest, part, None) or () for part in PARTS}
    return {part: len(items) if isinstance(items, tuple) else 1 for part, items in contents.items()}
