"""Deletes what the retention rules no longer keep, in batches.

Each batch is a transaction of its own, which takes milliseconds: a job that is killed loses one batch, and the
next run goes on.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from psycopg.errors import QueryCanceled

from web.retention.rules import RowRule, row_rules

logger = logging.getLogger(__name__)

# Of one rule in one run. The next run takes up the rest.
MOST_ROWS = 1_000_000


def never() -> bool:
    return False


def purge_expired(*, should_stop: Callable[[], bool] = never) -> dict[str, int]:
    """Purge by every rule until `should_stop()`; return {name of the rule: rows removed} without zeros.

    A rule that fails does not keep the others from being applied; its error is raised after them.
    """
    removed, error = {}, None
    for rule in row_rules():
        try:
            removed[rule.name] = purge(rule, now=timezone.now(), should_stop=should_stop)
        except OperationalError as problem:
            logger.warning("Retention: %s were not all removed: %s", rule.name, problem)
            error = error or problem
    removed = {name: count for name, count in removed.items() if count}
    if removed:
        counts = ", ".join(f"{name} {count}" for name, count in removed.items())
        logger.info("Retention: removed %s", counts)
    if error:
        raise error
    return removed


def purge(rule: RowRule, *, now: datetime, should_stop: Callable[[], bool] = never) -> int:
    """Remove the expired rows of `rule`, at most MOST_ROWS; return how many.

    A batch that exceeds the statement limit is tried again with a quarter of its rows.
    """
    removed, size = 0, rule.batch
    rows = rule.expired(now)
    while removed < MOST_ROWS and not should_stop():
        try:
            places, gone = _remove_batch(rule, rows, size)
        except OperationalError as error:
            if size == 1 or not isinstance(error.__cause__, QueryCanceled):
                raise
            size = max(1, size // 4)
            continue
        removed += len(gone)
        if len(places) < size:
            return removed
        # While an old snapshot is open (a backup), removed rows stay in the index: they are not read again.
        rows = rows.filter(**{f"{rule.column}__gte": places[-1]})
    logger.info("Retention: more %s are left for the next run", rule.name)
    return removed


@transaction.atomic
def _remove_batch(rule: RowRule, rows: QuerySet[Any], size: int) -> tuple[list[Any], list[Any]]:
    """Lock the first `size` rows and remove them; return their values in the rule's column, in order, and their keys.

    What spares a row may have been written just before the row was locked, so locked rows are checked again.
    """
    with connection.cursor() as cursor:
        # Where Postgres expects few rows, it would read and sort all that are expired, for each batch.
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    # A row in use is left for the next run: what deletes must not wait for anybody.
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    found = locked.only("pk").annotate(place=F(rule.column))[:size]
    places = {row.pk: row.place for row in found}
    gone = list(places)
    if places and rule.unless:
        gone = list(rows.filter(pk__in=gone).values_list("pk", flat=True))
    if gone:
        rule.remove(rule.rows.model._base_manager.filter(pk__in=gone))
    return list(places.values()), gone
