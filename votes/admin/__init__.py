"""The admin of the votes. Each module registers its noun."""

from votes.admin import interventions, reasons, votes

__all__ = ["interventions", "reasons", "votes"]
