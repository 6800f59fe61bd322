"""The desk of the editorial team. Each module registers its noun."""

from reviews.admin import ledger, reviewers, reviews, tools

__all__ = ["ledger", "reviewers", "reviews", "tools"]
