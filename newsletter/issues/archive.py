"""What went out, as pages and feeds of the site show it."""

from dataclasses import dataclass

from django.db import connection

from newsletter.digest.digest import Digest
from newsletter.digest.sections import Section, first_day, last_day, sections
from newsletter.models import Issue

# What is published of an issue never changes again (a trigger refuses it), so its number stands for all.
STATE = """
SELECT count(*), max(number), max(published_at),
    (SELECT coalesce(bool_or(is_sample), false) FROM tools_tool WHERE published_at <= now())
FROM newsletter_issue WHERE published_at IS NOT NULL
"""


@dataclass(frozen=True)
class ArchiveVersion:
    """What every page of the archive depends on. `holds_sample` is what the site's footer says."""

    version: str
    holds_sample: bool


def archive_version():
    with connection.cursor() as cursor:
        cursor.execute(STATE)
        count, newest, at, holds_sample = cursor.fetchone()
    return ArchiveVersion(f"issues:{count}:{newest}:{at}:{holds_sample}", holds_sample)


@dataclass(frozen=True)
class ArchivedIssue:
    """A public issue, with everything that it told; made of its frozen content alone."""

    issue: Issue
    digest: Digest

    @classmethod
    def of(cls, issue):
        return cls(issue, Digest.from_json(issue.content))

    @property
    def sections(self) -> list[Section]:
        return sections(self.digest, self.issue.parts, self.issue.cadence)

    @property
    def first_day(self):
        return first_day(self.digest)

    @property
    def last_day(self):
        return last_day(self.digest)

    @property
    def description(self):
        """One line for search engines and feeds."""
        if self.issue.preheader:
            return self.issue.preheader
        counts = [
            f"{section.heading.lower()}: {len(section.items)}"
            for section in self.sections
            if section.name in {"changed", "new", "status"}
        ]
        return (", ".join(counts) or "What changed for AI tools").capitalize() + "."


def neighbours(issue):
    """(the issue before, the issue after) among the public ones; None where there is none."""
    public = Issue.objects.public().defer("content", "intro")
    return (
        public.filter(number__lt=issue.number).first(),
        public.filter(number__gt=issue.number).order_by("number").first(),
    )
