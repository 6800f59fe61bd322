"""What each subscriber wants to hear of."""

from bookmarks.models import Bookmark
from newsletter.digest.digest import EVERYTHING, DigestFilter
from newsletter.models import Subscriber

NO_TOOLS = frozenset()


def digest_filters_of(subscribers):
    """{subscriber.pk: DigestFilter} of Subscribers, in two queries.

    Who wants only changes to bookmarks hears of nothing else: nothing at all when they have none, or
    when the reader was forgotten; their categories do not matter then.
    """
    by_bookmarks = [each for each in subscribers if each.only_bookmarks]
    by_category = [each for each in subscribers if not each.only_bookmarks]
    categories = _gathered(
        Subscriber.categories.through.objects.filter(subscriber__in=by_category).values_list(
            "subscriber", "category"
        )
    )
    bookmarks = _gathered(
        Bookmark.objects.shown()
        .filter(reader__in={each.reader_id for each in by_bookmarks}, removed_at=None)
        .values_list("reader", "tool")
    )
    chosen = {
        each.pk: DigestFilter(categories=categories[each.pk])
        if each.pk in categories
        else EVERYTHING
        for each in by_category
    }
    return chosen | {
        each.pk: DigestFilter(tools=bookmarks.get(each.reader_id, NO_TOOLS))
        for each in by_bookmarks
    }


def _gathered(rows):
    """{first: frozenset of seconds}."""
    gathered = {}
    for first, second in rows:
        gathered.setdefault(first, set()).add(second)
    return {first: frozenset(seconds) for first, seconds in gathered.items()}
