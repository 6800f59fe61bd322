"""The newsletter's desk. Each module registers its noun."""

from newsletter.admin import deliveries, subscribers

__all__ = ["deliveries", "subscribers"]
