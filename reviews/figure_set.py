from django.db import models
from django.utils import timezone


class FigureSet(models.Model):
    """When the job last computed a set of stored figures, and from what: see `reviews.stored_figures`."""

    name = models.CharField(max_length=20, primary_key=True)
    # Identifies the reviews, tools and settings that the figures were computed from.
    inputs = models.CharField(max_length=200)
    computed_at = models.DateTimeField(default=timezone.now)
    # When the job last saw that nothing had changed.
    checked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name}, computed at {self.computed_at:%Y-%m-%d %H:%M}"
