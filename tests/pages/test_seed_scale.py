"""`manage.py seed_scale` leaves what the site itself would have left."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from accounts.models import Reader
from pages.management.scale.words import NAMES, name_of
from reviews.models import Review, Reviewer
from tests.factories import make_tool
from tools.models import Category, Fact, LedgerEntry, Tool
from votes.models import Tally, Vote, VoteDay

TOOLS, VOTES = 50, 400


def seed(tools=TOOLS, votes=VOTES):
    out = StringIO()
    call_command("seed_scale", f"--tools={tools}", f"--votes={votes}", stdout=out)
    return out.getvalue()


@pytest.fixture
def seeded(db):
    return seed()


def test_every_stored_figure_and_the_change_log_match_their_rows(seeded):
    out = StringIO()

    call_command("recount", "--check", stdout=out)

    assert LedgerEntry.objects.filter(kind="added").count() > 40
    assert "every tool matches its entries" in out.getvalue()


def test_it_makes_as_many_rows_as_it_says(seeded):
    assert seeded.splitlines()[-1].startswith("50 tools, ")
    assert seeded.splitlines()[-1].endswith(f" change log entries, {VOTES} votes.")
    assert Tool.objects.count() == TOOLS
    assert Vote.objects.count() == VOTES
    assert Fact.objects.count() == 6 * TOOLS
    assert Category.objects.count() == 30
    assert set(
        Review.objects.current()
        .values_list("tool")
        .annotate(n=Count("pk"))
        .values_list("n", flat=True)
    ) == {4}


def test_every_tool_is_marked_as_sample_content(seeded):
    assert not Tool.objects.filter(is_sample=False).exists()


def test_the_vote_log_adds_up_to_the_votes(seeded):
    days = VoteDay.objects.order_by()

    assert sum(days.filter(event="cast").values_list("count", flat=True)) == VOTES
    assert sum(days.filter(event="held").values_list("count", flat=True)) == sum(
        Tally.objects.values_list("held", flat=True)
    )


def test_votes_are_skewed_and_each_reader_has_several(seeded):
    per_tool = sorted(
        Vote.objects.values_list("tool").annotate(n=Count("pk")).values_list("n", flat=True)
    )

    assert per_tool[-1] > 10 * per_tool[0]
    assert Reader.objects.count() < VOTES


@pytest.mark.parametrize(
    "address", ["/", "/tools/", "/tools/?q=retriever", "/changes/", "/reviewers/"]
)
def test_lists_answer(seeded, client, address):
    assert client.get(address).status_code == 200


def test_pages_of_single_things_answer(seeded, client):
    published = Tool.objects.published()
    one, other = sorted(published.filter(status="active").values_list("slug", flat=True))[:2]
    addresses = [
        f"/compare/{one}-vs-{other}/",
        f"/tools/{one}/votes/",
        *(
            thing.get_absolute_url()
            for thing in [*published, *Category.objects.all(), *Reviewer.objects.all()]
        ),
    ]

    assert [address for address in addresses if client.get(address).status_code != 200] == []


def test_the_same_seed_gives_the_same_catalogue(seeded):
    before = list(Tool.objects.order_by("pk").values_list("slug", "description", "status"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in [Vote, Reader, VoteDay, LedgerEntry, Review, Fact, Tool, Category, Reviewer]:
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
        cursor.execute("DELETE FROM tools_factkind")
        cursor.execute("SET LOCAL session_replication_role = origin")

    seed()

    assert list(Tool.objects.order_by("pk").values_list("slug", "description", "status")) == before


def test_triggers_are_on_again_afterwards(seeded):
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")

        assert cursor.fetchone() == ("origin",)


def test_a_database_with_tools_is_refused(db):
    make_tool()

    with pytest.raises(CommandError, match="holds tools"):
        seed()

    assert Tool.objects.count() == 1


def test_a_role_that_may_not_turn_off_triggers_is_told_what_to_do(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE seeder")
        cursor.execute("GRANT SELECT ON tools_tool TO seeder")
        cursor.execute("SET LOCAL ROLE seeder")

    with pytest.raises(CommandError, match="GRANT SET ON PARAMETER"):
        seed()


def test_no_name_comes_twice():
    assert len({name_of(n) for n in range(3 * NAMES)}) == 3 * NAMES


@pytest.mark.parametrize("wrong", ["-1", "many", "1.5"])
def test_an_amount_that_is_no_whole_number_is_refused(wrong):
    with pytest.raises(CommandError, match="is not a whole number"):
        call_command("seed_scale", f"--tools={wrong}")
