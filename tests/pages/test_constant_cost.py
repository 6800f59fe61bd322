"""No page reads more rows because the catalogue is larger.

Each statement of each public URL is explained on a catalogue with many more tools than any page may read. Small
tables are read whole by any planner, so it must use an index where there is one.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver
from django.utils import timezone

from reviews.models import Reviewer
from tests.api.mcp.calls import result_of
from tests.pages.plan_rows import most_rows, recorded_queries
from tools.models import Tool

pytestmark = pytest.mark.django_db

TOOLS = 2500
# A list reads 20 pages of 24 at most, a count a row for each choice of facets, a search 240 from each of three sources.
MOST_ROWS = 1200

# What readers may send to each URL that shows something of the catalogue, by the name of the URL.
PAGES = {
    "home": [""],
    "tool_list": [
        "", "?page=20", "?category={category}&page=3", "?category={category}&entry=trial",
        "?category={category}&entry=free&verdict=none", "?entry=paid&verdict=ship&page=9",
        *(f"?sort={sort}{filters}"
          for sort in ("community", "newest", "divisive", "name", "score")
          for filters in ("", "&page=20", "&verdict=split", "&category={category}&verdict=skip")),
        *(f"?q={text}" for text in ("agent", "the", "a", "zzzz", "agent -the", '"{name}"', "{name}")),
        "?q=agent%20zzzz", "?q=agent%20zzzz%20the%20index%20laptop%20repositories%20runs&entry=paid",
        "?q={name}%20vs%20agent", "?q=agent%20alternatives", "?q=agent&page=20", "?q=agent&category={category}&entry=trial&verdict=skip",
        "?status=active", "?status=paused&sort=name", "?status=active&category={category}&sort=community&page=20",
        "?fact=licence:MIT", "?fact=licence:MIT&entry=free&sort=newest", "?fact=self-hosting:yes&page=20",
        "?fact=licence:MIT&fact=self-hosting:yes&entry=free",
        "?fact=licence:MIT&fact=self-hosting:no&fact=single-sign-on:yes&fact=source-code-available:no&status=paused",
        "?q=agent&fact=self-hosting:yes&status=active", "?q=the&fact=self-hosting:yes&fact=single-sign-on:no",
        "?q=a&sort=community", "?q=agent&sort=name&verdict=ship",
    ],
    "suggest": ["?q=ag", "?q=a%20vs%20agent", "?q=agnt%20stdio", "?q={name}", "?q=agent&tools={slug}"],
    "tool_detail": ["{slug}/", "{slug}/?on={today}", "no-such-agnt/", "zzzz/"],
    "tool_share": ["{slug}/share/", "zzzz/share/"],
    "tool_share_picture": ["{slug}/share.png", "zzzz/share.png"],
    "badge": ["{slug}/badges/small-light.svg", "zzzz/badges/small-light.svg"],
    "tool_card": ["{slug}/card/", "zzzz/card/"],
    "comparison_share_picture": ["{pair}/share.png"],
    "tool_alternatives": ["{slug}/alternatives/", "no-such-agnt/alternatives/"],
    "tool_atom": ["{slug}/atom/", "{slug}/atom/?before={cursor}"],
    "vote": ["{slug}/vote/"],
    "vote_audit": ["{slug}/votes/"],
    "category_detail": ["{category}/", "{category}/?page=20"],
    "category_atom": ["{category}/atom/", "{category}/atom/?before={cursor}"],
    "compare": ["", "?q=agent", "?tools={slug}&q=the"],
    "comparison": ["{pair}/", "{pair}/?on={today}", "{slug}-vs-agnt-stdio/"],
    "rankings": [""],
    "ranking": ["panel/", "community/", "divisive/", "gap/"],
    "category_ranking": ["panel/{category}/", "community/{category}/", "gap/{category}/"],
    "reviewer_list": [""],
    "reviewer_detail": ["{reviewer}/", "{reviewer}/?page=20"],
    "changes": [
        "", "?kind=score", "?kind=corrected", "?kind=slug&since=2020-01-01&until=2020-02-01",
        "?tool={slug}", "?tool={slug}&kind=withdrawn", "?until=2020-01-01",
    ],
    "sitemap_index": [""], "page_sitemap": [""], "tool_sitemap": ["0.xml", "1.xml", "2.xml", "3.xml"],
    "newsletter_sitemap": [""],
    "changes_atom": ["", "?before={cursor}"], "verdicts_atom": ["", "?before={cursor}"],
    "method": [""], "voting": [""], "privacy": [""], "stack": [""],
    "me": ["?tools={slug}"], "bookmark_list": [""], "bookmark_drawer": [""],
    "api_categories": [""], "api_fact_kinds": [""], "api_reviewers": [""], "api_rules": [""], "api_calibration": [""], "api_openapi": [""], "api_docs": [""],
    "api_tools": ["", "?limit=100", "?cursor=1200&limit=100", "?category={category}&limit=100", "?category={category}&cursor=1200"],
    "api_tool": ["{slug}/", "{slug}/?on={today}", "zzzz/"], "api_tool_reviews": ["{slug}/reviews/"], "api_scorecard": ["{slug}/scorecard/", "{slug}/scorecard/?on={today}"],
    "api_tool_votes": ["{slug}/votes/", "{slug}/votes/?cursor=700000"], "api_reviewer": ["{reviewer}/", "zzzz/"],
    "api_reviews": ["?limit=100", "?cursor=3000&limit=100"], "api_ledger": ["?limit=100", "?limit=100&cursor={cursor}", "?tool={slug}"],
    "api_ranking": ["panel/", "gap/?category={category}"], "api_comparison": ["{pair}/", "{pair}/?on={today}", "zzzz-vs-agnt/"],
    "tool_markdown": ["{slug}.md", "{slug}.md?on={today}", "no-such-agnt.md"], "comparison_markdown": ["{pair}.md", "{pair}.md?on={today}", "{slug}-vs-agnt-stdio.md"],
    "rankings_markdown": [""], "ranking_markdown": ["panel.md", "gap.md"], "category_ranking_markdown": ["panel/{category}.md"],
    "changes_markdown": ["", "?tool={slug}", "?kind=slug&since=2020-01-01"], "llms_txt": [""],
    "newsletter_archive": [""], "newsletter_rss": [""], "newsletter_atom": [""], "newsletter": [""],
}  # fmt: skip
# What programs send to the MCP endpoint: (tool, arguments).
CALLS = [
    ("search_tools", {"query": "agent"}), ("search_tools", {"query": "the", "category": "{category}", "limit": 20}),
    ("search_tools", {"query": "zzzz"}), ("search_tools", {"query": "agent zzzz"}),
    ("get_tool", {"slug": "{slug}"}), ("get_tool", {"slug": "no-such-agnt"}),
    ("compare", {"slugs": ["{slug}", "{other}"]}), ("compare", {"slugs": ["{slug}", "no-such-agnt"]}),
    ("changes_since", {"since": "2020-01-01"}), ("changes_since", {"since": "{cursor}", "limit": 100}),
    ("changes_since", {"since": "2020-01-01", "tool": "{slug}"}),
    ("changes_since", {"since": "{cursor}", "category": "{category}", "limit": 100}),
    ("check_stack", {"packages": ["pkg:pypi/{slug}", "pkg:pypi/langchain"]}),
]  # fmt: skip
# They show nothing of the catalogue, or need a secret, a sign-in or a POST.
OTHERS = {
    "admin", "site_share_picture", "method_rules", "data", "data_file", "logo", "healthz", "healthz_live", "healthz_ready", "healthz_work", "metrics",
    "security_txt", "robots_txt", "tool_preview", "comparison_preview", "own_review_preview", "withdraw_vote", "bookmark",
    "remove_bookmark", "write_note", "mark_seen", "clear_gone", "export_bookmarks",
    "add_bookmarks", "remove_bookmarks", "check_stack", "mcp", "mcp_without_slash",
    "import_bookmarks", "transfer_bookmarks", "receive_bookmarks", "bookmark_feed_settings",
    "renew_bookmark_feed", "end_bookmark_feed", "bookmark_feed", "delete_reader_data",
    "newsletter_asked", "newsletter_link", "newsletter_link_asked", "confirm_subscription",
    "confirm_again", "unsubscribe", "resubscribe", "one_click_unsubscribe", "preferences",
    "undo_preferences", "download_data_export", "delete_subscriber_data",
    "newsletter_data_deleted", "mail_events", "newsletter_issue",
}  # fmt: skip
BASES = {
    "home": "/", "tool_list": "/tools/", "suggest": "/tools/suggest/", "tool_detail": "/tools/",
    "tool_alternatives": "/tools/", "tool_atom": "/tools/", "category_atom": "/categories/",
    "changes_atom": "/changes/atom/", "verdicts_atom": "/changes/verdicts/atom/",
    "vote": "/tools/", "vote_audit": "/tools/", "category_detail": "/categories/",
    "tool_share": "/tools/", "tool_share_picture": "/tools/", "badge": "/tools/", "tool_card": "/tools/",
    "comparison_share_picture": "/compare/",
    "compare": "/compare/", "comparison": "/compare/", "reviewer_list": "/reviewers/",
    "rankings": "/rankings/", "ranking": "/rankings/", "category_ranking": "/rankings/",
    "reviewer_detail": "/reviewers/", "changes": "/changes/", "method": "/method/",
    "voting": "/voting/", "privacy": "/privacy/", "me": "/me/", "bookmark_list": "/bookmarks/",
    "bookmark_drawer": "/bookmarks/drawer/", "newsletter_archive": "/newsletter/issues/",
    "newsletter_rss": "/newsletter/issues/rss/", "newsletter_atom": "/newsletter/issues/atom/",
    "newsletter": "/newsletter/", "sitemap_index": "/sitemap.xml", "page_sitemap": "/sitemap-pages.xml",
    "tool_sitemap": "/sitemap-tools-", "newsletter_sitemap": "/sitemap-newsletter.xml",
    "stack": "/stack/", "api_docs": "/api/", "api_openapi": "/api/v1/openapi.json", "api_categories": "/api/v1/categories/",
    "api_fact_kinds": "/api/v1/fact-kinds/", "api_tools": "/api/v1/tools/", "api_tool": "/api/v1/tools/",
    "api_tool_reviews": "/api/v1/tools/", "api_scorecard": "/api/v1/tools/", "api_tool_votes": "/api/v1/tools/",
    "api_reviewers": "/api/v1/reviewers/", "api_reviewer": "/api/v1/reviewers/", "api_reviews": "/api/v1/reviews/",
    "api_ledger": "/api/v1/ledger/", "api_ranking": "/api/v1/rankings/", "api_comparison": "/api/v1/comparisons/",
    "api_rules": "/api/v1/rules/", "api_calibration": "/api/v1/calibration/",
    "tool_markdown": "/tools/", "comparison_markdown": "/compare/", "rankings_markdown": "/rankings.md",
    "ranking_markdown": "/rankings/", "category_ranking_markdown": "/rankings/", "changes_markdown": "/changes.md", "llms_txt": "/llms.txt",
}  # fmt: skip


def visit(client, url):
    assert client.get(url).status_code in {200, 302, 404, 204}


def filled_in(value):
    """Return the arguments of a call with the examples in its gaps."""
    if isinstance(value, dict):
        return {name: filled_in(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled_in(inner) for inner in value]
    return value.format_map(examples()) if isinstance(value, str) else value


def test_every_public_url_is_measured_or_named_as_an_exception():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert names == PAGES.keys() | (OTHERS - {"admin"})


def test_no_statement_of_a_page_reads_more_rows_than_a_page_needs(client, settings):
    settings.PAGE_CACHE = False
    call_command("seed_scale", tools=TOOLS, votes=3 * TOOLS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE; SET LOCAL enable_seqscan = off; SET LOCAL random_page_cost = 1.1")
    urls = [
        BASES[name] + path.format_map(examples()) for name, paths in PAGES.items() for path in paths
    ]
    reads = [(url, partial(visit, client, url)) for url in urls]
    for tool, arguments in CALLS:
        given = filled_in(arguments)
        reads.append((f"{tool} {given}", partial(result_of, client, tool, **given)))
    excessive = []

    for name, read in reads:
        with recorded_queries() as queries:
            read()
        for sql, params in queries:
            rows, node = most_rows(sql, params)
            if rows > MOST_ROWS:
                excessive.append(f"{rows} rows by {node} for {name}: {sql[:200]}")

    assert excessive == []


def examples():
    tool, other = Tool.objects.published().select_related("category").order_by("-pk")[:2]
    return {
        "slug": tool.slug,
        "other": other.slug,
        "name": tool.name,
        "today": timezone.now().date(),
        "category": tool.category.slug,
        "pair": "-vs-".join(sorted([tool.slug, other.slug])),
        # In the middle of the change log.
        "cursor": f"{int((timezone.now() - timedelta(days=200)).timestamp())}000000-{'0' * 32}",
        "reviewer": Reviewer.objects.earliest("pk").slug,
    }
