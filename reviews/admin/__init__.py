"""The admin of the panel and of the tools. Each registering module is named after its noun."""

from reviews.admin import ledger, reviewers, reviews, tools

__all__ = ["ledger", "reviewers", "reviews", "tools"]
