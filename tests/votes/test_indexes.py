"""Each index of the tables that a vote writes costs every vote, so none is there that no query needs."""

import pytest
from django.db import connection

from accounts.models import RateLimit, Reader
from votes.models import ReasonTally, Tally, Vote, VoteDay

pytestmark = pytest.mark.django_db

TABLES = [model._meta.db_table for model in (Vote, VoteDay, Tally, ReasonTally, Reader, RateLimit)]
# Whole indexes on columns with which another whole index begins.
COVERED = """
SELECT shorter.indexrelid::regclass::text, longer.indexrelid::regclass::text
FROM pg_index AS shorter JOIN pg_index AS longer USING (indrelid)
WHERE indrelid::regclass::text = ANY (%s) AND NOT shorter.indisunique
    AND shorter.indpred IS NULL AND longer.indpred IS NULL
    AND longer.indkey::text LIKE shorter.indkey::text || ' %%'
"""
# For a key of texts Django makes a second index.
FOR_LIKE = """
SELECT indexname FROM pg_indexes WHERE tablename = ANY (%s) AND indexdef LIKE '%%pattern_ops%%'
"""


@pytest.mark.parametrize("sql", [COVERED, FOR_LIKE], ids=["covered", "for-like"])
def test_no_index_is_there_that_no_query_needs(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql, [TABLES])

        assert cursor.fetchall() == []
