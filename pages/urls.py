from django.urls import path

from pages import converters  # noqa: F401  registers "asked"
from pages.views import (
    bookmarks,
    categories,
    changes,
    comparison,
    health,
    home,
    me,
    method,
    privacy,
    reviewers,
    tools,
    voting,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("tools/", tools.tool_list, name="tool_list"),
    path("tools/suggest/", comparison.suggest_tools, name="tool_suggest"),
    path("tools/<asked:slug>/", tools.tool_detail, name="tool_detail"),
    path("preview/tools/<int:pk>/", tools.tool_preview, name="tool_preview"),
    path("categories/<asked:slug>/", categories.category_detail, name="category_detail"),
    path("compare/", comparison.compare, name="compare"),
    path("compare/<str:pair>/", comparison.comparison, name="comparison"),
    path("reviewers/", reviewers.reviewer_list, name="reviewer_list"),
    path("reviewers/<asked:slug>/", reviewers.reviewer_detail, name="reviewer_detail"),
    path("changes/", changes.changes, name="changes"),
    path("method/", method.method, name="method"),
    path("voting/", voting.voting, name="voting"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("bookmarks/", bookmarks.bookmark_list, name="bookmark_list"),
    path("bookmarks/drawer/", bookmarks.bookmark_drawer, name="bookmark_drawer"),
    path("me/", me.me, name="me"),
    path("healthz/", health.healthz, name="healthz"),
]
