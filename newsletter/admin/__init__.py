"""The newsletter's desk. Each module registers its noun."""

from newsletter.admin import deliveries, issues, sending_gate, subscribers

__all__ = ["deliveries", "issues", "sending_gate", "subscribers"]
