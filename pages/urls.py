from django.urls import path

from pages import converters, llms, logos, me, robots  # noqa: F401  importing converters registers them
from pages.about import method, privacy, voting
from pages.bookmarks import views as bookmarks
from pages.changes import feeds
from pages.changes import views as changes
from pages.comparison import preview as previewed_comparison
from pages.comparison import views as comparison
from pages.directory import views as directory
from pages.home import views as home
from pages.rankings import views as rankings
from pages.reviewers import views as reviewers
from pages.search import views as search
from pages.share import views as share
from pages.sitemaps import views as sitemaps
from pages.stack import views as stack
from pages.tool import preview as previewed_tool
from pages.tool import views as tool
from web.security_txt import security_txt

urlpatterns = [
    path("", home.home, name="home"),
    path("tools/", directory.tool_list, name="tool_list"),
    path("tools/suggest/", search.suggest, name="suggest"),
    path("tools/<any_slug:slug>/", tool.tool_detail, name="tool_detail"),
    path("tools/<any_slug:slug>.md", tool.tool_detail, name="tool_markdown"),
    path("tools/<any_slug:slug>/share/", share.tool_share, name="tool_share"),
    path("tools/<any_slug:slug>/share.png", share.tool_share_picture, name="tool_share_picture"),
    path("tools/<any_slug:slug>/badges/<slug:style>.svg", share.badge, name="badge"),
    path("tools/<any_slug:slug>/card/", share.tool_card, name="tool_card"),
    path("tools/<any_slug:slug>/atom/", feeds.tool_atom, name="tool_atom"),
    path("tools/<any_slug:slug>/alternatives/", tool.tool_alternatives, name="tool_alternatives"),
    path("preview/tools/<int:pk>/", previewed_tool.tool_preview, name="tool_preview"),
    path(
        "preview/tools/<int:pk>/own-review/",
        previewed_tool.own_review_preview,
        name="own_review_preview",
    ),
    path(
        "preview/tools/<int:pk>/compare/",
        previewed_comparison.comparison_preview,
        name="comparison_preview",
    ),
    path("categories/<any_slug:slug>/", directory.category_detail, name="category_detail"),
    path("categories/<any_slug:slug>/atom/", feeds.category_atom, name="category_atom"),
    path("compare/", comparison.compare, name="compare"),
    path("compare/<str:pair>/", comparison.comparison, name="comparison"),
    path("compare/<str:pair>.md", comparison.comparison, name="comparison_markdown"),
    path(
        "compare/<str:pair>/share.png",
        share.comparison_share_picture,
        name="comparison_share_picture",
    ),
    path("share.png", share.site_share_picture, name="site_share_picture"),
    path("reviewers/", reviewers.reviewer_list, name="reviewer_list"),
    path("reviewers/<any_slug:slug>/", reviewers.reviewer_detail, name="reviewer_detail"),
    path("rankings/", rankings.rankings, name="rankings"),
    path("rankings/<ranking:ranking>/", rankings.ranking, name="ranking"),
    path(
        "rankings/<ranking:ranking>/<any_slug:slug>/",
        rankings.category_ranking,
        name="category_ranking",
    ),
    path("rankings.md", rankings.rankings, name="rankings_markdown"),
    path("rankings/<ranking:ranking>.md", rankings.ranking, name="ranking_markdown"),
    path(
        "rankings/<ranking:ranking>/<any_slug:slug>.md",
        rankings.category_ranking,
        name="category_ranking_markdown",
    ),
    path("stack/", stack.stack_form, name="stack"),
    path("stack/check/", stack.check_stack, name="check_stack"),
    path("changes/", changes.changes, name="changes"),
    path("changes.md", changes.changes, name="changes_markdown"),
    path("changes/atom/", feeds.changes_atom, name="changes_atom"),
    path("changes/verdicts/atom/", feeds.verdicts_atom, name="verdicts_atom"),
    path("method/", method.method, name="method"),
    path("method/rules.json", method.rules, name="method_rules"),
    path("voting/", voting.voting, name="voting"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("bookmarks/", bookmarks.bookmark_list, name="bookmark_list"),
    path("bookmarks/drawer/", bookmarks.bookmark_drawer, name="bookmark_drawer"),
    path("logos/<slug:digest>-<int:size>.webp", logos.logo, name="logo"),
    path("me/", me.me, name="me"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("llms.txt", llms.llms_txt, name="llms_txt"),
    path("robots.txt", robots.robots_txt, name="robots_txt"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
    path("sitemap-pages.xml", sitemaps.page_sitemap, name="page_sitemap"),
    path("sitemap-tools-<int:block>.xml", sitemaps.tool_sitemap, name="tool_sitemap"),
]
