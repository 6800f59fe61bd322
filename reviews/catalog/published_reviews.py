"""Compares the published reviews of the database, which cannot change, with those of a catalogue file."""

from collections.abc import Iterator
from typing import Any

from reviews.catalog.fields import REVIEW_FIELDS, differs, review_fields
from reviews.models import Review

# {(tool slug, reviewer slug): {revision: published review}}
type Published = dict[tuple[str, str], dict[int, Review]]


def published_reviews(slugs: list[str]) -> Published:
    """Return the published reviews of the tools, with the texts that they were published with."""
    published: Published = {}
    reviews = Review.objects.published().filter(tool__slug__in=slugs)
    for review in reviews.select_related("tool", "reviewer").prefetch_related("corrections"):
        if corrections := review.corrections.all():
            review.body = corrections[0].old_body
        of_reviewer = published.setdefault((review.tool.slug, review.reviewer.slug), {})
        of_reviewer[review.revision] = review
    return published


def changed_reviews(tool: dict[str, Any], stored: Published) -> Iterator[str]:
    """Yield sentences on published reviews that differ; what the schema does not allow is None."""
    for number, row in enumerate(tool.get("reviews") or []):
        published = stored.get((tool.get("slug", ""), row.get("reviewer", "")), {})
        review = published.get(row.get("revision", 1))
        if review is None or not _is_whole(row):
            continue
        if differs(review, Review(**review_fields(row))):
            yield (
                f'reviews[{number}]: revision {review.revision} of "{row["reviewer"]}" is published and '
                "cannot change: add the next revision, with a reason"
            )


def _is_whole(row: dict[str, Any]) -> bool:
    """Whether the schema allowed what is compared."""
    needed = set(REVIEW_FIELDS) - {"tested_version", "reason", "handed_back_at"}
    corrections = row.get("corrections") or []
    return all(row.get(name) is not None for name in needed) and all(
        correction.get("old") and correction.get("at") for correction in corrections
    )
