"""The derived row of a listed tool, and the stored counts: kept by triggers, proven and rebuilt by `recount`."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from pages.categories import categories_with_tools
from reviews.listing import listings
from reviews.listing.counts import COUNTS, fold_counts
from reviews.listing.facets import Facets
from reviews.models import FactCount, Listing, ListingCount, ReviewCount, Reviewer
from reviews.queries import with_review_counts
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool, unpublish_tool
from tools.models import Category, Fact, Tool
from votes import tally

pytestmark = pytest.mark.django_db


def is_right():
    checked = [listings, *COUNTS.values(), tally]
    return [words for figures in checked for words in figures.differences()] == []


def test_a_tool_is_listed_while_it_is_published():
    tool = make_tool(published=False)
    assert not Listing.objects.exists()

    published = make_tool()
    assert [row.tool_id for row in Listing.objects.all()] == [published.pk]

    unpublish_tool(tool=published, reason="A duplicate.")
    assert not Listing.objects.exists()
    assert tool.published_at is None


def test_a_listing_follows_the_tool_and_its_panel_verdict():
    tool = make_tool(name="Before", entry="free")
    tool.name, tool.entry, tool.category = "After", "paid", make_category()
    change_tool(tool=tool)
    publish_review(tool, make_reviewer(), 81, "skip")

    (listing,) = Listing.objects.all()

    assert (listing.name, listing.entry, listing.category_id) == ("After", "paid", tool.category_id)
    assert (listing.verdict, listing.spread) == ("skip", 0)
    tool.tally.refresh_from_db()
    assert (tool.tally.category_id, tool.tally.entry) == (tool.category_id, "paid")
    assert (tool.tally.verdict, tool.tally.published_at) == ("skip", tool.published_at)
    assert is_right()


def test_a_listing_follows_the_status_and_the_facts_of_its_tool():
    tool, other = make_tool(), make_tool()
    fact = make_fact(tool, make_fact_kind("boolean"), True)
    tool.status = "paused"
    change_tool(tool=tool)
    assert (Listing.objects.get(tool=tool).status, is_right()) == ("paused", True)

    Fact.objects.filter(pk=fact.pk).update(tool=other)
    assert is_right()
    Fact.objects.filter(pk=fact.pk).update(boolean=False)
    assert is_right()
    Fact.objects.all().delete()
    assert is_right()


def test_a_scheduled_tool_is_counted_from_its_time_on(monkeypatch):
    category, later = make_category(), timezone.now() + timedelta(hours=1)
    tool = make_tool(category=category, published_at=later)
    reviewer = make_reviewer()
    publish_review(tool, reviewer, 80)
    make_fact(tool, make_fact_kind(), "MIT")
    fold_counts()

    assert Facets(category).count() == 0
    assert list(categories_with_tools()) == []
    assert with_review_counts(Reviewer.objects.all()).get().review_count == 0

    monkeypatch.setattr(timezone, "now", lambda: later)

    assert Facets(category).count() == 1
    assert [row.tool_count for row in categories_with_tools()] == [1]
    assert with_review_counts(Reviewer.objects.all()).get().review_count == 1


def test_counts_follow_every_change():
    here, there = make_category(), make_category()
    one, two = make_reviewer(), make_reviewer()
    kind = make_fact_kind()
    tools = [make_tool(category=here) for _ in range(3)]
    for tool in tools:
        publish_review(tool, one, 80)
        make_fact(tool, kind, "MIT")
    publish_review(tools[0], two, 10, "skip")
    publish_review(tools[0], one, 40, "skip", reason="It got worse.")
    tools[1].category = there
    change_tool(tool=tools[1])
    unpublish_tool(tool=tools[2], reason="A duplicate.")
    Fact.objects.filter(tool=tools[0]).delete()

    counts = {row.pk: row.tool_count for row in categories_with_tools()}
    reviewers = {
        row.pk: (row.review_count, row.ship_count, row.mean_score)
        for row in with_review_counts(Reviewer.objects.all())
    }

    assert counts == {here.pk: 1, there.pk: 1}
    assert Facets(here, verdict="skip").count() == 1
    assert Facets(entry="free", verdict="ship").count() == 1
    assert reviewers == {one.pk: (2, 1, 60), two.pk: (1, 0, 10)}
    assert is_right()
    fold_counts()
    assert is_right()


def test_the_mean_score_is_rounded_half_up():
    reviewer = make_reviewer()
    for score in [80, 80, 80, 81] * 5:
        publish_review(make_tool(), reviewer, score)

    assert str(with_review_counts(Reviewer.objects.all()).get().mean_score) == "80.3"


def test_folding_leaves_one_row_for_each_count_and_none_for_nothing():
    category = make_category()
    for _ in range(4):
        make_tool(category=category)
    gone = make_tool(category=make_category())
    unpublish_tool(tool=gone, reason="A duplicate.")
    assert ListingCount.objects.count() > 1

    fold_counts()
    fold_counts()

    rows = ListingCount.objects.order_by("category").values_list("category", "tools")
    assert list(rows) == [(0, 4), (category.pk, 4)]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE reviews_listing SET verdict = 'skip'", "is listed with other values than its own"),
        ("DELETE FROM reviews_listing", "is not listed"),
        ("UPDATE reviews_listing SET folded = 'x'", "is listed with other values than its own"),
        (
            "UPDATE reviews_listing SET status = 'paused'",
            "is listed with other values than its own",
        ),
        ("UPDATE reviews_listingcount SET tools = 7", "tools is"),
        ("DELETE FROM reviews_reviewcount", "reviews, ships, points is 0, not 1/1/80"),
        ("DELETE FROM reviews_factcount", "tools is 0, not 1"),
        ("UPDATE votes_tally SET entry = 'paid'", "are not those of its listing"),
    ],
)
def test_recount_finds_what_is_wrong_and_repairs_it(capsys, damage, words):
    tool = make_tool()
    publish_review(tool, make_reviewer(), 80)
    make_fact(tool, make_fact_kind(), "MIT")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = replica; {damage}")
        cursor.execute("SET LOCAL session_replication_role = origin")

    with pytest.raises(SystemExit):
        call_command("recount", check=True)
    assert words in capsys.readouterr().out
    call_command("recount")
    assert is_right()


def test_one_statement_adds_one_delta_for_all_its_tools():
    category = make_category()
    tools = Tool.objects.bulk_create(
        Tool(name=f"T {n}", slug=f"t-{n}", category=category, entry="free", tagline="Does it.")
        for n in range(50)
    )
    before = ListingCount.objects.count()

    Tool.objects.filter(pk__in=[tool.pk for tool in tools]).update(published_at=timezone.now())

    # In their category, and in all.
    assert ListingCount.objects.count() == before + 2
    assert Facets(category).count() == 50


def test_deleting_a_category_and_a_tool_leaves_no_count_behind():
    category = make_category()
    tool = make_tool(category=category, published=False)
    Tool.objects.filter(pk=tool.pk).update(published_at=timezone.now())
    Tool.objects.get(pk=tool.pk).delete()
    Category.objects.all().delete()
    fold_counts()

    assert not (ListingCount.objects.exists() or ReviewCount.objects.exists())
    assert not FactCount.objects.exists()


@pytest.mark.parametrize("index", ["listing_texts", "listing_names", "listing_spellings"])
def test_a_search_reads_no_list_of_pending_entries(index):
    make_tool(name="Ada")

    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        (pending_pages,) = cursor.fetchone()

    assert pending_pages == 0
