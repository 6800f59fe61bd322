"""Made-up subscribers for the preview: what each wants to read, without anybody's data."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from newsletter.digest.digest import EVERYTHING, Digest, DigestFilter
from newsletter.models import Issue

MOST_BOOKMARKS = 3


@dataclass(frozen=True)
class Profile:
    code: str
    label: str
    digest_filter: DigestFilter


def profiles_of(issue: Issue, digest: Digest | None) -> list[Profile]:
    """Return the profiles that show `digest` whole, by one category and by bookmarks."""
    profiles = [Profile("all", _described(gettext("Follows all tools"), issue), EVERYTHING)]
    tools = list(dict.fromkeys(item.tool for item in digest.news)) if digest else []
    if tools:
        label = gettext("Follows only %(category)s") % {"category": tools[0].category_name}
        followed = DigestFilter(categories=frozenset([tools[0].category]))
        bookmarked = frozenset(tool.id for tool in tools[:MOST_BOOKMARKS])
        profiles += [
            Profile("category", _described(label, issue), followed),
            Profile(
                "bookmarks",
                _described(_bookmarks(len(bookmarked)), issue),
                DigestFilter(tools=bookmarked),
            ),
        ]
    return profiles


def _bookmarks(count: int) -> str:
    text = ngettext("Has a bookmark of %(count)d tool", "Has bookmarks of %(count)d tools", count)
    return text % {"count": count}


def _described(label: str, issue: Issue) -> str:
    return f"{label} ({issue.get_cadence_display().lower()})"
