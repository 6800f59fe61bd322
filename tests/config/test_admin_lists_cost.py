"""No list of the admin reads more rows because the catalogue is larger: each filter, ordering, search and last page."""

from itertools import chain

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.pages.plan_rows import most_rows, recorded_queries
from tools import oldest_tools
from tools.models import Tool
from web import admin_lists

pytestmark = pytest.mark.django_db

TOOLS = 2500
# What a list reads on its last page, and what a filter or search looks through.
MOST_ROWS = 2000
MAX_ROWS, ROWS_PER_PAGE = 100, 20
PAGES = [
    "/admin/",
    *(
        f"/admin/reviews/review/due/{query}"
        for query in ("", "?reason=old", "?reason=facts", "?reason=missing", "?p=2")
    ),
]
SEARCHES = ["agent", "the", "zzzz", "agent zzzz", "agent the"]


@pytest.fixture
def client():
    return sign_in(make_staff(is_superuser=True))


@pytest.fixture(autouse=True)
def large_catalogue(monkeypatch):
    monkeypatch.setattr(admin_lists, "MAX_ROWS", MAX_ROWS)
    monkeypatch.setattr(admin_lists.BoundedListMixin, "list_per_page", ROWS_PER_PAGE)
    monkeypatch.setattr(oldest_tools, "MOST_TOOLS", 25)
    call_command("seed_scale", tools=TOOLS, votes=3 * TOOLS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE; SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1")


def test_no_statement_of_a_page_reads_more_rows_than_it_needs(client):
    excessive = []

    for page in [*PAGES, *lists(client)]:
        with recorded_queries() as queries:
            # A list that ends before its last page leads to its first one.
            assert client.get(page).status_code in {200, 302}, page
        for sql, params in queries:
            rows, node = most_rows(sql, params)
            if rows > MOST_ROWS:
                excessive.append(f"{rows} rows by {node} for {page}: {sql[:200]}")

    assert not excessive, "\n".join(excessive)


def lists(client):
    """Yield the address of every list, with each filter, ordering, search, and the last page."""
    for model in admin.site._registry:
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in sorted(addresses(client.get(page))):
            yield page + query


def addresses(response):
    """Return the queries that the list of `response` leads to, and searches."""
    listed = response.context_data.get("cl")
    if listed is None:
        return {""}
    chosen = {
        choice["query_string"] for spec in listed.filter_specs for choice in spec.choices(listed)
    }
    columns = [
        index for index, name in enumerate(listed.list_display)
        if listed.sortable_by is None or name in listed.sortable_by
    ]  # fmt: skip
    ordered = {f"?o={sign}{column}" for column in columns for sign in ("", "-")}
    words = [*SEARCHES, Tool.objects.earliest("pk").name]
    searched = {f"?q={word}" for word in words} if listed.search_fields else set()
    last = {f"?p={MAX_ROWS // listed.list_per_page}"} if listed.has_more else set()
    return {"", *chain(chosen, ordered, searched, last)}
