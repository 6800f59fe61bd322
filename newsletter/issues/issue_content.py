"""An issue as it stands: frozen once sending started, until then built anew whenever somebody looks."""

from newsletter.delivery.issue_email import IssueEmail
from newsletter.digest.digest import EVERYTHING, Digest, build_digest
from newsletter.digest.sections import PARTS


def digest_of(issue):
    """Everything that the issue has to tell, also in parts that are left out; None when that is nothing."""
    if issue.content is not None:
        return Digest.from_json(issue.content)
    return build_digest(issue.since, issue.until)


def issue_email_of(issue, choices=EVERYTHING, digest=None):
    """The IssueEmail to a subscriber with these `choices`; None when the issue has nothing to say to them.

    `digest` saves building it again. What is left out by staff is not news: as when it is sent.
    """
    digest = digest or digest_of(issue)
    told = digest and digest.only(issue.parts)
    chosen = told and told.chosen(choices)
    return IssueEmail(issue, chosen) if chosen else None


def count_items(digest):
    """{part: how many things it has to tell}."""
    told = {part: getattr(digest, part, None) or () for part in PARTS}
    return {part: len(items) if isinstance(items, tuple) else 1 for part, items in told.items()}
