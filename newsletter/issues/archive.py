"""The public archive: issues that were sent or are being sent, for pages and feeds."""

from dataclasses import dataclass

from newsletter.digest.default_copy import default_preheader
from newsletter.digest.digest import Digest
from newsletter.digest.sections import Section, format_days, sections
from newsletter.models import Issue
from tools.page_versions import SAMPLE
from web.page_validator import Validator

# Every page of the archive. A trigger refuses changes to a published issue, so the version needs no content, only
# how many were cancelled while they were sent.
ARCHIVE_PAGE = Validator(f"""
SELECT {SAMPLE}, ROW(
    count(*), max(number), max(published_at), count(*) FILTER (WHERE state = 'cancelled')
)::text
FROM newsletter_issue WHERE published_at IS NOT NULL
""")  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class ArchivedIssue:
    """A public issue in full, made from its frozen content alone."""

    issue: Issue
    digest: Digest

    @classmethod
    def of(cls, issue: Issue) -> "ArchivedIssue":
        return cls(issue, Digest.from_json(issue.content))

    @property
    def sections(self) -> list[Section]:
        return sections(self.digest, self.issue.parts, self.issue.cadence)

    @property
    def days(self) -> str:
        return format_days(self.digest)

    @property
    def description(self) -> str:
        """One line for search engines and feeds."""
        return self.issue.preheader or default_preheader(self.digest)


def neighbours(issue: Issue) -> tuple[Issue | None, Issue | None]:
    """Return the previous and the next public issue; None where there is none."""
    public = Issue.objects.public().defer("content", "intro")
    return (
        public.filter(number__lt=issue.number).first(),
        public.filter(number__gt=issue.number).order_by("number").first(),
    )
