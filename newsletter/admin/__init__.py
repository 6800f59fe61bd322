"""The newsletter's desk. Each module registers its noun."""

from newsletter.admin import deliveries, issues, post_office, subscribers

__all__ = ["deliveries", "issues", "post_office", "subscribers"]
