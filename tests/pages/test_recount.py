import pytest
from django.db import connection

from pages.management.commands.recount import STORED
from reviews.refresh import REFRESHED
from reviews.stored_figures import LONGEST_STATEMENT, StoredFigures
from web.long_statements import LONGEST

# Outside of a transaction, as the command and the job run: a limit that is set alone is lost with its statement.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def limits():
    """The time limit of each query of the test."""
    found = []

    def record(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "WITH")):
            with connection.connection.cursor() as cursor:
                found.append(cursor.execute("SHOW statement_timeout").fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield found


@pytest.mark.parametrize("name", sorted(STORED.keys() - REFRESHED.keys()))
def test_a_check_of_a_whole_table_may_take_longer_than_a_request(name, limits):
    assert list(STORED[name].differences()) == []

    assert set(limits) == {LONGEST}


def test_the_longer_limit_ends_with_the_check(limits):
    list(STORED["Tallies"].differences())
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert limits[-1] == "10s"


def test_stored_figures_may_be_computed_for_longer_than_a_request():
    found = []

    def compute():
        with connection.cursor() as cursor:
            for limit in ["statement_timeout", "idle_in_transaction_session_timeout"]:
                cursor.execute(f"SHOW {limit}")
                found.extend(cursor.fetchone())
        return []

    StoredFigures("Nothing", tables=[], compute=compute).recount()

    assert found == [LONGEST_STATEMENT, LONGEST_STATEMENT]
