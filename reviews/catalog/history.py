"""The ledger of a tool whose file carries none: what readers would have seen happen."""

from itertools import groupby

from reviews.actions import panel_entries, reasons_of
from reviews.models import PanelVerdict
from reviews.rounding import mean
from tools.models import LedgerEntry


def panel_of(tool, reviews):
    """The PanelVerdict (not saved) of current `reviews`. The database's own is `reviews.panel`."""
    ships = sum(review.is_ship for review in reviews)
    skips = len(reviews) - ships
    words = PanelVerdict.Word
    word = words.SHIP if ships > skips else words.SKIP if skips > ships else words.SPLIT
    return PanelVerdict(
        tool=tool,
        verdict=word if reviews else words.NONE,
        ships=ships,
        skips=skips,
        score=mean([review.score for review in reviews]),
    )


def review_entries(tool, current, new):
    """Yield the entries of publishing `new` reviews one after the other, those of a moment together.

    `current` is {reviewer id: Review} before; it holds the new ones afterwards.
    """
    in_order = sorted(new, key=lambda review: (review.published_at, review.reviewer.position))
    for at, published in groupby(in_order, key=lambda review: review.published_at):
        reviews = list(published)
        before = panel_of(tool, list(current.values()))
        for review in reviews:
            replaced = current.get(review.reviewer_id)
            current[review.reviewer_id] = review
            yield LedgerEntry(
                tool=tool,
                kind=LedgerEntry.Kind.REVIEWED,
                subject=review.reviewer.name,
                old=replaced.summary if replaced else "",
                new=review.summary,
                reason=review.reason,
                at=at,
            )
        after = panel_of(tool, list(current.values()))
        yield from panel_entries(tool, before, after, reason=reasons_of(reviews), at=at)
