"""A tool as it will be once its drafts are published: a publication that is always rolled back.

It is the publication itself and no second computation of it, so that a preview cannot differ from what follows
(docs/adr/0017).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from reviews.actions import number_revision, publish_reviews, publish_tool
from reviews.models import Review
from tools.actions import lock_tools, unpublish_tool
from tools.models import Tool

WAIT_AT_MOST = "500ms"


class ToolIsBusyError(Exception):
    """Somebody else holds the rows of the tool for longer than WAIT_AT_MOST."""


@dataclass(frozen=True)
class IncompleteDraft:
    review: Review
    missing: list[str]


@dataclass(frozen=True)
class Preview:
    """What publishing everything does with a tool: the drafts that count then, and those that are incomplete."""

    tool: Tool  # as it is stored
    drafts: list[Review]
    incomplete: list[IncompleteDraft]
    missing: list[str]  # of the tool, before it can be published

    @property
    def draft_ids(self) -> set[int]:
        return {review.pk for review in self.drafts}


@contextmanager
def published_for_preview(tool: Tool) -> Iterator[Preview]:
    """Publish `tool` and its complete drafts for as long as the block runs, then roll back.

    Nothing is committed: no job is deferred, nobody is notified, and `on_commit` does not run. The rows of the
    tool are locked meanwhile, so read what is needed in the block, and render it afterwards.
    Raises ToolIsBusyError instead of waiting for another publication.
    """
    with transaction.atomic():
        try:
            yield _publish_or_give_up(tool)
        finally:
            transaction.set_rollback(True)


def _publish_or_give_up(tool: Tool) -> Preview:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_AT_MOST}'")
        lock_tools([tool.pk])
        return _publish(tool)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ToolIsBusyError from error
        raise


def _publish(tool: Tool) -> Preview:
    drafts, incomplete = [], []
    active = Review.objects.drafts().filter(tool=tool, reviewer__is_active=True)
    for review in active.in_panel_order():
        number_revision(review)
        if missing := review.missing_for_publishing():
            incomplete.append(IncompleteDraft(review, missing))
        else:
            drafts.append(review)
    scheduled = {review.pk: review.publish_at for review in drafts}
    publish_reviews(tool=tool, reviews=drafts)
    for review in drafts:
        review.publish_at = scheduled[review.pk]
    return Preview(tool, drafts, incomplete, _publish_tool(tool))


def _publish_tool(tool: Tool) -> list[str]:
    """Publish a tool that is not public, as its buttons do; return what it lacks for that."""
    stored = Tool.objects.get(pk=tool.pk)
    if stored.is_published:
        return []
    missing = stored.missing_for_publishing()
    if not missing:
        if stored.published_at:
            unpublish_tool(tool=stored)
        publish_tool(tool=stored)
    return missing
