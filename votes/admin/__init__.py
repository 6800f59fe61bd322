"""What staff see of the votes and may do to them. Each module registers its noun."""

from votes.admin import interventions, reasons, votes

__all__ = ["interventions", "reasons", "votes"]
