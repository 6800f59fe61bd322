"""The version of a tool grows with everything that a page shows of it, however it is written."""

import psycopg
import pytest
from django.db import connection

from accounts.models import Reader
from reviews.actions import reaffirm
from reviews.models import PanelVerdict, Reviewer
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.models import CatalogVersion, Category, Fact, FactKind, SearchSynonym, Tool
from votes.models import Reason, Tally, Vote

pytestmark = pytest.mark.django_db


def version(tool):
    return Tool.objects.values_list("version", flat=True).get(pk=tool.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda tool: Tool.objects.filter(pk=tool.pk).update(tagline="New."),
        lambda tool: make_fact(tool, make_fact_kind(), "MIT"),
        lambda tool: Fact.objects.filter(tool=tool).update(text="BSD"),
        lambda tool: Fact.objects.filter(tool=tool).delete(),
        lambda tool: publish_review(tool, make_reviewer()),
        lambda tool: PanelVerdict.objects.filter(tool=tool).update(spread=1),
        lambda tool: tool.ledger.create(kind="pricing", new="$1"),
        lambda tool: reaffirm(review=tool.reviews.get()),
    ],
)
def test_a_tools_version_grows(change):
    tool, other = make_tool(), make_tool()
    make_fact(tool, make_fact_kind(), "Apache")
    publish_review(tool, make_reviewer())
    before, before_other = version(tool), version(other)

    change(tool)

    assert version(tool) > before
    assert version(other) == before_other


@pytest.mark.parametrize(
    "change",
    [
        lambda: Category.objects.update(name="Renamed"),
        lambda: make_fact_kind(),
        lambda: FactKind.objects.all().delete(),
        lambda: SearchSynonym.objects.create(term="rag", stands_for="retrieval"),
        lambda: Reviewer.objects.update(motto="New."),
        lambda: Reason.objects.update(label="Renamed"),
    ],
)
def test_the_version_of_what_tools_share_grows(change):
    publish_review(make_tool(), make_reviewer())
    make_fact_kind()
    before = catalog_version(None)

    change()

    assert catalog_version(None) > before


@pytest.mark.parametrize(
    "change",
    [
        lambda tool: Tool.objects.filter(pk=tool.pk).update(tagline="New."),
        lambda tool: make_fact(tool, make_fact_kind(), "MIT"),
        lambda tool: publish_review(tool, make_reviewer()),
        lambda tool: make_tool(category=tool.category),
        lambda tool: make_tool(category=tool.category, published=False).delete(),
    ],
)
def test_the_version_of_a_category_grows_with_its_tools(change):
    tool, other = make_tool(category=make_category()), make_tool(category=make_category())
    before, before_other = catalog_version(tool.category), catalog_version(other.category)

    change(tool)

    assert catalog_version(tool.category) > before
    assert catalog_version(other.category) == before_other


def test_a_tool_that_moves_grows_the_versions_of_both_categories():
    tool, category = make_tool(category=make_category()), make_category()
    before, before_new = catalog_version(tool.category), catalog_version(category)

    Tool.objects.filter(pk=tool.pk).update(category=category)

    assert catalog_version(tool.category) > before
    assert catalog_version(category) > before_new


def test_a_vote_grows_no_version_but_that_of_its_tally():
    tool, other = make_tool(), make_tool()
    reader = Reader.objects.create(network=bytes(16))
    before = version(tool), catalog_version(tool.category), catalog_version(None)

    vote = Vote.objects.create(reader=reader, tool=tool, choice="ship", network=bytes(16))

    assert (version(tool), catalog_version(tool.category), catalog_version(None)) == before
    assert tally_versions(tool, other) == [1, 0]

    # Neither count changes, but the votes per day do when it is cast again.
    Vote.objects.filter(pk=vote.pk).update(state="voided", rule="staff")
    Vote.objects.filter(pk=vote.pk).update(state="withdrawn")
    before_cast = tally_versions(tool)
    Vote.objects.filter(pk=vote.pk).update(state="voided")

    assert tally_versions(tool) > before_cast


@pytest.mark.django_db(transaction=True)
def test_two_transactions_grow_a_version_without_waiting_for_each_other():
    category = make_category()
    make_tool(category=category)
    before = catalog_version(category)
    slow, quick = make_tool(category=category), make_tool(category=category)
    created = catalog_version(category)

    with another_connection() as other, other.transaction():
        other.execute("UPDATE tools_tool SET tagline = 'Slow.' WHERE id = %s", [slow.pk])
        Tool.objects.filter(pk=quick.pk).update(tagline="Quick.")
        assert catalog_version(category) == created + 1

    assert catalog_version(category) == created + 2
    assert created > before


def catalog_version(category):
    rows = CatalogVersion.objects.filter(category=category)
    return sum(rows.values_list("number", flat=True))


def tally_versions(*tools):
    return [Tally.objects.get(pk=tool.pk).version for tool in tools]


def another_connection():
    return psycopg.connect(**connection.get_connection_params(), autocommit=True)
