"""The content of an issue: stored once sending has started, until then built whenever it is shown."""

from dataclasses import replace

from newsletter.delivery.issue_email import IssueEmail
from newsletter.digest.digest import EVERYTHING, Digest, DigestFilter, build_digest
from newsletter.digest.edits import edited, edits_of
from newsletter.digest.sections import PARTS
from newsletter.models import Issue


def changes_of(issue: Issue) -> Digest | None:
    """Return everything that changed in the period of a draft, whatever staff left out; None without changes."""
    return build_digest(issue.since, issue.until)


def digest_of(issue: Issue) -> Digest | None:
    """Return the digest that is sent: the chosen parts, as staff edited them. None when nothing is to be sent."""
    if issue.content is not None:
        return Digest.from_json(issue.content)
    return edited_digest(issue, changes_of(issue))


def edited_digest(issue: Issue, changes: Digest | None) -> Digest | None:
    """Return `changes` as staff edited them; an announcement is sent without changes, too."""
    digest = changes and edited(changes, edits_of(issue.edits))
    if issue.is_announcement:
        digest = replace(digest or Digest(issue.since, issue.until), is_announcement=True)
    return digest and digest.only(issue.parts)


def issue_email_of(
    issue: Issue, digest_filter: DigestFilter = EVERYTHING, digest: Digest | None = None
) -> IssueEmail | None:
    """Return the email for subscribers with this filter; None when nothing in the issue matches it.

    Pass `digest` to save building it again.
    """
    digest = digest or digest_of(issue)
    filtered = digest and digest.filtered(digest_filter)
    return IssueEmail(issue, filtered) if filtered else None


def count_items(digest: Digest | None) -> dict[str, int]:
    """Return {part: number of items}."""
    contents = {part: getattr(digest, part, None) or () for part in PARTS}
    return {part: len(items) if isinstance(items, tuple) else 1 for part, items in contents.items()}
