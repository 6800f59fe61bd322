"""The suppression list of deleted subscribers, and the bounce and complaint events already handled."""

from django.db import models
from django.utils import timezone


class DoNotMail(models.Model):
    """An address that must not be mailed again although its subscriber was deleted.

    Its owner complained, or staff suppressed it, before the data was deleted. Only the keyed hash of the
    address (`newsletter.subscribers.addresses`) is stored, which is enough to honour the suppression.
    """

    address_hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Since {self.at:%Y-%m-%d}"


class ProviderEvent(models.Model):
    """A webhook event of the mail provider that was handled, so that a repeated one counts once.

    Deleted after 30 days (`newsletter.retention_rules`).
    """

    event = models.CharField(
        max_length=64, primary_key=True, help_text="A hash that identifies the event."
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Deleting old ones.
            models.Index(fields=["at"], name="provider_event_at"),
        ]

    def __str__(self) -> str:
        return self.event
