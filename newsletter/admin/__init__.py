"""The newsletter's pages of the admin: each module registers its model."""

from newsletter.admin import deliveries, issues, sending_gate, subscribers

__all__ = ["deliveries", "issues", "sending_gate", "subscribers"]
